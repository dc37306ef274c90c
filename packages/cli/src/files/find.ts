import { statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Entry } from "@compose-harden/model";
import { discover } from "@compose-harden/parser";
import { UsageError } from "../errors.js";
import { type IgnoreRules, ignoreRulesFor } from "./gitignore.js";
import { errorCode, type Files, type Listed } from "./reader.js";

/** One project to read. */
export interface Target {
  readonly entry: Entry;
  /** True when the user named it; false when it was found in a directory. */
  readonly isNamed: boolean;
}

/** What a run looks at: paths as given, and the settings of Compose's own options. */
export interface Wanted {
  readonly paths: readonly string[];
  /** Absolute; relative paths start here. */
  readonly cwd: string;
  /** Common to all projects: environment, env files, profiles, project directory and name. */
  readonly settings: Omit<Entry, "cwd" | "files">;
  /** `-f`, in order. */
  readonly files: readonly string[];
  /** Patterns as in `.gitignore`, and the directory they start from: what directories are not searched for. */
  readonly exclude?: { readonly directory: string; readonly patterns: readonly string[] };
}

const DEFAULT_NAME = /^(?:docker-)?compose\.ya?ml$/;
const OVERRIDE_NAME = /^(?:docker-)?compose\.override\.ya?ml$/;
/** `compose.prod.yaml`, `docker-compose-dev.yml`, `app.compose.yaml`, `docker-stack.yml`. */
const VARIANT_NAME =
  /^(?!compose-harden\.)(?:docker-)?(?:compose|stack)(?:[._-][^/]*)?\.ya?ml$|^[^/]*[._-](?:docker-)?compose\.ya?ml$/;
const SKIPPED = new Set(["node_modules", ".git", ".hg", ".svn", ".pnpm-store", ".terraform", "__pycache__"]);

/**
 * The projects behind what the user asked for.
 *
 * - `-f`: one project of exactly these files, seen from the current directory, as `docker compose -f` does.
 * - A file that Docker loads by default in its directory (its main file, the override, one of `COMPOSE_FILE` in `.env`)
 *   stands for that whole project; any other file is read alone, as if `-f` named it in its own directory.
 * - A directory: the default project and each other Compose file of every directory below that git does not ignore.
 * - `-`: standard input, as `docker compose -f -`.
 * - Nothing: what Docker would load if `COMPOSE_FILE` is set or the current directory has no project at or below it;
 *   otherwise the current directory.
 */
export function findTargets(wanted: Wanted, files: Files): readonly Target[] {
  const { paths, cwd, settings, files: named } = wanted;
  if (named.length > 0) {
    if (paths.length > 0) throw new UsageError("give either paths or `-f` files, not both");
    return [{ entry: { ...settings, cwd, files: named.map((file) => namedFile(file, cwd)) }, isNamed: true }];
  }
  if (paths.length === 0) return findHere(wanted, files);
  return unique(paths.flatMap((path) => findAt(path, wanted, files)));
}

function findHere(wanted: Wanted, files: Files): readonly Target[] {
  const { cwd, settings } = wanted;
  const project: Target = { entry: { ...settings, cwd }, isNamed: true };
  if ((settings.env?.COMPOSE_FILE ?? "") !== "") return [project];
  const below = unique(findBelow(cwd, wanted, files));
  if (below.length > 0) return below;
  if (discover(project.entry, files.read).files.length > 0) return [project];
  throw new UsageError("no Compose file here, below, or in a directory above");
}

function findAt(path: string, wanted: Wanted, files: Files): readonly Target[] {
  if (path === "-") return [{ entry: { ...wanted.settings, cwd: wanted.cwd, files: ["-"] }, isNamed: true }];
  const absolute = resolve(wanted.cwd, path);
  if (statOf(path, absolute).isDirectory()) {
    const found = findBelow(absolute, wanted, files);
    if (found.length === 0) throw new UsageError(`no Compose file in \`${path}\` or below`);
    return found;
  }
  return [{ entry: entryOfFile(absolute, wanted, files), isNamed: true }];
}

function namedFile(file: string, cwd: string): string {
  if (file === "-") return file;
  const absolute = resolve(cwd, file);
  if (statOf(file, absolute).isDirectory()) throw new UsageError(`\`-f ${file}\` is a directory, expected a file`);
  return absolute;
}

