import type { Finding, Gap, Project, Reference, Remark, Severity, Suppressed } from "@compose-harden/model";

/** One project that was read, with what was found in it. */
export interface Result {
  /** How the project is called in reports: the files it was asked for. */
  readonly label: string;
  readonly project: Project;
  /** What is to be shown. */
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Suppressed[];
  /** Suppressions that silence nothing, and the like. */
  readonly remarks: readonly Remark[];
  /** How many findings the command line's own filters left out, by `--min-severity`. */
  readonly hidden: number;
}

/** What a report says about a rule that has findings. */
export interface RuleInfo {
  readonly id: string;
  readonly summary: string;
  readonly severity: Severity;
  readonly references: readonly Reference[];
}

/** A path as the reader knows it: relative to where the program runs, `/` as separator. */
export type DisplayPath = (path: string) => string;

/** Gaps without repetition: one for each place and message. */
export function gapsOf(project: Project): readonly Gap[] {
  const seen = new Map<string, Gap>();
  for (const gap of project.gaps) {
    const key = JSON.stringify([gap.message, gap.at ?? null]);
    if (!seen.has(key)) seen.set(key, gap);
  }
  return [...seen.values()];
}
