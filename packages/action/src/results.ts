import * as core from "@actions/core";
import { SEVERITIES } from "@compose-harden/model";
import { counted, type Entry, formatAnnotations, type Result, totalsOf } from "@compose-harden/report";
import { type Inputs, OUTPUTS, type OutputName } from "./inputs.js";
import { EXIT, type ExitCode } from "./program.js";
import type { Reviewed } from "./review.js";

/** Annotations: of everything, or of what has no comment. GitHub shows few of a step, so that those beside a change come first. */
export function annotate(entries: readonly Entry[], reviewed: Reviewed | undefined, { annotations }: Inputs): void {
  if (annotations === "none") return;
  const commented = new Set(
    reviewed?.standing.flatMap((comment) => comment.entries.map(({ fingerprint }) => fingerprint)),
  );
  const shown = annotations === "all" ? entries : entries.filter(({ fingerprint }) => !commented.has(fingerprint));
  process.stdout.write(formatAnnotations(shown));
}

/** Adds a report to the job summary, where the runner has one. */
export async function summarize(markdown: string, file: string | undefined): Promise<void> {
  if (file === undefined || file === "") return;
  await core.summary.addRaw(markdown, true).write();
}

/** What later steps can use. */
export interface Outcome {
  readonly results: readonly Result[];
  readonly code: ExitCode;
  readonly reviewed: Reviewed | undefined;
  readonly sarifFile: string | undefined;
  readonly sarifId: string | undefined;
}

/** Sets the outputs. */
export function setOutputs({ results, code, reviewed, sarifFile, sarifId }: Outcome): void {
  const { findings, bySeverity, safe, gaps } = totalsOf(results);
  const values: Readonly<Record<OutputName, string | number>> = {
    findings,
    ...bySeverity,
    worst: SEVERITIES.find((severity) => bySeverity[severity] > 0) ?? "",
    fixable: safe,
    gaps,
    comments: reviewed?.standing.length ?? 0,
    "exit-code": code,
    "sarif-file": sarifFile ?? "",
    "sarif-id": sarifId ?? "",
  };
  for (const { name } of OUTPUTS) core.setOutput(name, values[name]);
}

/** Why the step fails. */
export function failureOf(results: readonly Result[], code: ExitCode): string {
  if (code === EXIT.error) return "not everything could be read: see the messages above";
  const { findings, bySeverity } = totalsOf(results);
  const grades = SEVERITIES.filter((severity) => bySeverity[severity] > 0).map((name) => `${bySeverity[name]} ${name}`);
  return `${counted(findings, "finding")}: ${grades.join(", ")}`;
}
