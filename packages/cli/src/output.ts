import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import {
  type DisplayPath,
  FORMATS,
  type Format,
  formatOfFile,
  isFromRoot,
  PLAIN,
  type ReportedFinding,
  type ReportedResult,
  type Result,
  reportWriter,
  type Shard,
  type TextOptions,
} from "@compose-harden/report";
import { explain, rules } from "@compose-harden/rules";
import { UsageError } from "./errors.js";
import { errorCode, type Files } from "./files/reader.js";
import { version } from "./generated/version.js";
import { displayFrom, displayFromRoot, type Host } from "./host.js";
import type { Loaded } from "./load.js";
import { safeEdits } from "./patch.js";

/** A file that takes a report. */
export interface Destination {
  readonly format: Format;
  /** Absolute. */
  readonly path: string;
}

/** Reads `--output`: `FORMAT=FILE`, or a file whose name tells the format. */
export function destinationsFrom(words: readonly string[], { cwd }: Host): readonly Destination[] {
  const destinations = words.map((word): Destination => {
    const named = FORMATS.find((format) => word.startsWith(`${format}=`));
    const path = named === undefined ? word : word.slice(named.length + 1);
    const format = named ?? formatOfFile(path);
    if (path === "") throw new UsageError(`\`--output ${word}\`: expected a file`);
    if (format === undefined) {
      throw new UsageError(
        `\`--output ${word}\`: the file's ending tells no format; write \`FORMAT=${word}\`, with one of ${FORMATS.join(", ")}`,
      );
    }
    return { format, path: resolve(cwd, path) };
  });
  for (const [index, { path }] of destinations.entries()) {
    if (destinations.findIndex((other) => other.path === path) !== index) {
      throw new UsageError(`\`--output\` names \`${displayFrom(cwd)(path)}\` twice`);
    }
  }
  return destinations;
}

/** Reports that are made while results come in, and written when all are whole. */
export interface Reports {
  /** With `isUnreadable` people are not shown it: they have been told. */
  readonly add: (result: ReportedResult, isUnreadable: boolean) => void;
  /** Writes the files, each whole or not at all, and then prints. */
  readonly write: () => void;
}

/** What standard output gets. */
export interface Printed extends Pick<TextOptions, "style" | "columns" | "fixCommand"> {
  readonly format: Format;
}

/** Opens the reports of a run; without `printed` nothing goes to standard output. */
export async function openReports(
  destinations: readonly Destination[],
  printed: Printed | undefined,
  host: Host,
  shard: Shard | undefined,
): Promise<Reports> {
  const formats = [...destinations.map(({ format }) => format), ...(printed === undefined ? [] : [printed.format])];
  const pages = formats.includes("sarif") ? await rulePages() : undefined;
  const open = (format: Format, look: Pick<Printed, "style" | "columns" | "fixCommand">) => {
    const text: Text = [];
    const options = {
      ...look,
      display: isFromRoot(format) ? displayFromRoot(host.cwd) : displayFrom(host.cwd),
      version,
      ...(host.home === undefined ? {} : { home: host.home }),
      rules,
      ...(pages === undefined ? {} : { pages }),
      ...(shard === undefined ? {} : { shard }),
    };
    // As bytes, since a text of V8 holds half a gigabyte at most.
    return { text, writer: reportWriter(format, options, (part) => text.push(Buffer.from(part))) };
  };
  const files = destinations.map((destination) => ({ ...destination, ...open(destination.format, FILE_STYLE) }));
  const shown = printed === undefined ? undefined : open(printed.format, printed);
  const isForPeople = printed?.format === "text";
  let isEmpty = true;
  return {
    add: (result, isUnreadable) => {
      // Whoever keeps results until the end would keep the whole project for the edits.
      const { editsOf: _, ...plain } = result;
      for (const { format, writer } of files) writer.add(format === "sarif" ? result : plain);
      if (isForPeople && isUnreadable) return;
      shown?.writer.add(printed?.format === "sarif" ? result : plain);
      isEmpty = false;
    },
    write: () => {
      for (const { writer } of files) writer.end();
      if (!isForPeople || !isEmpty) shown?.writer.end();
      for (const { path, text } of files) writeReport(path, text, displayFrom(host.cwd));
      for (const part of shown?.text ?? []) host.print(part.toString());
    },
  };
}

/** What reports are made of where all results are at hand. */
export interface ReportSource {
  readonly results: readonly Result[];
  readonly projects: readonly Loaded[];
  readonly files: Files;
}

/** Makes all reports first, then writes them, each whole or not at all. */
export async function writeReports(
  destinations: readonly Destination[],
  source: ReportSource,
  host: Host,
): Promise<void> {
  await makeReports(destinations, undefined, source, host);
}

/** A report in a format. */
export async function formatReport(
  format: Format,
  source: ReportSource,
  host: Host,
  look: Pick<TextOptions, "style" | "columns" | "fixCommand">,
): Promise<string> {
  const parts: string[] = [];
  await makeReports([], { ...look, format }, source, { ...host, print: (text) => parts.push(text) });
  return parts.join("");
}

async function makeReports(
  destinations: readonly Destination[],
  printed: Printed | undefined,
  { results, projects, files }: ReportSource,
  host: Host,
): Promise<void> {
  const reports = await openReports(destinations, printed, host, undefined);
  const loaded = new Map(projects.map((one) => [one.project, one]));
  for (const result of results) {
    const own = loaded.get(result.project);
    const editsOf = (finding: ReportedFinding) => {
      const known = result.findings.find((one) => one === finding);
      return own === undefined || known === undefined ? undefined : safeEdits(own, files.read, known);
    };
    reports.add({ ...result, editsOf }, false);
  }
  reports.write();
}

/** A report in pieces. */
export type Text = Buffer[];

const FILE_STYLE = { style: PLAIN, columns: 100 } as const;

async function rulePages(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>();
  for (const { id } of rules) pages.set(id, (await explain(id)) ?? "");
  return pages;
}

/** Beside the file and then renamed over it; what is no regular file, such as `/dev/stdout`, is written to directly. */
export function writeReport(path: string, text: Text, display: DisplayPath): void {
  try {
    const known = statSync(path, { throwIfNoEntry: false });
    if (known?.isDirectory() === true) throw new UsageError(`\`${display(path)}\` is a directory`);
    if (known !== undefined && !known.isFile()) writeTo(path, "w", 0, text);
    else replaceFile(known === undefined ? path : realpathSync(path), text, known?.mode ?? 0o644);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`\`${display(path)}\` cannot be written: ${errorCode(error) ?? String(error)}`);
  }
}

function replaceFile(path: string, text: Text, mode: number): void {
  const next = join(dirname(path), `.${basename(path)}.${process.pid}-${Math.random().toString(36).slice(2)}.new`);
  try {
    writeTo(next, "wx", mode & 0o777, text);
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

/** Writes all pieces and waits until they are on the disk, where there is one. */
function writeTo(path: string, flag: "w" | "wx", mode: number, text: Text): void {
  const descriptor = openSync(path, flag, mode);
  try {
    for (const part of text) {
      for (let written = 0; written < part.length; ) written += writeSync(descriptor, part, written);
    }
    if (flag === "wx") fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
