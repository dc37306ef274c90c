import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Entry, Project, Read } from "@compose-harden/model";
import { load } from "@compose-harden/parser";

/** Material that is not part of the repository; tests that need it are skipped where it is absent. */
const SHARED: string = join(import.meta.dirname, "../../../shared");
/** The collection of real projects. */
export const CORPUS: string = join(SHARED, "corpus");

/** True where the collection of real projects is at hand. */
export const hasCorpus: boolean = existsSync(CORPUS);

/** A project to try laws on. */
export interface Sample {
  readonly name: string;
  readonly entry: Entry;
  readonly read: Read;
}

/** Reads from the disk. */
export const readDisk: Read = (path) => {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return { kind: "missing" };
  if (stat.isDirectory()) return { kind: "directory" };
  return { kind: "file", text: readFileSync(path, "utf8") };
};

/** The hard cases, each a folder with what a correct linter finds in `expect.json`; none where they are not at hand. */
export function hardCases(): readonly Sample[] {
  const folder = join(SHARED, "peers/adversarial");
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return entries.map(({ name }) => ({ name, entry: { cwd: join(folder, name), env: {} }, read: readDisk }));
}

/** Loads a sample. */
export function loadSample({ entry, read }: Sample): Project {
  return load(entry, read);
}

/** A sample whose files read differently. */
export function withTexts(sample: Sample, texts: ReadonlyMap<string, string>): Sample {
  const read: Read = (path) => {
    const text = texts.get(path);
    return text === undefined ? sample.read(path) : { kind: "file", text };
  };
  return { ...sample, read };
}

/** The real projects: every file alone, and the sets of files that people load together, base first. */
export function corpusSamples(): readonly Sample[] {
  const rows = readFileSync(join(CORPUS, "PROJECTS.jsonl"), "utf8").trim().split("\n");
  const projects = rows.map((row): { dir: string; files: string[]; rel: string[] } => JSON.parse(row));
  const alone = projects.flatMap(({ dir, files }) => files.map((file) => sampleOf(dir, [file])));
  const sets = projects.flatMap(({ dir, files, rel }) => {
    const base = files.filter((file) => /(^|\/)(docker-)?compose\.ya?ml$/.test(file));
    if (!rel.includes("override-name") || base.length !== 1) return [];
    return files.filter((file) => file !== base[0]).map((file) => sampleOf(dir, [...base, file]));
  });
  return [...alone, ...sets];
}

function sampleOf(dir: string, files: readonly string[]): Sample {
  const cwd = join(CORPUS, dir);
  return { name: `${dir}/${files.join(" + ")}`, entry: { cwd, files, env: { HOME: "/home/user" } }, read: readDisk };
}

/** Every n-th sample: the same ones on every run. */
export function thinned<T>(samples: readonly T[], count: number): readonly T[] {
  const step = Math.max(1, Math.floor(samples.length / count));
  return samples.filter((_, index) => index % step === 0);
}
