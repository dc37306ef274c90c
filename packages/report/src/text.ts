import { type Gap, type Remark, SEVERITIES, type SourceRange } from "@compose-harden/model";
import { wrap } from "./columns.js";
import { counted, totalsOf } from "./count.js";
import { escapeText } from "./escape.js";
import { excerpt } from "./excerpt.js";
import { groupBy } from "./group.js";
import { formatHops, formatPlace, type Sources, sourcesOf, spanOf } from "./place.js";
import { type DisplayPath, gapsOf, type ReportedFinding, type ReportedResult } from "./result.js";
import { paintSeverity, type Style } from "./style.js";

/** How a text report is to look. */
export interface TextOptions {
  readonly style: Style;
  /** Width of a line in terminal columns; 80 where nothing better is known. */
  readonly columns: number;
  readonly display: DisplayPath;
  /** What a person types to get the safe fixes, for the last line; absent: no such line. */
  readonly fixCommand?: string;
}

/**
 * The findings for people: by project and service, worst first, each place shown once with its span marked. What can
 * happen is said where a rule first appears.
 */
export function formatText(results: readonly ReportedResult[], options: TextOptions): string {
  const told = new Set<string>();
  const lines = results.flatMap((result) => projectLines(result, options, told, results.length > 1));
  return `${[...lines, ...totalLines(results, options)].join("\n")}\n`;
}

function projectLines(
  result: ReportedResult,
  options: TextOptions,
  told: Set<string>,
  isOneOfSeveral: boolean,
): readonly string[] {
  const { style } = options;
  const sources = sourcesOf(result.project);
  const gaps = gapsOf(result.project).flatMap((gap) => gapLines(gap, sources, options));
  const remarks = result.remarks.flatMap((remark) => remarkLines(remark, sources, options));
  const notes = [...gaps, ...remarks];
  const services = [...groupBy(result.findings, (finding) => finding.service)].flatMap(([service, findings]) => {
    const image = result.project.services.find(({ name }) => name === service)?.image?.value;
    const title = service === undefined ? "project" : escapeText(service);
    return [
      `${style.bold(title)}${image === undefined ? "" : style.dim(` (${escapeText(image)})`)}`,
      ...placesOf(findings, sources).flatMap((place) => placeLines(place, sources, options, told)),
    ];
  });
  if (notes.length === 0 && services.length === 0) return [];
  const heading = isOneOfSeveral ? [style.bold(`== ${escapeText(result.label)}`), ""] : [];
  return [...heading, ...notes, ...(notes.length > 0 ? [""] : []), ...services];
}

/** Findings of one service at the same place, worst first; the worst places first. */
function placesOf(findings: readonly ReportedFinding[], sources: Sources): readonly (readonly ReportedFinding[])[] {
  const groups = groupBy(findings, ({ origin }) => {
    const { file, start, end } = spanOf(origin, sources);
    return `${file}:${start}:${end}`;
  });
  const worst = (group: readonly ReportedFinding[]) => Math.min(...group.map(severityRank));
  return [...groups.values()]
    .map((group) => group.toSorted((a, b) => severityRank(a) - severityRank(b)))
    .sort((a, b) => worst(a) - worst(b));
}

function severityRank({ severity }: ReportedFinding): number {
  return SEVERITIES.indexOf(severity);
}

function placeLines(
  findings: readonly ReportedFinding[],
  sources: Sources,
  options: TextOptions,
  told: Set<string>,
): readonly string[] {
  const [first] = findings;
  if (first === undefined) return [];
  const { style, display, columns } = options;
  const span = spanOf(first.origin, sources);
  const hops = formatHops(first.origin, sources, display);
  return [
    `  ${style.cyan(escapeText(formatPlace(span, sources, display)))}`,
    ...frameLines(span, sources, options),
    ...(hops === "" ? [] : indent(`comes through ${escapeText(hops)}`, 4, columns).map(style.dim)),
    ...findings.flatMap((finding) => findingLines(finding, sources, options, told)),
    "",
  ];
}

const GUTTER = 6;

function frameLines(span: SourceRange, sources: Sources, { columns, style }: TextOptions): readonly string[] {
  const shown = excerpt(span, Math.max(24, columns - GUTTER - 3), sources);
  if (shown === undefined) return [];
  const number = String(shown.line).padStart(GUTTER);
  return [
    `${style.dim(`${number} |`)} ${shown.text}`,
    `${style.dim(`${" ".repeat(GUTTER)} |`)} ${style.red(shown.marks)}`,
  ];
}

