import type { Severity } from "@compose-harden/model";
import { escapeText } from "../escape.js";
import type { DisplayPath, ReportedResult } from "../result.js";
import { cut, entriesOf } from "./entry.js";

/** One entry of a Code Quality report. */
export interface GitlabIssue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: "info" | "minor" | "major" | "critical" | "blocker";
  readonly location: { readonly path: string; readonly lines: { readonly begin: number; readonly end: number } };
}

/**
 * A report for GitLab's merge requests, as the artifact `codequality`. `display` has to give paths from the root of the repository.
 * https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
 */
export function toGitlab(results: readonly ReportedResult[], display: DisplayPath): readonly GitlabIssue[] {
  return entriesOf(results, display).map(({ rule, severity, message, risk, fingerprint, file, start, end }) => ({
    description: escapeText(cut(risk === "" ? message : `${message}: ${risk}`, 4000)),
    check_name: rule,
    fingerprint,
    severity: SEVERITY_NAMES[severity],
    location: { path: file, lines: { begin: start.line, end: end.line } },
  }));
}

const SEVERITY_NAMES: Readonly<Record<Severity, GitlabIssue["severity"]>> = {
  critical: "blocker",
  high: "critical",
  medium: "major",
  low: "minor",
  info: "info",
};