function statOf(path: string, absolute: string) {
  try {
    return statSync(absolute);
  } catch (error) {
    const code = errorCode(error);
    throw new UsageError(
      code === "ENOENT" || code === "ENOTDIR"
        ? `\`${path}\`: no such file or directory`
        : `\`${path}\` cannot be read (${code ?? String(error)})`,
    );
  }
}

/** A file stands for the project that Docker would load in its directory, if it is part of it. */
function entryOfFile(absolute: string, wanted: Wanted, files: Files): Entry {
  const project = defaultEntry(dirname(absolute), wanted);
  return discover(project, files.read).files.includes(absolute) ? project : { ...project, files: [absolute] };
}

/** The project of a directory as if the user stood there; `COMPOSE_FILE` of the shell was meant for where they do stand. */
function defaultEntry(directory: string, { settings, cwd }: Wanted): Entry {
  if (directory === cwd || settings.env?.COMPOSE_FILE === undefined) return { ...settings, cwd: directory };
  const { COMPOSE_FILE: _, ...env } = settings.env;
  return { ...settings, env, cwd: directory };
}

function findBelow(start: string, wanted: Wanted, files: Files): readonly Target[] {
  const targets: Target[] = [];
  const visit = (directory: string, rules: IgnoreRules) => {
    const entries = listed(directory, files).filter(({ name, kind }) => {
      const isDirectory = kind === "directory";
      return !(isDirectory && SKIPPED.has(name)) && !rules.ignores(join(directory, name), isDirectory);
    });
    const names = entries.filter(({ kind }) => kind === "file").map(({ name }) => name);
    targets.push(...projectsOf(directory, names, wanted, files));
    for (const { name, kind } of entries) {
      const below = join(directory, name);
      if (kind === "directory") visit(below, rules.inside(below));
    }
  };
  visit(start, ignoreRulesFor(start, wanted.exclude));
  return targets;
}

/** The default project of a directory, then each Compose file that is not part of it. */
function projectsOf(directory: string, names: readonly string[], wanted: Wanted, files: Files): readonly Target[] {
  const candidates = names
    .filter((name) => VARIANT_NAME.test(name))
    .map((name) => join(directory, name))
    .filter((path) => DEFAULT_NAME.test(basename(path)) || looksLikeCompose(path, files));
  const hasDefault = names.some((name) => DEFAULT_NAME.test(name)) || setsComposeFile(directory, names, files);
  const project = defaultEntry(directory, wanted);
  const loaded = hasDefault ? discover(project, files.read).files : [];
  const others = candidates.filter(
    (file) => !loaded.includes(file) && !(hasDefault && OVERRIDE_NAME.test(basename(file))),
  );
  return [
    ...(loaded.length > 0 ? [{ entry: project, isNamed: false }] : []),
    ...others.map((file) => ({ entry: { ...project, files: [file] }, isNamed: false })),
  ];
}

/** Of files that only their names speak for: whether the text has what every Compose file has. */
function looksLikeCompose(path: string, { read }: Files): boolean {
  const result = read(path);
  return result.kind === "file" && /(?:^|[{,])\s*["']?(?:services|include)["']?\s*:/m.test(result.text);
}

function setsComposeFile(directory: string, names: readonly string[], { read }: Files): boolean {
  if (!names.includes(".env")) return false;
  const result = read(join(directory, ".env"));
  return result.kind === "file" && /^\s*(?:export\s+)?COMPOSE_FILE\s*[=:]/m.test(result.text);
}

function listed(directory: string, files: Files): readonly Listed[] {
  try {
    return files.list(directory);
  } catch (error) {
    throw new UsageError(`\`${directory}\` cannot be listed (${errorCode(error) ?? String(error)})`);
  }
}

function unique(targets: readonly Target[]): readonly Target[] {
  const byKey = new Map<string, Target>();
  for (const target of targets) {
    const key = JSON.stringify([target.entry.cwd, target.entry.files ?? []]);
    if (byKey.get(key)?.isNamed !== true) byKey.set(key, target);
  }
  return [...byKey.values()];
}
