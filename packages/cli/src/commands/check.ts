import { join, resolve } from "node:path";
import { SEVERITIES } from "@compose-harden/model";
import { counted, type Format, isAtLeast, type Result } from "@compose-harden/report";
import { EXIT, type ExitCode, UsageError } from "../errors.js";
import { gitRootOf } from "../files/gitignore.js";
import { displayFrom, type Host } from "../host.js";
import { type Loaded, labelOf, ofServicesAndRules, withoutRepeated } from "../load.js";
import {
  checkRuleNames,
  checkServiceNames,
  type ReadOptions,
  type SelectOptions,
  type SettingsOptions,
  severityFrom,
} from "../options.js";
import { type Destination, destinationsFrom, formatReport, writeReports } from "../output.js";
import { type Reading, readProjects } from "../read.js";
import { applyBaseline, BASELINE_NAME, type Baseline, formatBaseline, readBaseline } from "../settings/baseline.js";
import type { Found } from "../settings/find.js";

/** Options of `check`. */
export interface CheckOptions extends ReadOptions, SelectOptions, SettingsOptions {
  readonly format: Format;
  /** `FORMAT=FILE` or `FILE`, whose ending tells the format. */
  readonly output?: readonly string[];
  readonly minSeverity?: string;
  readonly failOn?: string;
  readonly strict?: boolean;
  readonly quiet?: boolean;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
}

/** `compose-harden check`: says what is unsafe. */
export async function runCheck(paths: readonly string[], options: CheckOptions, host: Host): Promise<ExitCode> {
  checkRuleNames(options.rule ?? []);
  if (options.failOn !== undefined) thresholdFrom(options.failOn);
  if (options.minSeverity !== undefined) severityFrom("--min-severity", options.minSeverity);
  const destinations = destinationsFrom(options.output ?? [], host);
  const reading = readProjects(paths, options, host);
  checkServiceNames(
    options.service ?? [],
    reading.projects.flatMap(({ project }) => project.services.map(({ name }) => name)),
  );
  const checked = checkProjects(reading, options, host);
  if (options.updateBaseline === true) return updateBaseline(checked, reading, host);
  await report(checked, reading, paths, options, destinations, host);
  return exitCode(checked, reading, options);
}

/** A project's result, with what decides about it. */
interface Checked {
  readonly result: Result;
  readonly settings: Found;
  readonly baseline: Baseline;
}

function checkProjects({ projects, selector, files }: Reading, options: CheckOptions, host: Host): readonly Checked[] {
  const display = displayFrom(host.cwd);
  const repeated = new Set<string>();
  const baselines = new Map<string, Baseline>();
  const seen = new Set<string>();
  const checked = projects.map((loaded): Checked => {
    const settings = selector.settingsOf(loaded.project.directory);
    const path = baselinePath(settings, options, host);
    const baseline = baselines.get(path) ?? readBaseline(path, files.read, display);
    baselines.set(path, baseline);
    const selection = selector.select(loaded);
    const wanted = ofServicesAndRules(selection.findings, options.service ?? [], options.rule ?? []);
    const { findings, suppressed } =
      options.updateBaseline === true
        ? { findings: wanted, suppressed: [] }
        : applyBaseline(loaded.project, wanted, baseline, seen);
    const fresh = withoutRepeated(repeated, findings);
    const floor = severityFrom("min-severity", options.minSeverity ?? settings.configuration["min-severity"] ?? "info");
    const shown = fresh.filter(({ severity }) => isAtLeast(severity, floor));
    return {
      settings,
      baseline,
      result: {
        ...emptyResult(loaded, host),
        findings: shown,
        suppressed: [...selection.suppressed, ...suppressed],
        remarks: selection.remarks,
        hidden: fresh.length - shown.length,
      },
    };
  });
  const gone = [...baselines.values()].reduce((sum, one) => sum + one.fingerprints.size, 0) - seen.size;
  const isWhole = options.rule === undefined && options.service === undefined && options.updateBaseline !== true;
  if (isWhole && gone > 0 && options.quiet !== true) {
    host.say(
      `note: ${counted(gone, "finding")} of the baseline not seen in this run; \`--update-baseline\` takes out what is mended\n`,
    );
  }
  return checked;
}

