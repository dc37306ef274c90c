import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { readDisk, type Sample } from "../laws/sample.js";

/** One line of `PROJECTS.jsonl`: a folder, files in it, and why they load together. */
interface Row {
  readonly dir: string;
  readonly files: readonly string[];
  readonly rel: readonly string[];
}

/**
 * The projects below a folder. Its `PROJECTS.jsonl` says which files load together: an override over the one file of the
 * default name, a `COMPOSE_FILE` all at once. Without it every file that is called like a Compose file is a project.
 */
export function projectsIn(folder: string): readonly Sample[] {
  const list = join(folder, "PROJECTS.jsonl");
  const groups = existsSync(list)
    ? readFileSync(list, "utf8")
        .trim()
        .split("\n")
        .flatMap((line) => groupsOf(JSON.parse(line)))
    : composeFilesIn(folder).map((file) => [file]);
  return groups.map((files) => projectOf(folder, files));
}

/** The project that some files of a folder make, by their paths in it. */
export function projectOf(folder: string, files: readonly string[]): Sample {
  return { name: files.join(" + "), entry: { cwd: folder, files, env: {} }, read: readDisk };
}

function groupsOf({ dir, files, rel }: Row): readonly (readonly string[])[] {
  const paths = files.map((file) => `${dir}/${file}`);
  if (rel.includes("COMPOSE_FILE")) return [paths];
  const base = paths.filter((path) => /(^|\/)(docker-)?compose\.ya?ml$/.test(path));
  if (!rel.includes("override-name") || base.length !== 1) return paths.map((path) => [path]);
  const over = paths.filter((path) => path !== base[0]);
  return over.length === 0 ? [base] : over.map((path) => [...base, path]);
}

function composeFilesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(^|[.-])compose[^/]*\.ya?ml$/i.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|\/)\./.test(path))
    .sort();
}
