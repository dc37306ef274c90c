// What the engine suite needs of the machine: root on Debian; the tools that are missing are installed from its packages.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { say } from "../../scripts/workspace.mjs";

/** Why the suite cannot run on this machine; the words stand in the names of the skipped tests. */
export class Unavailable extends Error {}

/** Built things that later runs take over, outside of the repository. */
export const cache = join(
  process.env.COMPOSE_HARDEN_ENGINE_CACHE ??
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "compose-harden"),
  "engine",
);

/** Programs, each with the package that brings it. */
const tools = [
  ["dockerd", "docker.io"],
  ["containerd", "containerd"],
  ["debootstrap", "debootstrap"],
  ["iptables", "iptables"],
  ["ip", "iproute2"],
  ["pip3", "python3-pip"],
  ["openssl", "openssl"],
];

/** Installs the tools that are missing; throws `Unavailable` where the suite cannot run. */
export function prepareMachine() {
  if (process.platform !== "linux") throw new Unavailable("needs Linux");
  if (process.getuid?.() !== 0) throw new Unavailable("needs root, to start a container engine of its own");
  install(tools);
  // From Debian 13 on the command line is a package of its own.
  install([["docker", "docker-cli"]]);
  const spaces = spawnSync("unshare", ["--net", "--mount", "--pid", "--fork", "--mount-proc", "true"], {
    encoding: "utf8",
  });
  if (spaces.status !== 0) throw new Unavailable(`needs namespaces of its own: ${lastLine(spaces.stderr)}`);
}

function install(wanted) {
  const missing = wanted.filter(([tool]) => !isInstalled(tool));
  if (missing.length === 0) return;
  if (!isInstalled("apt-get")) throw new Unavailable(`needs ${missing.map(([tool]) => tool).join(", ")}`);
  const packages = [...new Set(missing.map(([, name]) => name))];
  say(`installing ${packages.join(", ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    run("apt-get", ["update", "-q"]);
    run("apt-get", ["install", "-y", "-q", "--no-install-recommends", ...packages], { env });
  } catch (error) {
    throw new Unavailable(`cannot install ${packages.join(", ")}: ${lastLine(error.message)}`);
  }
}

/** True if a program of that name is found. */
export function isInstalled(tool) {
  return spawnSync("sh", ["-c", `command -v ${tool}`]).status === 0;
}

/** Runs a command; what it printed is part of the error if it fails. */
export function run(command, args, options = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    ...options,
  });
  if (status === 0) return stdout;
  const said = `${stdout ?? ""}${stderr ?? ""}`.trim().split("\n").slice(-20).join("\n");
  throw new Error(`\`${command} ${args.join(" ")}\` failed (${error?.message ?? signal ?? status})\n${said}`);
}

/** The last line of what a command printed. */
export function lastLine(text) {
  return text.trim().split("\n").at(-1) ?? "";
}

/**
 * The folder of a built thing: made by `make` in a folder beside it if there is none for this key, then moved into place whole.
 * Those of other keys are removed when nobody has used them for two weeks.
 */
export async function cached(name, key, make) {
  const folder = join(cache, `${name}-${key}`);
  if (!existsSync(folder)) {
    mkdirSync(cache, { recursive: true });
    removeStale(name);
    const unfinished = join(cache, `unfinished-${name}-${process.pid}`);
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished);
    try {
      await make(unfinished);
      if (!existsSync(folder)) renameSync(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  utimesSync(folder, new Date(), new Date());
  return folder;
}

function removeStale(name) {
  const isKept = { [name]: 14 * 86_400_000, [`unfinished-${name}`]: 3_600_000 };
  for (const entry of readdirSync(cache)) {
    const age = Date.now() - statSync(join(cache, entry)).mtimeMs;
    const limit = isKept[entry.slice(0, entry.lastIndexOf("-"))];
    if (limit !== undefined && age > limit) rmSync(join(cache, entry), { recursive: true, force: true });
  }
}

/** A short name for the content of files and folders. */
export function keyOf(...paths) {
  const hash = createHash("sha256");
  const add = (path) => {
    for (const entry of readdirSync(path, { withFileTypes: true, recursive: true }).sort(byPath)) {
      if (entry.isFile())
        hash
          .update(entry.name)
          .update("\0")
          .update(readFileSync(join(entry.parentPath, entry.name)));
    }
  };
  for (const path of paths) add(path);
  return hash.digest("hex").slice(0, 12);
}

function byPath(left, right) {
  return join(left.parentPath, left.name) < join(right.parentPath, right.name) ? -1 : 1;
}
