import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { Project } from "@compose-harden/model";
import { loadSample, readDisk, type Sample } from "../laws/sample.js";

/** One line of `PROJECTS.jsonl`: a folder and files in it that belong together. */
interface Row {
  readonly dir: string;
  readonly files: readonly string[];
}

/**
 * The projects below a folder, each file once. As the program does, a file that is incomplete alone is loaded over the one of
 * the default name beside it, and one that is called an override always is. `PROJECTS.jsonl` lists the files where there is
 * one; else every file counts that is called like a Compose file.
 */
export function projectsIn(folder: string): readonly Sample[] {
  const list = join(folder, "PROJECTS.jsonl");
  const groups = existsSync(list)
    ? readFileSync(list, "utf8")
        .trim()
        .split("\n")
        .map((line) => filesOf(JSON.parse(line)))
    : byDirectory(composeFilesIn(folder));
  return groups.flatMap((files) => {
    const base = files.filter((path) => DEFAULT_NAME.test(path));
    return files.map((path) => projectWith(folder, path, base.length === 1 ? base[0] : undefined));
  });
}

/** The project that some files of a folder make, by their paths in it. */
export function projectOf(folder: string, files: readonly string[]): Sample {
  return { name: files.join(" + "), entry: { cwd: folder, files, env: {} }, read: readDisk };
}

const DEFAULT_NAME = /(^|\/)(docker-)?compose\.ya?ml$/;

function filesOf({ dir, files }: Row): readonly string[] {
  return files.map((file) => `${dir}/${file}`);
}

function projectWith(folder: string, path: string, base: string | undefined): Sample {
  const alone = projectOf(folder, [path]);
  if (base === undefined || base === path) return alone;
  const over = projectOf(folder, [base, path]);
  if (/\boverride\b/.test(path)) return over;
  const isIncomplete = ({ gaps }: Project) => gaps.some(({ reason }) => reason === "consistency");
  return isIncomplete(loadSample(alone)) && !isIncomplete(loadSample(over)) ? over : alone;
}

function composeFilesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(^|[.-])compose[^/]*\.ya?ml$/i.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|\/)\./.test(path))
    .sort();
}

function byDirectory(paths: readonly string[]): readonly (readonly string[])[] {
  const groups = new Map<string, string[]>();
  for (const path of paths) groups.set(dirname(path), [...(groups.get(dirname(path)) ?? []), path]);
  return [...groups.values()];
}
