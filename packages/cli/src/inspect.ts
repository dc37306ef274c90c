import { join, resolve } from "node:path";
import type { Finding, Project, Remark } from "@compose-harden/model";
import {
  fingerprints,
  isAtLeast,
  type ReportedFinding,
  type ReportedProject,
  type ReportedResult,
  type ReportedSuppressed,
  type Result,
  sourcesOf,
} from "@compose-harden/report";
import { EXIT, type ExitCode } from "./errors.js";
import { repeatKey } from "./estate/shard.js";
import type { Target } from "./files/find.js";
import { gitRootOf } from "./files/gitignore.js";
import type { Texts } from "./files/reader.js";
import { displayFrom, displayFromRoot, type Host } from "./host.js";
import { labelOf, ofServicesAndRules, withoutRepeated } from "./load.js";
import {
  checkRuleNames,
  checkServiceNames,
  type ReadOptions,
  type SelectOptions,
  type SettingsOptions,
  severityFrom,
  thresholdFrom,
} from "./options.js";
import { type Reading, readProjects } from "./read.js";
import { applyBaseline, BASELINE_NAME, type Baseline, readBaseline } from "./settings/baseline.js";
import type { Found as FoundSettings } from "./settings/find.js";

/** Options that decide what is found, and what of it fails. */
export interface InspectOptions extends ReadOptions, SelectOptions, SettingsOptions {
  readonly minSeverity?: string;
  readonly failOn?: string;
  readonly strict?: boolean;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
}

/** A project's result, with what decides about it. */
export interface Checked<P extends ReportedProject = Project, F extends ReportedFinding = Finding> {
  readonly result: Result<P, F>;
  readonly settings: FoundSettings;
  readonly baseline: Baseline;
}

/** What a look at the stacks found. */
export interface Inspection {
  readonly reading: Reading;
  /** The projects that could be read, in their order. */
  readonly checked: readonly Checked[];
  /** Results for reports: those of `checked`, then an empty one for each project that could not be read. */
  readonly results: readonly Result[];
  /** Findings of the baselines that did not occur. */
  readonly gone: number;
}

/** Reads and checks what the command line asks for; `texts` stand in for files, a missing one for no file. */
export function inspect(
  paths: readonly string[],
  options: InspectOptions,
  host: Host,
  texts: Texts = new Map(),
): Inspection {
  checkWords(options);
  const reading = readProjects(paths, options, host, {}, texts);
  checkServiceNames(
    options.service ?? [],
    reading.projects.flatMap(({ project }) => project.services.map(({ name }) => name)),
  );
  return checkProjects(reading, options, host);
}

/** Refuses words of the command line that mean nothing. */
export function checkWords(options: InspectOptions): void {
  checkRuleNames(options.rule ?? []);
  if (options.failOn !== undefined) thresholdFrom(options.failOn);
  if (options.minSeverity !== undefined) severityFrom("--min-severity", options.minSeverity);
}

function checkProjects(reading: Reading, options: InspectOptions, host: Host): Inspection {
  const { projects, unreadable, selector } = reading;
  const checker = openChecker(reading, projects.length, options, host);
  const checked = projects.map((loaded) => checker.check({ ...loaded, ...selector.select(loaded) }));
  return {
    reading,
    checked,
    results: [...checked.map(({ result }) => result), ...unreadable.map((loaded) => emptyResult(loaded, host))],
    gone: checker.gone(),
  };
}

/** A project with what rules found in it, before baselines and what the command line filters. */
export interface Found<P extends ReportedProject, F extends ReportedFinding> {
  readonly target: Target;
  readonly project: P;
  readonly findings: readonly F[];
  readonly suppressed: readonly ReportedSuppressed<F>[];
  readonly remarks: readonly Remark[];
}

/** Turns what was found into results, one project after the other. */
export interface Checker {
  /** `position` is that of the project in a run of several parts. */
  check<P extends ReportedProject & { readonly directory: string }, F extends ReportedFinding>(
    found: Found<P, F>,
    position?: number,
  ): Checked<P, F>;
  /** How many findings of the baselines have not occurred so far. */
  gone(): number;
}

