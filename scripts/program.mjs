// The bundled program: one file with everything in it, made again only when its inputs changed.
import { rmSync, statSync } from "node:fs";
import { packages, program, say, whenChanged } from "./workspace.mjs";

/** Bundles the program if a source or a dependency changed since the last bundle. */
export async function ensureProgram() {
  const inputs = [
    "pnpm-lock.yaml",
    "scripts/bundle.mjs",
    ...packages.flatMap((name) => [`packages/${name}/src`, `packages/${name}/package.json`]),
  ];
  const missing = statSync(program, { throwIfNoEntry: false }) === undefined;
  await whenChanged("program", inputs, missing, async () => {
    say("building packages/cli/dist/compose-harden.js (only when a source changed)");
    const { bundle } = await import("./bundle.mjs");
    await bundle();
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
