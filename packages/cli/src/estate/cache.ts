import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Edit, FileFacts, Origin, Read, ReadResult } from "@compose-harden/model";
import type { ReportedFinding } from "@compose-harden/report";
import { factsOf } from "../files/facts.js";
import type { Target } from "../files/find.js";
import { type Bases, loadTarget } from "../load.js";
import type { SettingsOptions } from "../options.js";
import type { Selector } from "../select.js";
import { checkLoaded, filesOf, type Outcome, planning, service, type Trace, tracing } from "./outcome.js";

/** Keeps what was found in projects from run to run. Whatever fails, the project is read and checked again. */
export interface Cache {
  /** What an earlier run found, if nothing that it depended on is different now; with all paths it had looked at. */
  get(target: Target, read: Read): { readonly outcome: Outcome; readonly trace: Trace } | undefined;
  put(target: Target, outcome: Outcome, trace: Trace): void;
  /** Takes away the oldest entries where there are too many. */
  trim(): void;
}

/** What decides about results besides the files of a project. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly today: string;
  readonly selector: Selector;
  readonly options: SettingsOptions;
  readonly bases: Bases;
}

/** Bytes of one of the 256 folders: 256 MiB together. */
const FOLDER_BYTES: number = 1024 * 1024;
/** A larger entry is not worth a place. */
const ENTRY_BYTES: number = 128 * 1024;

/** An entry as it is written: what it depends on, and what reports need of the result. */
interface Entry {
  readonly states: readonly (readonly [path: string, state: string])[];
  readonly facts: readonly (readonly [path: string, facts: string])[];
  readonly variables: string;
  readonly settings: string;
  readonly day?: string;
  readonly target: { readonly files?: readonly string[] };
  readonly project: Pick<Outcome["project"], "name" | "directory" | "gaps" | "data"> & {
    readonly files: readonly string[];
    readonly envFiles: readonly string[];
    readonly services: readonly {
      readonly name: string;
      readonly image?: string;
      readonly secrets: readonly (readonly [string, Origin])[];
    }[];
  };
  readonly result: Pick<Outcome, "isUnreadable" | "findings" | "suppressed" | "remarks">;
  /** Edits of the fixes that were planned, by the index of their finding. */
  readonly edits: readonly (readonly [number, readonly Edit[] | null])[];
}

/** The cache of this user, or undefined where there is no safe place for one. `program` is the program's own text. */
export function openCache(program: string, surroundings: Surroundings): Cache | undefined {
  const root = rootOf(surroundings.env);
  if (root === undefined) return undefined;
  const identity = digest(readFileSync(program));
  const touched = new Set<string>();
  const placeOf = ({ entry: { env: _, ...entry }, isNamed }: Target): string => {
    const { bases, options } = surroundings;
    const key = digest(JSON.stringify([identity, entry, isNamed, options.suppressions ?? true, bases.has(entry.cwd)]));
    return join(root, key.slice(0, 2), key.slice(2));
  };
  return {
    get: (target, read) => {
      const entry = readEntry(placeOf(target));
      if (entry === undefined) return undefined;
      const { read: traced, trace } = tracing(read);
      const isSame =
        entry.states.every(([path, state]) => stateOf(traced(path)) === state) &&
        entry.facts.every(([path, facts]) => JSON.stringify(factsOf(path, traced) ?? null) === facts) &&
        entry.variables === variablesOf(trace, target.entry.env ?? {}) &&
        entry.settings === settingsOf(entry.project.directory, surroundings) &&
        (entry.day ?? surroundings.today) === surroundings.today;
      return isSame ? { outcome: revived(entry, target, trace, surroundings), trace } : undefined;
    },
    put: (target, outcome, trace) => {
      const entry = entryOf(outcome, trace, surroundings);
      const place = placeOf(target);
      if (writeEntry(place, entry)) touched.add(dirname(place));
    },
    trim: () => {
      for (const folder of touched) trimFolder(folder);
    },
  };
}

/** A directory that nobody else may write to; undefined where it cannot be had. */
function rootOf(env: Readonly<Record<string, string>>): string | undefined {
  try {
    const home = env.XDG_CACHE_HOME || env.LOCALAPPDATA || join(homedir(), ".cache");
    const root = join(home, "compose-harden-results");
    mkdirSync(root, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(root);
    const isOwn = process.platform === "win32" || (uid === process.geteuid?.() && (mode & 0o022) === 0);
    return isOwn ? root : undefined;
  } catch {
    return undefined;
  }
}

function digest(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 32);
}

function stateOf(result: ReadResult): string {
  switch (result.kind) {
    case "file":
      return digest(result.text);
    case "unreadable":
      return `unreadable: ${result.reason}`;
    case "missing":
    case "directory":
      return result.kind;
    default:
      return result satisfies never;
  }
}

/**
 * The variables of the shell that can have had a say: those whose name stands in a file that was read, and those that Compose
 * itself looks at. Names that are no plain words always count.
 */
function variablesOf(trace: Trace, env: Readonly<Record<string, string>>): string {
  const words = new Set<string>();
  for (const result of trace.values()) {
    if (result.kind === "file") for (const [word] of result.text.matchAll(/[A-Za-z_]\w*/g)) words.add(word);
  }
  const counts = (name: string) => words.has(name) || /^COMPOSE_|^HOME$|^[^A-Za-z_]|\W/.test(name);
  return digest(
    JSON.stringify(
      Object.entries(env)
        .filter(([name]) => counts(name))
        .sort(),
    ),
  );
}

