import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Finding, Patch } from "@compose-harden/model";
import {
  type DisplayPath,
  FORMATS,
  type Format,
  formatOfFile,
  formatResults,
  isFromRoot,
  mergePatches,
  PLAIN,
  type Result,
  type TextOptions,
} from "@compose-harden/report";
import { explain, rules } from "@compose-harden/rules";
import { UsageError } from "./errors.js";
import { errorCode, type Files } from "./files/reader.js";
import { version } from "./generated/version.js";
import { displayFrom, displayFromRoot, type Host } from "./host.js";
import type { Loaded } from "./load.js";
import { fixPlan } from "./patch.js";

/** A file that takes a report. */
export interface Destination {
  readonly format: Format;
  /** Absolute. */
  readonly path: string;
}

/** What reports are made of. */
export interface ReportSource {
  readonly results: readonly Result[];
  readonly projects: readonly Loaded[];
  readonly files: Files;
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

/** Makes all reports first, then writes them, each whole or not at all. */
export async function writeReports(
  destinations: readonly Destination[],
  source: ReportSource,
  host: Host,
): Promise<void> {
  const texts: string[] = [];
  for (const { format } of destinations) texts.push(await formatReport(format, source, host, FILE_STYLE));
  for (const [index, { path }] of destinations.entries()) writeReport(path, texts[index] ?? "", displayFrom(host.cwd));
}

const FILE_STYLE = { style: PLAIN, columns: 100 } as const;

/** A report in a format. */
export async function formatReport(
  format: Format,
  source: ReportSource,
  host: Host,
  look: Pick<TextOptions, "style" | "columns" | "fixCommand">,
): Promise<string> {
  const isSarif = format === "sarif";
  return formatResults(format, source.results, {
    ...look,
    display: isFromRoot(format) ? displayFromRoot(host.cwd) : displayFrom(host.cwd),
    version,
    rules,
    ...(isSarif ? { pages: await rulePages(), patch: patchOf(source) } : {}),
  });
}

async function rulePages(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>();
  for (const { id } of rules) pages.set(id, (await explain(id)) ?? "");
  return pages;
}

/** Safe fixes, each planned and proven by itself: in a report a person picks one and leaves others. */
function patchOf({ results, projects, files }: ReportSource): Patch {
  const findingsOf = new Map(results.map(({ project, findings }) => [project, findings]));
  const patches = projects.flatMap((loaded) => {
    const plan = { loaded, project: loaded.project, read: files.read };
    const isSafe = ({ fix }: Finding) => fix?.applicability === "safe";
    return (findingsOf.get(loaded.project) ?? []).filter(isSafe).map((finding) => fixPlan(plan, [finding], {}));
  });
  return mergePatches(patches);
}

/** Beside the file and then renamed over it; what is no regular file, such as `/dev/stdout`, is written to directly. */
function writeReport(path: string, text: string, display: DisplayPath): void {
  try {
    const known = statSync(path, { throwIfNoEntry: false });
    if (known?.isDirectory() === true) throw new UsageError(`\`${display(path)}\` is a directory`);
    if (known !== undefined && !known.isFile()) writeFileSync(path, text);
    else replaceFile(known === undefined ? path : realpathSync(path), text, known?.mode ?? 0o644);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`\`${display(path)}\` cannot be written: ${errorCode(error) ?? String(error)}`);
  }
}

function replaceFile(path: string, text: string, mode: number): void {
  const next = join(dirname(path), `.${basename(path)}.${process.pid}-${Math.random().toString(36).slice(2)}.new`);
  try {
    writeFileSync(next, text, { flag: "wx", mode: mode & 0o777 });
    const descriptor = openSync(next, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}