function emptyResult(loaded: Loaded, { cwd }: Host): Result {
  const label = labelOf(loaded, displayFrom(cwd));
  return { label, project: loaded.project, findings: [], suppressed: [], remarks: [], hidden: 0 };
}

/** Beside the configuration, else at the top of the repository. */
function baselinePath({ configuration, file, directory }: Found, { baseline }: CheckOptions, { cwd }: Host): string {
  if (baseline !== undefined) return resolve(cwd, baseline);
  if (file !== undefined) return resolve(directory, configuration.baseline ?? BASELINE_NAME);
  return join(gitRootOf(cwd) ?? cwd, BASELINE_NAME);
}

async function updateBaseline(
  checked: readonly Checked[],
  { files, unreadable }: Reading,
  host: Host,
): Promise<ExitCode> {
  if (unreadable.length > 0) return EXIT.error;
  const display = displayFrom(host.cwd);
  const paths = [...new Set(checked.map(({ baseline }) => baseline.path))];
  const changes = paths.map((path) => {
    const results = checked.filter(({ baseline }) => baseline.path === path).map(({ result }) => result);
    const before = files.read(path);
    return {
      path,
      before: before.kind === "file" ? { path, text: before.text } : undefined,
      after: formatBaseline(path, results),
    };
  });
  const { writeChanges } = await import("../files/write.js");
  writeChanges(changes, files, display);
  const total = checked.reduce((sum, { result }) => sum + result.findings.length, 0);
  host.say(`${counted(total, "finding")} written to ${paths.map(display).join(", ")}\n`);
  return EXIT.ok;
}

async function report(
  checked: readonly Checked[],
  reading: Reading,
  paths: readonly string[],
  options: CheckOptions,
  destinations: readonly Destination[],
  host: Host,
): Promise<void> {
  const read = checked.map(({ result }) => result);
  const results = [...read, ...reading.unreadable.map((loaded) => emptyResult(loaded, host))];
  const source = { results, projects: reading.projects, files: reading.files };
  const isFile = !paths.includes("-") && options.file?.includes("-") !== true;
  const fixCommand = isFile ? ["compose-harden fix", ...paths.map(shellWord)].join(" ") : undefined;
  await writeReports(destinations, source, host);
  if (options.quiet === true || (options.format === "text" && read.length === 0)) return;
  const shown = options.format === "text" ? { ...source, results: read } : source;
  host.print(
    await formatReport(options.format, shown, host, {
      ...host.out,
      ...(fixCommand === undefined ? {} : { fixCommand }),
    }),
  );
}

function exitCode(checked: readonly Checked[], { unreadable }: Reading, options: CheckOptions): ExitCode {
  if (unreadable.length > 0) return EXIT.error;
  const hasGap = checked.some(
    ({ result, settings }) =>
      (options.strict ?? settings.configuration.strict) === true && result.project.gaps.length > 0,
  );
  if (hasGap) return EXIT.error;
  const fails = checked.some(({ result, settings }) => {
    const threshold = thresholdFrom(options.failOn ?? settings.configuration["fail-on"] ?? "low");
    return threshold !== undefined && result.findings.some(({ severity }) => isAtLeast(severity, threshold));
  });
  return fails ? EXIT.findings : EXIT.ok;
}

function thresholdFrom(text: string): (typeof SEVERITIES)[number] | undefined {
  if (text === "none") return undefined;
  const severity = SEVERITIES.find((known) => known === text.toLowerCase());
  if (severity === undefined)
    throw new UsageError(`\`--fail-on ${text}\`: expected one of ${SEVERITIES.join(", ")}, none`);
  return severity;
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
