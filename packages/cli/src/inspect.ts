import { join, resolve } from "node:path";
import { type Finding, SEVERITIES, type Severity } from "@compose-harden/model";
import { fingerprints, isAtLeast, type Result } from "@compose-harden/report";
import { EXIT, type ExitCode, UsageError } from "./errors.js";
import { gitRootOf } from "./files/gitignore.js";
import type { Texts } from "./files/reader.js";
import { displayFrom, displayFromRoot, type Host } from "./host.js";
import { type Loaded, labelOf, ofServicesAndRules, withoutRepeated } from "./load.js";
import {
  checkRuleNames,
  checkServiceNames,
  type ReadOptions,
  type SelectOptions,
  type SettingsOptions,
  severityFrom,
} from "./options.js";
import { type Reading, readProjects } from "./read.js";
import { applyBaseline, BASELINE_NAME, type Baseline, readBaseline } from "./settings/baseline.js";
import type { Found } from "./settings/find.js";

/** Options that decide what is found, and what of it fails. */
export interface InspectOptions extends ReadOptions, SelectOptions, SettingsOptions {
  readonly minSeverity?: string;
  readonly failOn?: string;
  readonly strict?: boolean;
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
}

/** A project's result, with what decides about it. */
export interface Checked {
  readonly result: Result;
  readonly settings: Found;
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
  checkRuleNames(options.rule ?? []);
  if (options.failOn !== undefined) thresholdFrom(options.failOn);
  if (options.minSeverity !== undefined) severityFrom("--min-severity", options.minSeverity);
  const reading = readProjects(paths, options, host, {}, texts);
  checkServiceNames(
    options.service ?? [],
    reading.projects.flatMap(({ project }) => project.services.map(({ name }) => name)),
  );
  return checkProjects(reading, options, host);
}

function checkProjects(reading: Reading, options: InspectOptions, host: Host): Inspection {
  const { projects, unreadable, selector, files } = reading;
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
  return {
    reading,
    checked,
    results: [...checked.map(({ result }) => result), ...unreadable.map((loaded) => emptyResult(loaded, host))],
    gone: [...baselines.values()].reduce((sum, one) => sum + one.fingerprints.size, 0) - seen.size,
  };
}

function emptyResult(loaded: Loaded, { cwd }: Host): Result {
  const label = labelOf(loaded, displayFrom(cwd));
  return { label, project: loaded.project, findings: [], suppressed: [], remarks: [], hidden: 0 };
}

/** Beside the configuration, else at the top of the repository. */
function baselinePath({ configuration, file, directory }: Found, { baseline }: InspectOptions, { cwd }: Host): string {
  if (baseline !== undefined) return resolve(cwd, baseline);
  if (file !== undefined) return resolve(directory, configuration.baseline ?? BASELINE_NAME);
  return join(gitRootOf(cwd) ?? cwd, BASELINE_NAME);
}

/** The exit code that the findings and gaps call for. */
export function exitCodeOf({ checked, reading }: Inspection, options: InspectOptions): ExitCode {
  if (reading.unreadable.length > 0) return EXIT.error;
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

function thresholdFrom(text: string): Severity | undefined {
  if (text === "none") return undefined;
  const severity = SEVERITIES.find((known) => known === text.toLowerCase());
  if (severity === undefined)
    throw new UsageError(`\`--fail-on ${text}\`: expected one of ${SEVERITIES.join(", ")}, none`);
  return severity;
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
