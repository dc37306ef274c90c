import { counted, type Format, type ReportedResult, type Shard } from "@compose-harden/report";
import { EXIT, type ExitCode, UsageError } from "../errors.js";
import { outcomesOf } from "../estate/projects.js";
import { shardFrom } from "../estate/shard.js";
import { displayFrom, type Host } from "../host.js";
import { checkWords, codeOf, emptyResult, type InspectOptions, openChecker, worstCode } from "../inspect.js";
import { checkServiceNames } from "../options.js";
import { destinationsFrom, openReports } from "../output.js";
import { findProjects, type Search, sayUnreadable } from "../read.js";
import { formatBaseline } from "../settings/baseline.js";

/** Options of `check`. */
export interface CheckOptions extends InspectOptions {
  readonly format: Format;
  /** `FORMAT=FILE` or `FILE`, whose ending tells the format. */
  readonly output?: readonly string[];
  readonly quiet?: boolean;
  /** `2/8`: the second of eight parts. */
  readonly shard?: string;
  /** A commit of git. */
  readonly changedSince?: string;
  /** False for `--no-cache`. */
  readonly cache?: boolean;
}

/** `compose-harden check`: says what is unsafe. Projects are read, checked and forgotten one by one: there may be many. */
export async function runCheck(paths: readonly string[], options: CheckOptions, host: Host): Promise<ExitCode> {
  checkWords(options);
  const part = partOf(options);
  const { shard } = part;
  const destinations = destinationsFrom(options.output ?? [], host);
  const search = findProjects(paths, options, host);
  const isQuiet = options.quiet === true || options.updateBaseline === true;
  const printed = { ...host.out, format: options.format, ...fixCommandFor(paths, options) };
  const reports = await openReports(destinations, isQuiet ? undefined : printed, host, shard);
  const checker = openChecker(search, search.targets.length, options, host);
  const { shard: _, ...others } = options;
  const outcomes = await outcomesOf(search, { ...others, ...part }, host);
  const known: Known[] = [];
  const unreadable: ReportedResult[] = [];
  const services = new Set<string>();
  let code: ExitCode = EXIT.ok;
  let count = 0;
  for (const { outcome, position } of outcomes) {
    count++;
    for (const { name } of outcome.project.services) services.add(name);
    if (outcome.isUnreadable) {
      sayUnreadable(outcome.project, host);
      const place = { position: position + search.targets.length, keyOf: () => "", hidden: [] };
      unreadable.push({ ...emptyResult(outcome, host), ...(shard === undefined ? {} : { shard: place }) });
      continue;
    }
    const { result, settings, baseline } = checker.check(outcome, shard === undefined ? undefined : position);
    code = worstCode([code, codeOf(result, settings, options)]);
    if (options.updateBaseline === true) known.push({ path: baseline.path, result });
    else reports.add({ ...result, editsOf: outcome.editsOf }, false);
  }
  if (unreadable.length > 0) code = EXIT.error;
  if (part.isWhole) checkServiceNames(options.service ?? [], [...services]);
  if (options.updateBaseline === true) return unreadable.length > 0 ? code : updateBaseline(known, search, host);
  const isEverything = part.isWhole && options.rule === undefined && options.service === undefined;
  if (isEverything && options.quiet !== true) sayGone(checker.gone(), host);
  if (count === 0) host.say(`note: ${NOTHING[shard === undefined ? "changed" : "part"]}\n`);
  for (const result of unreadable) reports.add(result, true);
  reports.write();
  return code;
}

const NOTHING = {
  changed: "no project is affected by what changed",
  part: "no project falls to this part",
} as const;

/** Which projects of those that were found are looked at. */
interface Part {
  readonly shard?: Shard;
  readonly isWhole: boolean;
}

function partOf({ shard, changedSince, updateBaseline }: CheckOptions): Part {
  const isWhole = shard === undefined && changedSince === undefined;
  if (!isWhole && updateBaseline === true) {
    throw new UsageError("`--update-baseline` takes all projects: leave out `--shard` and `--changed-since`");
  }
  return { isWhole, ...(shard === undefined ? {} : { shard: shardFrom(shard) }) };
}

function fixCommandFor(paths: readonly string[], { file }: CheckOptions): { readonly fixCommand?: string } {
  const isFile = !paths.includes("-") && file?.includes("-") !== true;
  return isFile ? { fixCommand: ["compose-harden fix", ...paths.map(shellWord)].join(" ") } : {};
}

function sayGone(gone: number, host: Host): void {
  if (gone <= 0) return;
  host.say(
    `note: ${counted(gone, "finding")} of the baseline not seen in this run; \`--update-baseline\` takes out what is mended\n`,
  );
}

/** A result for a baseline. */
interface Known {
  readonly path: string;
  readonly result: ReportedResult;
}

async function updateBaseline(known: readonly Known[], { files }: Search, host: Host): Promise<ExitCode> {
  const display = displayFrom(host.cwd);
  const paths = [...new Set(known.map(({ path }) => path))];
  const changes = paths.map((path) => {
    const results = known.filter((one) => one.path === path).map(({ result }) => result);
    const before = files.read(path);
    return {
      path,
      before: before.kind === "file" ? { path, text: before.text } : undefined,
      after: formatBaseline(path, results),
    };
  });
  const { writeChanges } = await import("../files/write.js");
  writeChanges(changes, files, display);
  const total = known.reduce((sum, { result }) => sum + result.findings.length, 0);
  host.say(`${counted(total, "finding")} written to ${paths.map(display).join(", ")}\n`);
  return EXIT.ok;
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
