import {
  type Evidence,
  type Finding,
  type Fix,
  formatPath,
  type Gap,
  type Position,
  type Severity,
  type SourceRange,
} from "@compose-harden/model";
import { type Totals, totalsOf } from "./count.js";
import { fingerprints } from "./fingerprint.js";
import { type Sources, sourcesOf, spanOf } from "./place.js";
import { type DisplayPath, gapsOf, type Result, type RuleInfo } from "./result.js";

/** Version of the JSON report; a change that could break a reader raises it. Its schema is `schemas/report.json`. */
export const REPORT_VERSION = 1;

/** A span in a file; offsets count UTF-16 units from 0, lines and columns from 1. */
export interface JsonLocation {
  readonly file: string;
  readonly start: Position & { readonly offset: number };
  readonly end: Position & { readonly offset: number };
}

/** A fix as the report carries it. */
export interface JsonFix {
  readonly title: string;
  readonly applicability: "safe" | "unsafe";
  readonly caveat?: string;
  readonly note?: string;
  readonly evidence?: readonly Evidence[];
}

/** A finding as the report carries it. */
export interface JsonFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly service?: string;
  readonly message: string;
  readonly risk: string;
  /** The attribute, as `services.web.ports[0]`. */
  readonly path: string;
  readonly location: JsonLocation;
  readonly via: readonly { readonly kind: string; readonly location: JsonLocation }[];
  readonly related: readonly { readonly message: string; readonly location: JsonLocation }[];
  readonly fix?: JsonFix;
  readonly fingerprint: string;
}

/** Something that was not read as Docker would read it. */
export interface JsonGap {
  readonly kind: Gap["kind"];
  readonly reason: Gap["reason"];
  readonly message: string;
  readonly path?: string;
  readonly location?: JsonLocation;
}

/** One project in the report. */
export interface JsonProject {
  readonly name: string;
  readonly files: readonly string[];
  readonly services: readonly string[];
  readonly gaps: readonly JsonGap[];
  readonly findings: readonly JsonFinding[];
  /** Suppressions that silence nothing, and the like. */
  readonly remarks: readonly { readonly message: string; readonly location?: JsonLocation }[];
  readonly suppressed: readonly (JsonFinding & {
    readonly suppression: { readonly by: string; readonly reason: string };
  })[];
}

/** The whole report of `check --format json`. */
export interface JsonReport {
  readonly format: "compose-harden-report";
  readonly version: typeof REPORT_VERSION;
  readonly tool: { readonly name: "compose-harden"; readonly version: string };
  readonly projects: readonly JsonProject[];
  readonly rules: readonly RuleInfo[];
  readonly totals: Totals;
}

/** What the JSON report needs besides the results. */
export interface JsonOptions {
  readonly version: string;
  readonly display: DisplayPath;
  /** All rules; those with findings are described in the report. */
  readonly rules: readonly RuleInfo[];
}

/** The findings for programs; `schemas/report.json` describes it. */
export function toJson(results: readonly Result[], { version, display, rules }: JsonOptions): JsonReport {
  const found = new Set(
    results.flatMap(({ findings, suppressed }) =>
      [...findings, ...suppressed.map(({ finding }) => finding)].map(({ rule }) => rule),
    ),
  );
  return {
    format: "compose-harden-report",
    version: REPORT_VERSION,
    tool: { name: "compose-harden", version },
    projects: results.map((result) => projectToJson(result, display)),
    rules: rules
      .filter(({ id }) => found.has(id))
      .map(({ id, summary, severity, references }) => ({ id, summary, severity, references })),
    totals: totalsOf(results),
  };
}

function projectToJson(result: Result, display: DisplayPath): JsonProject {
  const { project, findings, suppressed } = result;
  const sources = sourcesOf(project);
  const locate = locator(sources, display);
  const all = [...findings, ...suppressed.map(({ finding }) => finding)];
  const prints = fingerprints(project, all, display);
  const convert = (finding: Finding) => findingToJson(finding, prints.get(finding) ?? "", sources, locate);
  return {
    name: project.name,
    files: project.files.map(({ path }) => display(path)),
    services: project.services.map(({ name }) => name),
    gaps: gapsOf(project).map((gap) => ({
      kind: gap.kind,
      reason: gap.reason,
      message: gap.message,
      ...(gap.path === undefined ? {} : { path: formatPath(gap.path) }),
      ...(gap.at === undefined ? {} : { location: locate(gap.at) }),
    })),
    findings: findings.map(convert),
    remarks: result.remarks.map(({ message, at }) => ({
      message,
      ...(at === undefined ? {} : { location: locate(at) }),
    })),
    suppressed: suppressed.map(({ finding, by, reason }) => ({ ...convert(finding), suppression: { by, reason } })),
  };
}

type Locate = (range: SourceRange) => JsonLocation;

function locator(sources: Sources, display: DisplayPath): Locate {
  return ({ file, start, end }) => {
    const at = (offset: number) => ({ ...sources.positionAt(file, offset), offset });
    return { file: display(file), start: at(start), end: at(end) };
  };
}

function findingToJson(finding: Finding, fingerprint: string, sources: Sources, locate: Locate): JsonFinding {
  return {
    rule: finding.rule,
    severity: finding.severity,
    ...(finding.service === undefined ? {} : { service: finding.service }),
    message: finding.message,
    risk: finding.risk,
    path: formatPath(finding.path),
    location: locate(spanOf(finding.origin, sources)),
    via: finding.origin.via.map(({ kind, at }) => ({ kind, location: locate(at) })),
    related: finding.related.map(({ message, origin }) => ({ message, location: locate(origin.value) })),
    ...(finding.fix === undefined ? {} : { fix: fixToJson(finding.fix) }),
    fingerprint,
  };
}

/** What a fix does, without its intents: they may hold values that are secrets. */
export function fixToJson(fix: Fix): JsonFix {
  return {
    title: fix.title,
    applicability: fix.applicability,
    ...(fix.applicability === "unsafe" ? { caveat: fix.caveat } : {}),
    ...(fix.note === undefined ? {} : { note: fix.note }),
    ...(fix.evidence === undefined ? {} : { evidence: fix.evidence.map(evidenceToJson) }),
  };
}

/** What is known beyond these fields stays inside. */
function evidenceToJson({ kind, where, states, date }: Evidence): Evidence {
  return { kind, where, states, ...(date === undefined ? {} : { date }) };
}