function settingsOf(directory: string, { selector }: Surroundings): string {
  const { configuration, directory: start } = selector.settingsOf(directory);
  return digest(JSON.stringify([configuration, start]));
}

function entryOf(outcome: Outcome, trace: Trace, surroundings: Surroundings): Entry {
  const { target, project, findings, suppressed, isUnreadable, remarks, planned } = outcome;
  const { configuration } = surroundings.selector.settingsOf(project.directory);
  const hasDays = /\buntil\b/.test(JSON.stringify(configuration) + project.files.map(({ text }) => text).join("\n"));
  return {
    states: [...trace].map(([path, result]) => [path, stateOf(result)]),
    facts: [...outcome.facts].map(([path, facts]) => [path, JSON.stringify(facts ?? null)]),
    variables: variablesOf(trace, target.entry.env ?? {}),
    settings: settingsOf(project.directory, surroundings),
    ...(hasDays ? { day: surroundings.today } : {}),
    target: target.entry.files === undefined ? {} : { files: target.entry.files },
    project: {
      name: project.name,
      directory: project.directory,
      files: project.files.map(({ path }) => path),
      envFiles: project.envFiles.map(({ path }) => path),
      services: project.services.map(({ name, image, environment }) => ({
        name,
        ...(image === undefined ? {} : { image: image.value }),
        secrets: [...environment.items].flatMap(([key, { origin }]) =>
          origin === undefined ? [] : [[key, origin] as const],
        ),
      })),
      gaps: project.gaps,
      data: project.data,
    },
    result: {
      isUnreadable,
      findings: findings.map(withoutIntents),
      suppressed: suppressed.map((one) => ({ ...one, finding: withoutIntents(one.finding) })),
      remarks,
    },
    edits: [...planned],
  };
}

/** Intents hold values of files, secrets among them. */
function withoutIntents(finding: ReportedFinding): ReportedFinding {
  if (finding.fix === undefined) return finding;
  const { title, evidence, note } = finding.fix;
  const common = {
    title,
    ...(evidence === undefined ? {} : { evidence }),
    ...(note === undefined ? {} : { note }),
  };
  const { fix } = finding;
  return {
    ...finding,
    fix:
      fix.applicability === "safe"
        ? { ...common, applicability: "safe" }
        : { ...common, applicability: "unsafe", caveat: fix.caveat },
  };
}

function revived(entry: Entry, asked: Target, trace: Trace, { selector, bases }: Surroundings): Outcome {
  const { project, result } = entry;
  const { cwd } = asked.entry;
  const target: Target = { ...asked, entry: { ...asked.entry, ...entry.target } };
  let anew: Outcome | undefined;
  /** What was not planned before is planned now, on the project read again from what stands in the trace. */
  const plan = (index: number) => {
    const read: Read = (path) => trace.get(path) ?? { kind: "missing" };
    anew ??= checkLoaded(loadTarget(asked, bases, read), read, selector);
    const finding = anew.findings[index];
    return finding === undefined ? undefined : anew.editsOf(finding);
  };
  return {
    ...result,
    // As they were told then; what is told now is the same, or this would not be taken.
    facts: new Map(entry.facts.map(([path, facts]) => [path, (JSON.parse(facts) as FileFacts | null) ?? undefined])),
    target,
    project: {
      name: project.name,
      directory: project.directory,
      entry: { cwd, ...entry.target },
      files: filesOf(project.files, trace),
      envFiles: filesOf(project.envFiles, trace),
      services: project.services.map(({ name, image, secrets }) => service(name, image, secrets)),
      gaps: project.gaps,
      data: project.data,
    },
    ...planning(result.findings, plan, entry.edits),
  };
}

/** A checksum, then packed JSON: what was cut off or altered is no entry. */
function readEntry(path: string): Entry | undefined {
  try {
    const bytes = readFileSync(path);
    const packed = bytes.subarray(32);
    if (bytes.toString("latin1", 0, 32) !== digest(packed)) return undefined;
    return JSON.parse(inflateRawSync(packed, { maxOutputLength: 64 * 1024 * 1024 }).toString()) as Entry;
  } catch {
    return undefined;
  }
}

function writeEntry(path: string, entry: Entry): boolean {
  try {
    const packed = deflateRawSync(JSON.stringify(entry), { level: 1 });
    if (packed.length > ENTRY_BYTES) return false;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const next = `${path}.${process.pid}-${Math.random().toString(36).slice(2)}.new`;
    writeFileSync(next, Buffer.concat([Buffer.from(digest(packed), "latin1"), packed]), { mode: 0o600, flag: "wx" });
    renameSync(next, path);
    return true;
  } catch {
    return false;
  }
}

/** Several runs may do this at once: what one took away is gone for the other, too. */
function trimFolder(folder: string): void {
  try {
    const files = readdirSync(folder).flatMap((name) => {
      const stats = statSync(join(folder, name), { throwIfNoEntry: false });
      return stats === undefined ? [] : [{ path: join(folder, name), size: stats.size, time: stats.mtimeMs }];
    });
    let size = 0;
    for (const file of files.sort((a, b) => b.time - a.time)) {
      size += file.size;
      if (size > FOLDER_BYTES) rmSync(file.path, { force: true });
    }
  } catch {
    // The next run tries again.
  }
}
