// What every root script needs: the pinned pnpm, an installed workspace, and a fast answer to "did anything change?".
// Uses nothing but Node, because it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The bundled program: one file with everything in it. */
export const program = join(root, "packages/cli/dist/compose-harden.js");

/** The bundled action. */
export const action = join(root, "packages/action/dist/action.js");

/** True in a clone of a release: the bundled file came with it, and nothing is installed that could make another one. */
export function isReleased(file) {
  return existsSync(file) && !existsSync(join(root, "node_modules/.modules.yaml"));
}

/** The packages of the workspace, by folder name. */
export const packages = readdirSync(join(root, "packages"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

/** Where esbuild finds the packages: in their sources, so that nothing is ever made of an old build. */
export function sources() {
  return Object.fromEntries(
    packages.map((name) => [`@compose-harden/${name}`, join(root, `packages/${name}/src/index.ts`)]),
  );
}

/** Says on standard error what a script is about to do; standard output belongs to the program. */
export function say(text) {
  process.stderr.write(`compose-harden: ${text}\n`);
}

/** All files at and below the given paths (relative to the root), without dependencies and build output; absent paths hold none. */
export function filesBelow(paths) {
  const files = [];
  const visit = (path) => {
    const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
    if (stat === undefined) return;
    if (!stat.isDirectory()) {
      files.push({ path, size: stat.size, mtime: stat.mtimeMs });
      return;
    }
    for (const name of readdirSync(join(root, path)).sort()) {
      if (name !== "node_modules" && name !== "dist") visit(`${path}/${name}`);
    }
  };
  paths.forEach(visit);
  return files;
}

/**
 * Runs `make` only if the content of `inputs` differs from the last successful run under this name.
 * `force` says that the result is missing. Times and sizes answer first; only if they differ is content compared, so a checkout that restores the same bytes makes nothing.
 */
export async function whenChanged(name, inputs, force, make) {
  const stampFile = join(root, "node_modules/.cache/compose-harden", `${name}.json`);
  const stamp = readStamp(stampFile);
  const files = filesBelow(inputs);
  const times = digest(files.map((file) => `${file.path}\0${file.size}\0${file.mtime}`));
  if (!force && stamp?.times === times) return;
  const content = digest(files.flatMap((file) => [file.path, readFileSync(join(root, file.path))]));
  if (force || stamp?.content !== content) await make();
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify({ times, content }));
}

function readStamp(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function digest(parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part).update("\0");
  return hash.digest("hex");
}

/** The pinned pnpm, fetched by npm on first use. Its output goes to standard error. */
export function pnpm(args) {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const command = ["exec", "--yes", "--loglevel=error", `--package=${packageManager}`, "--", "pnpm", ...args];
  const { status, error } = spawnSync(npm, command, {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
    env: { ...process.env, npm_config_yes: "true" },
  });
  if (error !== undefined || status !== 0) {
    throw new Error(`\`pnpm ${args[0]}\` failed${error === undefined ? "" : `: ${error.message}`}`);
  }
}

/** Installs what the lockfile names, unless that is what is installed. */
export async function install() {
  const manifests = ["package.json", "test/package.json", ...packages.map((name) => `packages/${name}/package.json`)];
  const missing = !existsSync(join(root, "node_modules/.modules.yaml"));
  await whenChanged("install", ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests], missing, () => {
    say("installing dependencies (only when they changed)");
    pnpm(["install", "--frozen-lockfile", "--prefer-offline", "--reporter=append-only", "--loglevel=warn"]);
  });
}