/** What the `count` projects of one run share: baselines, and what was said already. */
export function openChecker(
  { selector, files }: Pick<Reading, "selector" | "files">,
  count: number,
  options: InspectOptions,
  host: Host,
): Checker {
  const display = displayFrom(host.cwd);
  const repeated = new Set<string>();
  const baselines = new Map<string, Baseline>();
  const seen = new Set<string>();
  return {
    check: (found, position) => {
      const { project } = found;
      const settings = selector.settingsOf(project.directory);
      const path = baselinePath(settings, options, host);
      const baseline = baselines.get(path) ?? readBaseline(path, files.read, display);
      baselines.set(path, baseline);
      const wanted = ofServicesAndRules(found.findings, options.service ?? [], options.rule ?? []);
      const { findings, suppressed } =
        options.updateBaseline === true
          ? { findings: wanted, suppressed: [] }
          : applyBaseline(project, wanted, baseline, seen);
      const sources = sourcesOf(project);
      const keyOf = (finding: ReportedFinding) =>
        count > 1 ? repeatKey(finding, sources, display) : placeAndWords(finding);
      const fresh = withoutRepeated(repeated, findings, keyOf);
      const floor = severityFrom(
        "min-severity",
        options.minSeverity ?? settings.configuration["min-severity"] ?? "info",
      );
      const isShown = ({ severity }: ReportedFinding) => isAtLeast(severity, floor);
      const shown = fresh.filter(isShown);
      const hidden = fresh.filter((finding) => !isShown(finding));
      return {
        settings,
        baseline,
        result: {
          ...emptyResult(found, host),
          findings: shown,
          suppressed: [...found.suppressed, ...suppressed],
          remarks: found.remarks,
          hidden: hidden.length,
          ...(position === undefined ? {} : { shard: { position, keyOf, hidden: hidden.map(keyOf) } }),
        },
      };
    },
    gone: () => [...baselines.values()].reduce((sum, one) => sum + one.fingerprints.size, 0) - seen.size,
  };
}

function placeAndWords({ rule, message, origin: { value } }: ReportedFinding): string {
  return JSON.stringify([rule, message, value.file, value.start, value.end]);
}

/** The result of a project in which nothing was looked for. */
export function emptyResult<P extends ReportedProject>(
  read: { readonly target: Target; readonly project: P },
  { cwd }: Host,
): Result<P, never> {
  const label = labelOf(read, displayFrom(cwd));
  return { label, project: read.project, findings: [], suppressed: [], remarks: [], hidden: 0 };
}

/** Beside the configuration, else at the top of the repository. */
function baselinePath(
  { configuration, file, directory }: FoundSettings,
  { baseline }: InspectOptions,
  { cwd }: Host,
): string {
  if (baseline !== undefined) return resolve(cwd, baseline);
  if (file !== undefined) return resolve(directory, configuration.baseline ?? BASELINE_NAME);
  return join(gitRootOf(cwd) ?? cwd, BASELINE_NAME);
}

/** The exit code that the findings and gaps call for. */
export function exitCodeOf({ checked, reading }: Inspection, options: InspectOptions): ExitCode {
  return worstCode([
    ...reading.unreadable.map(() => EXIT.error),
    ...checked.map(({ result, settings }) => codeOf(result, settings, options)),
  ]);
}

/** The exit code that one project calls for. */
export function codeOf(result: ReportedResult, { configuration }: FoundSettings, options: InspectOptions): ExitCode {
  if ((options.strict ?? configuration.strict) === true && result.project.gaps.length > 0) return EXIT.error;
  const threshold = thresholdFrom(options.failOn ?? configuration["fail-on"] ?? "low");
  const fails = threshold !== undefined && result.findings.some(({ severity }) => isAtLeast(severity, threshold));
  return fails ? EXIT.findings : EXIT.ok;
}

/** The exit code of several together: the worst one. */
export function worstCode(codes: readonly ExitCode[]): ExitCode {
  return [EXIT.error, EXIT.findings].find((code) => codes.includes(code)) ?? EXIT.ok;
}

/** The fingerprints of a result's findings, with files named from the top of the repository. */
export function fingerprintsOf({ project, findings }: Result, { cwd }: Host): ReadonlyMap<Finding, string> {
  return fingerprints(project, findings, displayFromRoot(cwd));
}

/** The inspection without findings that were known before; they stand among the suppressed ones with the reason. */
export function withoutKnown(
  inspection: Inspection,
  known: ReadonlySet<string>,
  reason: string,
  host: Host,
): Inspection {
  const without = (result: Result): Result => {
    const prints = fingerprintsOf(result, host);
    const isKnown = (finding: Finding) => known.has(prints.get(finding) ?? "");
    const before = result.findings.filter(isKnown).map((finding) => ({ finding, by: "baseline" as const, reason }));
    return {
      ...result,
      findings: result.findings.filter((finding) => !isKnown(finding)),
      suppressed: [...result.suppressed, ...before],
    };
  };
  const checked = inspection.checked.map((one) => ({ ...one, result: without(one.result) }));
  const empty = inspection.results.slice(checked.length);
  return { ...inspection, checked, results: [...checked.map(({ result }) => result), ...empty] };
}
