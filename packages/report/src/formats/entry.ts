import { formatPath, type Position, SEVERITIES, type Severity, type SourceRange } from "@compose-harden/model";
import { fingerprints, fnv1a } from "../fingerprint.js";
import { type Sources, sourcesOf, spanOf } from "../place.js";
import { type DisplayPath, gapsOf, type ReportedFinding, type ReportedResult } from "../result.js";

/** One line of a report for another tool: a finding, or a gap or remark of the run, which such tools know no other way to show. */
export interface Entry {
  readonly kind: "finding" | "gap" | "remark";
  /** The rule's id; the kind itself where there is none. */
  readonly rule: string;
  /** Of a gap `medium`, so that it is seen; of a remark `info`. */
  readonly severity: Severity;
  readonly service: string | undefined;
  readonly message: string;
  /** What can happen, empty where nothing is known. */
  readonly risk: string;
  /** What mends it, with its grade; empty where nothing is known. */
  readonly remedy: string;
  /** As the reader knows the file; untrusted, like all texts here. */
  readonly file: string;
  readonly start: Position;
  readonly end: Position;
  /** Unique in the report. */
  readonly fingerprint: string;
  /** Absent for a gap and a remark. */
  readonly finding?: ReportedFinding;
}

/** What the formats for other tools show of results, worst first. */
export function entriesOf(results: readonly ReportedResult[], display: DisplayPath): readonly Entry[] {
  const seen = new Map<string, number>();
  const entries = results.flatMap((result) => entriesOfResult(result, display));
  return bySeverity(
    entries.map((entry) => {
      const number = seen.get(entry.fingerprint) ?? 0;
      seen.set(entry.fingerprint, number + 1);
      return number === 0 ? entry : { ...entry, fingerprint: `${entry.fingerprint}-${number}` };
    }),
  );
}

/** Worst first; what is equally bad keeps its order. */
export function bySeverity<T extends { readonly severity: Severity }>(items: readonly T[]): readonly T[] {
  return items.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

function entriesOfResult(result: ReportedResult, display: DisplayPath): readonly Entry[] {
  const { project, findings, remarks } = result;
  const sources = sourcesOf(project);
  const prints = fingerprints(project, findings, display);
  const placeless = display(project.files[0]?.path ?? project.entry.files?.[0] ?? project.entry.cwd);
  const place = (at: SourceRange | undefined) =>
    at === undefined
      ? { file: placeless, start: { line: 1, column: 1 }, end: { line: 1, column: 1 } }
      : { file: display(at.file), ...spanPositions(at, sources) };
  const note = (
    kind: "gap" | "remark",
    severity: Severity,
    message: string,
    at: SourceRange | undefined,
    id: string,
  ) => ({
    kind,
    rule: kind,
    severity,
    service: undefined,
    message,
    risk: "",
    remedy: "",
    ...place(at),
    fingerprint: fnv1a(JSON.stringify([kind, id, place(at).file, message])),
  });
  return [
    ...findings.map(
      (finding): Entry => ({
        kind: "finding",
        rule: finding.rule,
        severity: finding.severity,
        service: finding.service,
        message: finding.message,
        risk: finding.risk,
        remedy: remedyOf(finding),
        ...place(spanOf(finding.origin, sources)),
        fingerprint: prints.get(finding) ?? "",
        finding,
      }),
    ),
    ...gapsOf(project).map((gap) =>
      note(
        "gap",
        "medium",
        gapText(gap),
        gap.at,
        `${gap.reason} ${gap.path === undefined ? "" : formatPath(gap.path)}`,
      ),
    ),
    ...remarks.map(({ message, at }) => note("remark", "info", message, at, "")),
  ];
}

/** A gap in words. */
export function gapText({ kind, message }: { readonly kind: "refused" | "unread"; readonly message: string }): string {
  return `${kind === "refused" ? "Docker refuses this" : "not read, and so not checked"}: ${message}`;
}

/** First and last position of a span; the end is that behind its last character. */
function spanPositions(
  { file, start, end }: SourceRange,
  sources: Sources,
): { readonly start: Position; readonly end: Position } {
  return { start: sources.positionAt(file, start), end: sources.positionAt(file, Math.max(start, end)) };
}

/** What the finding's fix does, with its grade and what may break. */
function remedyOf({ fix }: ReportedFinding): string {
  if (fix === undefined) return "";
  return fix.applicability === "safe" ? `${fix.title} (safe)` : `${fix.title} (unsafe: ${fix.caveat})`;
}

/** At most so many UTF-16 units of a text; `…` stands for the rest. */
export function cut(text: string, units: number): string {
  if (text.length <= units) return text;
  return `${text.slice(0, units - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
