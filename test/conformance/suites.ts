import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Json, Read } from "@compose-harden/model";
import type { Case, Outcome, Suite } from "./case.js";
import { classOf } from "./error-class.js";

const HERE = import.meta.dirname;

/** Recorded loads of other projects' files; present only beside the repository. */
export const SHARED: string = resolve(HERE, "../../../shared");

/** The folder of the project's own cases, one file a group. */
export const PROBES: string = join(HERE, "goldens/probes");

/** Where the probes seem to stand. The length of a path decides where printed lines are folded, so it is the same for everyone. */
export const PROBES_ROOT = "/tmp/compose-harden-probes";

/** A file of the probes: what its cases load and what came of it. */
export interface ProbeGroup {
  readonly files: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

/** The project's own cases: small files, one question each. They are loaded from memory, below a directory that exists nowhere. */
export function probes(): Suite {
  const root = PROBES_ROOT;
  const files = new Map<string, string>();
  const directories = new Set<string>();
  const cases: Case[] = [];
  for (const name of readdirSync(PROBES).sort()) {
    const group: ProbeGroup = JSON.parse(readFileSync(join(PROBES, name), "utf8"));
    cases.push(...group.cases);
    for (const [path, text] of Object.entries(group.files)) files.set(`${root}/${path}`, text);
  }
  for (const path of files.keys()) {
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1))
      directories.add(path.slice(0, slash));
  }
  const read: Read = (path) => {
    const text = files.get(path);
    if (text !== undefined) return { kind: "file", text };
    return { kind: directories.has(path) ? "directory" : "missing" };
  };
  return { name: "probes", cases, root, read };
}

/** Suites of the shared folder: the fixtures of compose-go and of the CLI, and a collection of real projects. */
export function borrowed(): Suite[] {
  const loading = join(SHARED, "loading");
  if (!existsSync(loading)) return [];
  const roots: Readonly<Record<string, string>> = {
    "compose-go-testdata": join(loading, "fixtures/compose-go-testdata"),
    "compose-go-inline": join(loading, "fixtures/compose-go-inline"),
    "compose-cli-e2e": join(loading, "fixtures/compose-cli-e2e"),
    "awesome-compose": join(SHARED, "corpus/docker+awesome-compose"),
  };
  return Object.entries(roots).map(([name, root]) => ({
    name,
    root,
    read: readDisk,
    cases: readdirSync(join(loading, "goldens", name))
      .sort()
      .map((file) => golden(join(loading, "goldens", name, file))),
  }));
}

interface Golden {
  readonly id: string;
  readonly request: Omit<Case, "id" | "outcomes">;
  readonly outputs: Readonly<Record<string, "same as config" | Recorded>>;
}

interface Recorded {
  readonly ok: boolean;
  readonly project?: Json;
  readonly error?: string;
  readonly errors_any_of?: readonly string[];
  readonly warnings?: readonly string[];
}

function golden(file: string): Case {
  const { id, request, outputs }: Golden = JSON.parse(readFileSync(file, "utf8"));
  const outcomes = Object.fromEntries(
    ["config", "all", "noConsistency"].flatMap((output): [string, Outcome][] => {
      const recorded = outputs[output];
      return recorded === undefined || recorded === "same as config" ? [] : [[output, outcomeOf(recorded)]];
    }),
  );
  return { id, ...request, outcomes: outcomes as Case["outcomes"] };
}

function outcomeOf({ ok, project, error, errors_any_of, warnings }: Recorded): Outcome {
  const said = warnings === undefined ? {} : { warnings };
  if (ok) return { project: project ?? null, ...said };
  return { refused: [...new Set((errors_any_of ?? [error ?? ""]).map(classOf))], ...said };
}

/** Reads the real disk. */
export const readDisk: Read = (path) => {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return { kind: "missing" };
  return stat.isDirectory() ? { kind: "directory" } : { kind: "file", text: readFileSync(path, "utf8") };
};