const LABEL = 10;

function findingLines(
  finding: ReportedFinding,
  sources: Sources,
  { style, columns, display }: TextOptions,
  told: Set<string>,
): readonly string[] {
  const isNew = !told.has(finding.rule);
  told.add(finding.rule);
  const [head = "", ...more] = indent(`${escapeText(finding.message)} [${finding.rule}]`, LABEL, columns);
  const label = paintSeverity(style, finding.severity, finding.severity.padEnd(LABEL - 2));
  return [
    `  ${label}${head.slice(LABEL)}`,
    ...more,
    ...(isNew ? labelled("risk", escapeText(finding.risk), columns, style) : []),
    ...finding.related.flatMap(({ message, origin }) =>
      labelled(
        "see",
        `${escapeText(formatPlace(origin.value, sources, display))}: ${escapeText(message)}`,
        columns,
        style,
      ),
    ),
    ...fixLines(finding, columns, style, isNew),
  ];
}

function fixLines({ fix }: ReportedFinding, columns: number, style: Style, isNew: boolean): readonly string[] {
  if (fix === undefined) return [];
  const caveat = fix.applicability === "unsafe" && isNew ? `: ${escapeText(fix.caveat)}` : "";
  return labelled("fix", `${escapeText(fix.title)} (${fix.applicability}${caveat})`, columns, style);
}

function labelled(label: string, text: string, columns: number, style: Style): readonly string[] {
  const [head = "", ...more] = indent(text, LABEL + 6, columns);
  return [`${" ".repeat(LABEL)}${style.dim(label.padEnd(6))}${head.slice(LABEL + 6)}`, ...more];
}

/** A text wrapped to the width, every line indented. */
export function indent(text: string, by: number, columns: number): readonly string[] {
  return wrap(text, Math.max(24, columns - by)).map((line) => " ".repeat(by) + line);
}

/** A gap with its place: what Docker refuses, or what this program did not read. */
export function gapLines(gap: Gap, sources: Sources, { style, columns, display }: TextOptions): readonly string[] {
  const place = gap.at === undefined ? "" : `${escapeText(formatPlace(gap.at, sources, display))}: `;
  const what = gap.kind === "refused" ? "Docker refuses this" : "not read";
  const [head = "", ...more] = indent(`${place}${what}: ${escapeText(gap.message)}`, 5, columns);
  return [`${style.yellow("gap")}  ${head.slice(5)}`, ...more];
}

function remarkLines({ message, at }: Remark, sources: Sources, options: TextOptions): readonly string[] {
  const { style, columns, display } = options;
  const place = at === undefined ? "" : `${escapeText(formatPlace(at, sources, display))}: `;
  const [head = "", ...more] = indent(place + escapeText(message), 6, columns);
  return [`${style.cyan("note")}  ${head.slice(6)}`, ...more];
}

function totalLines(
  results: readonly ReportedResult[],
  { style, columns, fixCommand }: TextOptions,
): readonly string[] {
  const totals = totalsOf(results);
  const place = `${counted(totals.services, "service")}${totals.projects > 1 ? ` of ${totals.projects} projects` : ""}`;
  const ways = [
    totals.safe > 0 ? counted(totals.safe, "safe fix", "safe fixes") : "",
    totals.unsafe > 0 ? `${totals.unsafe} unsafe` : "",
    totals.manual > 0 ? `${totals.manual} by hand` : "",
  ].filter((part) => part !== "");
  const extras = [
    totals.suppressed > 0 ? `${totals.suppressed} suppressed` : "",
    totals.hidden > 0 ? `${totals.hidden} below the shown severities` : "",
  ].filter((part) => part !== "");
  const verdict =
    totals.findings === 0
      ? `no findings in ${place}`
      : `${counted(totals.findings, "finding")} in ${place}: ${ways.join(", ")}`;
  const gaps = totals.gaps === 0 ? "" : `; ${counted(totals.gaps, "gap")}: what could not be read was not checked`;
  const text = `${verdict}${extras.length > 0 ? ` (${extras.join(", ")})` : ""}${gaps}`;
  const paint = totals.findings === 0 && totals.gaps === 0 ? style.green : style.bold;
  const next =
    totals.safe + totals.unsafe > 0 && fixCommand !== undefined
      ? [style.dim(`see the patch: ${escapeText(fixCommand)}`)]
      : [];
  return [...wrap(text, columns).map(paint), ...next];
}
