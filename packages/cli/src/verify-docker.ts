import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { failureIn } from "@compose-harden/engine";
import { applyIntents, differences, intentsOf } from "@compose-harden/fixer";
import type { Entry, Json, Patch } from "@compose-harden/model";
import { formatPath, isBelow } from "@compose-harden/model";
import { discover } from "@compose-harden/parser";
import { escapeText } from "@compose-harden/report";
import { UsageError } from "./errors.js";
import type { Planned } from "./patch.js";

/** How long Docker may take for one answer; its loader hangs on alias bombs. */
const TIMEOUT_MS = 60_000;

/**
 * A second proof by Docker's own loader: `docker compose config` before and after, whose difference must be exactly what
 * the fixes declare. The edited files are shown to Docker in a temporary directory that mirrors the real one by links,
 * so that nothing is written before the proof holds. Throws a `UsageError` if it does not, or there is no Docker Compose.
 */
export function verifyWithDocker(parts: readonly Planned[]): void {
  for (const part of parts) if (part.patch.changes.length > 0) verifyPart(part);
}

function verifyPart({ loaded, read, patch }: Planned): void {
  const { entry } = loaded.target;
  const files = entry.files ?? discover(entry, read).files;
  const [main] = files;
  if (main === undefined) return;
  const paths = [...files, ...patch.changes.map(({ path }) => path)];
  const root = paths.map(dirname).reduce(commonDirectory, loaded.project.directory);
  const { directory, name } = loaded.project;
  const before = config(files, directory, name, entry);
  const mirror = mkdtempSync(join(tmpdir(), "compose-harden-verify-"));
  try {
    mirrorDirectory(root, mirror, new Map(patch.changes.map(({ path, after }) => [path, after])));
    const moved = (path: string) => join(mirror, relative(root, path));
    const created = patch.changes.filter(
      ({ before: old, path, role }) => old === undefined && role === undefined && !files.includes(path),
    );
    const shown = [...files, ...created.map(({ path }) => path)].map(moved);
    const after = config(shown, moved(directory), name, entry).replaceAll(mirror, root === "/" ? "" : root);
    compare(JSON.parse(before), JSON.parse(after), patch, name);
  } finally {
    rmSync(mirror, { recursive: true, force: true });
  }
}

function compare(before: Json, after: Json, patch: Patch, name: string): void {
  const intents = intentsOf(patch);
  const [place] = differences(applyIntents(before, intents), after, intents);
  if (place === undefined) return;
  throw new UsageError(
    `Docker reads the patched project \`${escapeText(name)}\` differently at \`${escapeText(formatPath(place))}\`: nothing was written`,
  );
}

/** What `docker compose config` prints, with every profile on; `$$` is its way to write `$`. */
function config(files: readonly string[], directory: string, name: string, { envFiles = [], env = {} }: Entry): string {
  const args = [
    "compose",
    ...files.flatMap((file) => ["-f", file]),
    "--project-directory",
    directory,
    ...envFiles.flatMap((file) => ["--env-file", file]),
    ...(name === "" ? [] : ["-p", name]),
    "--profile",
    "*",
    "config",
    "--format",
    "json",
  ];
  const { error, status, stdout, stderr } = spawnSync("docker", args, {
    cwd: directory,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    encoding: "utf8",
    timeout: TIMEOUT_MS,
    killSignal: "SIGKILL",
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error !== undefined) {
    throw new UsageError(`\`--verify docker\` needs Docker Compose: \`docker\` cannot be run (${error.message})`);
  }
  if (status === 0) return stdout.replaceAll("$$", "$");
  const failure = failureIn(stderr);
  if (failure !== undefined) throw new UsageError(`\`--verify docker\`: ${escapeText(failure.message)}`);
  const reason = stderr.trim().split("\n").at(-1) ?? "";
  throw new UsageError(`\`docker compose config\` refuses the project: ${escapeText(reason)}`);
}

/** A directory of links to everything in another, with some files replaced. */
function mirrorDirectory(from: string, to: string, texts: ReadonlyMap<string, string>): void {
  const below = [...texts.keys()].filter((path) => isBelow(path, from));
  const own = new Set(below.map((path) => relative(from, path).split(sep)[0] ?? ""));
  for (const name of readdirSync(from)) if (!own.has(name)) symlinkSync(join(from, name), join(to, name));
  for (const name of own) {
    const text = texts.get(join(from, name));
    if (text !== undefined) writeFileSync(join(to, name), text);
    else {
      mkdirSync(join(to, name));
      mirrorDirectory(join(from, name), join(to, name), texts);
    }
  }
}

function commonDirectory(a: string, b: string): string {
  let root = a;
  while (relative(root, b).split(sep)[0] === "..") root = dirname(root);
  return root;
}
