import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Case, Suite } from "./case.js";
import { readDisk, SHARED } from "./suites.js";

/** The folder of the collection. */
export const CORPUS: string = join(SHARED, "corpus");

/** Where the outcomes of the corpus are kept: digests, since the files are other people's. */
export const CORPUS_RECORD: string = join(import.meta.dirname, "goldens/corpus.json");

/** The collection of real projects with its recorded outcomes; undefined when the folder is not there. */
export function corpus(): Suite | undefined {
  if (!existsSync(CORPUS)) return undefined;
  return { name: "corpus", root: CORPUS, read: readDisk, cases: JSON.parse(readFileSync(CORPUS_RECORD, "utf8")) };
}

/** How the corpus is loaded: every Compose file alone, every directory by discovery, every set of files that belongs together. */
export function corpusRequests(): Omit<Case, "outcomes">[] {
  const requests: Omit<Case, "outcomes">[] = [];
  const directories = new Map<string, string[]>();
  const rows = readFileSync(join(CORPUS, "MANIFEST.tsv"), "utf8").trim().split("\n").slice(1);
  for (const row of rows) {
    const [repository = "", , path = "", , role] = row.split("\t");
    if (role !== "compose") continue;
    const file = `${repository.replace("/", "+")}/${path}`;
    requests.push({ id: file, dir: dirname(file), files: [file.slice(dirname(file).length + 1)] });
    const names = directories.get(dirname(file)) ?? [];
    names.push(file);
    directories.set(dirname(file), names);
  }
  for (const [dir, files] of directories) {
    const names = files.map((file) => file.slice(dir.length + 1));
    if (names.some((name) => /^(?:docker-)?compose\.override\.ya?ml$/.test(name)))
      requests.push({ id: `${dir}/`, dir });
  }
  for (const line of readFileSync(join(CORPUS, "PROJECTS.jsonl"), "utf8").trim().split("\n")) {
    const project: { dir: string; files: string[] } = JSON.parse(line);
    if (project.files.length < 2) continue;
    requests.push({ id: `${project.dir}/${project.files.join(" + ")}`, dir: project.dir, files: project.files });
  }
  return requests;
}
