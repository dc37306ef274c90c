import {
  type Evidence,
  formatPath,
  type Gap,
  type Position,
  type Severity,
  type SourceRange,
} from "@compose-harden/model";
import { addTotals, type Totals, totalsOf } from "./count.js";
import { fingerprints } from "./fingerprint.js";
import { inertJson } from "./formats/json-text.js";
import { type Sources, sourcesOf, spanOf } from "./place.js";
import {
  type DisplayPath,
  gapsOf,
  type ReportedFinding,
  type ReportedFix,
  type ReportedResult,
  type ReportWriter,
  type RuleInfo,
  type Shard,
} from "./result.js";

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
  /** In the report of a part: where the project stands in the whole, and keys of the findings that were filtered out. */
  readonly shard?: { readonly position: number; readonly hidden: readonly string[] };
}

/** The whole report of `check --format json`. */
export interface JsonReport {
  readonly format: "compose-harden-report";
  readonly version: typeof REPORT_VERSION;
  readonly tool: { readonly name: "compose-harden"; readonly version: string };
  /** Which part of a run this is; absent in the report of a whole one. */
  readonly shard?: Shard;
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
  /** Which part of a run this is; absent for a whole one. */
  readonly shard?: Shard;
}

/** The findings for programs; `schemas/report.json` describes it. */
export function toJson(results: readonly ReportedResult[], options: JsonOptions): JsonReport {
  const { version, display, rules, shard } = options;
  const found = new Set(results.flatMap(rulesIn));
  return {
    ...headOf(version, shard),
    projects: results.map((result) => projectToJson(result, display)),
    rules: infosOf(rules, found),
    totals: totalsOf(results),
  };
}

/** The same report, written project by project: a large estate's does not fit into one text. */
export function jsonWriter(options: JsonOptions, write: (text: string) => void): ReportWriter {
  const { version, display, rules, shard } = options;
  const report = openJsonReport({ version, ...(shard === undefined ? {} : { shard }) }, write);
  const found = new Set<string>();
  return {
    add: (result) => {
      for (const rule of rulesIn(result)) found.add(rule);
      report.add(projectToJson(result, display), totalsOf([result]));
    },
    end: () => report.end(infosOf(rules, found)),
  };
}

/** Writes a report around projects that are at hand as JSON. */
export function openJsonReport(
  { version, shard }: { readonly version: string; readonly shard?: Shard },
  write: (text: string) => void,
): {
  readonly add: (project: JsonProject, totals: Totals) => void;
  /** `more` is added to the totals of the projects. */
  readonly end: (rules: readonly RuleInfo[], more?: Totals) => void;
} {
  let totals = totalsOf([]);
  const head = JSON.stringify(headOf(version, shard), undefined, 2).slice(0, -2);
  write(inertJson(`${head},\n  "projects": [`));
  return {
    add: (project, own) => {
      write(inertJson(`${totals.projects === 0 ? "" : ","}\n    ${indented(project, "    ")}`));
      totals = addTotals(totals, own);
    },
    end: (rules, more = totalsOf([])) => {
      const close = totals.projects === 0 ? "]" : "\n  ]";
      totals = addTotals(totals, more);
      write(inertJson(`${close},\n  "rules": ${indented(rules, "  ")},\n  "totals": ${indented(totals, "  ")}\n}\n`));
    },
  };
}

function headOf(version: string, shard: Shard | undefined): Pick<JsonReport, "format" | "version" | "tool" | "shard"> {
  return {
    format: "compose-harden-report",
    version: REPORT_VERSION,
    tool: { name: "compose-harden", version },
    ...(shard === undefined ? {} : { shard }),
  };
}

/** Texts in JSON hold no line break: each one that is there is layout. */
function indented(value: unknown, by: string): string {
  return JSON.stringify(value, undefined, 2).replaceAll("\n", `\n${by}`);
}

function rulesIn({ findings, suppressed }: ReportedResult): readonly string[] {
  return [...findings, ...suppressed.map(({ finding }) => finding)].map(({ rule }) => rule);
}

function infosOf(rules: readonly RuleInfo[], found: ReadonlySet<string>): readonly RuleInfo[] {
  return rules
    .filter(({ id }) => found.has(id))
    .map(({ id, summary, severity, references }) => ({ id, summary, severity, references }));
}

function projectToJson(result: ReportedResult, display: DisplayPath): JsonProject {
  const { project, findings, suppressed } = result;
  const sources = sourcesOf(project);
  const locate = locator(sources, display);
  const all = [...findings, ...suppressed.map(({ finding }) => finding)];
  const prints = fingerprints(project, all, display);
  const convert = (finding: ReportedFinding) => findingToJson(finding, prints.get(finding) ?? "", sources, locate);
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
    ...(result.shard === undefined ? {} : { shard: { position: result.shard.position, hidden: result.shard.hidden } }),
  };
}

type Locate = (range: SourceRange) => JsonLocation;

function locator(sources: Sources, display: DisplayPath): Locate {
  return ({ file, start, end }) => {
    const at = (offset: number) => ({ ...sources.positionAt(file, offset), offset });
    return { file: display(file), start: at(start), end: at(end) };
  };
}

function findingToJson(finding: ReportedFinding, fingerprint: string, sources: Sources, locate: Locate): JsonFinding {
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
export function fixToJson(fix: ReportedFix): JsonFix {
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
