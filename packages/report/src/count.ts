import { SEVERITIES, type Severity } from "@compose-harden/model";
import { gapsOf, type ReportedFinding, type ReportedResult } from "./result.js";

/** Figures of one run. */
export interface Totals {
  readonly projects: number;
  readonly services: number;
  readonly findings: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** Findings by what can be done: a safe fix, one that needs a person's judgement, none. */
  readonly safe: number;
  readonly unsafe: number;
  readonly manual: number;
  readonly suppressed: number;
  readonly hidden: number;
  readonly gaps: number;
}

/** Adds up results. */
export function totalsOf(results: readonly ReportedResult[]): Totals {
  const findings = results.flatMap((result) => result.findings);
  const count = (holds: (finding: ReportedFinding) => boolean) => findings.filter(holds).length;
  const sum = (figure: (result: ReportedResult) => number) =>
    results.reduce((total, result) => total + figure(result), 0);
  return {
    projects: results.length,
    services: sum(({ project }) => project.services.length),
    findings: findings.length,
    bySeverity: severityRecord((severity) => count((finding) => finding.severity === severity)),
    safe: count(({ fix }) => fix?.applicability === "safe"),
    unsafe: count(({ fix }) => fix?.applicability === "unsafe"),
    manual: count(({ fix }) => fix === undefined),
    suppressed: sum(({ suppressed }) => suppressed.length),
    hidden: sum(({ hidden }) => hidden),
    gaps: sum(({ project }) => gapsOf(project).length),
  };
}

/** The figures of two runs together. */
export function addTotals(a: Totals, b: Totals): Totals {
  return {
    projects: a.projects + b.projects,
    services: a.services + b.services,
    findings: a.findings + b.findings,
    bySeverity: severityRecord((severity) => a.bySeverity[severity] + b.bySeverity[severity]),
    safe: a.safe + b.safe,
    unsafe: a.unsafe + b.unsafe,
    manual: a.manual + b.manual,
    suppressed: a.suppressed + b.suppressed,
    hidden: a.hidden + b.hidden,
    gaps: a.gaps + b.gaps,
  };
}

function severityRecord(count: (severity: Severity) => number): Readonly<Record<Severity, number>> {
  return {
    critical: count("critical"),
    high: count("high"),
    medium: count("medium"),
    low: count("low"),
    info: count("info"),
  };
}

/** True when a severity is at least as bad as another. */
export function isAtLeast(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(threshold);
}

/** A number with its noun: `1 finding`, `2 findings`, `3 boxes` with the plural given. */
export function counted(number: number, noun: string, plural: string = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
