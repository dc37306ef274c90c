// The bundled program and the bundled action: one file each with everything in it, made again only when its inputs changed.
import { rmSync, statSync } from "node:fs";
import { relative } from "node:path";
import { action, packages, program, root, say, whenChanged } from "./workspace.mjs";

/** Bundles the program if a source or a dependency changed since the last bundle. */
export async function ensureProgram() {
  await ensure("program", program, async () => (await import("./bundle.mjs")).bundle());
}

/** Bundles the action if a source or a dependency changed since the last bundle. */
export async function ensureAction() {
  await ensure("action", action, async () => (await import("./bundle.mjs")).bundleAction());
}

async function ensure(name, file, make) {
  const inputs = [
    "pnpm-lock.yaml",
    "scripts/bundle.mjs",
    ...packages.flatMap((folder) => [`packages/${folder}/src`, `packages/${folder}/package.json`]),
  ];
  const missing = statSync(file, { throwIfNoEntry: false }) === undefined;
  await whenChanged(name, inputs, missing, async () => {
    say(`building ${relative(root, file).replaceAll("\\", "/")} (only when a source changed)`);
    await make();
  });
}

/** Vitest's global set-up: tests that start the program start the current one, or find none. */
export async function setup() {
  try {
    await ensureProgram();
  } catch (error) {
    rmSync(program, { force: true });
    say(`the program cannot be built, so tests that start it will fail\n${error.message}`);
  }
}
