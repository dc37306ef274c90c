import { type Gap, type Remark, SEVERITIES, type SourceRange } from "@compose-harden/model";
import { wrap } from "./columns.js";
import { counted, totalsOf } from "./count.js";
import { escapeText } from "./escape.js";
import { excerpt } from "./excerpt.js";
import { groupBy } from "./group.js";
import { formatHops, formatPlace, type Sources, sourcesOf, spanOf } from "./place.js";
import { type DisplayPath, gapsOf, type ReportedFinding, type ReportedProject, type ReportedResult } from "./result.js";
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
 * The findings for people, worst first: what several services lack is said once for all of them, the rest by service, each place
 * shown once with its span marked. What can happen is said where a rule first appears, and of small matters not at all.
 */
export function formatText(results: readonly ReportedResult[], options: TextOptions): string {
  const told = new Set<string>();
  const lines = results.flatMap((result) => projectLines(result, options, told, results.length > 1));
  return `${[...lines, ...totalLines(results, options)].join("\n")}\n`;
}

/** What the lines of one project are made with. */
interface Page extends TextOptions {
  readonly project: ReportedProject;
  readonly sources: Sources;
  /** The rules whose risk was told. */
  readonly told: Set<string>;
  /** What other services have from the same line, by the finding that is shown. */
  readonly also: ReadonlyMap<ReportedFinding, readonly ReportedFinding[]>;
}

/** Where a report says something: a service, the project as a whole, or several services at once. */
interface Section {
  readonly title: string;
  readonly image: string | undefined;
  readonly places: readonly (readonly ReportedFinding[])[];
}

function projectLines(
  result: ReportedResult,
  options: TextOptions,
  told: Set<string>,
  isOneOfSeveral: boolean,
): readonly string[] {
  const { style } = options;
  const sources = sourcesOf(result.project);
  const page: Page = { ...options, project: result.project, sources, told, also: alsoOf(result.findings, sources) };
  const gaps = gapsOf(result.project).flatMap((gap) => gapLines(gap, sources, options));
  const remarks = result.remarks.flatMap((remark) => remarkLines(remark, sources, options));
  const notes = [...gaps, ...remarks];
  const sections = sectionsOf(result.findings, page).flatMap(({ title, image, places }) => [
    `${style.bold(escapeText(title))}${image === undefined ? "" : style.dim(` (${escapeText(image)})`)}`,
    ...places.flatMap((place) => placeLines(place, page)),
    "",
  ]);
  if (notes.length === 0 && sections.length === 0) return [];
  const heading = isOneOfSeveral ? [style.bold(`== ${escapeText(result.label)}`), ""] : [];
  return [...heading, ...notes, ...(notes.length > 0 ? [""] : []), ...sections];
}

/** The worst sections first; what several services have in common stands before their own. */
function sectionsOf(findings: readonly ReportedFinding[], page: Page): readonly Section[] {
  const common = commonOf(findings, page);
  const shared = new Set([...common, ...page.also.values()].flat());
  const own = findings.filter((finding) => !shared.has(finding));
  const services = Array.from(
    groupBy(own, ({ service }) => service),
    ([service, group]): Section => ({
      title: service ?? "project",
      image: page.project.services.find(({ name }) => name === service)?.image?.value,
      places: placesOf(group, page),
    }),
  );
  const several: Section = { title: "several services", image: undefined, places: common };
  return (common.length === 0 ? services : [several, ...services]).toSorted(
    (a, b) => worstOf(a.places.flat()) - worstOf(b.places.flat()),
  );
}

/** Findings of one rule that say the same of several services, about nothing that the services have written. */
function commonOf(findings: readonly ReportedFinding[], page: Page): readonly (readonly ReportedFinding[])[] {
  const lacking = findings.filter((finding) => isAboutWhole(finding, page));
  const groups = groupBy(lacking, (finding) => `${finding.rule} ${finding.severity} ${factOf(finding)}`);
  return [...groups.values()].filter((group) => group.length > 1).sort((a, b) => worstOf(a) - worstOf(b));
}

/** Findings that say the same of one line, which several services have through an anchor, `extends` or an env file. */
function alsoOf(
  findings: readonly ReportedFinding[],
  sources: Sources,
): ReadonlyMap<ReportedFinding, readonly ReportedFinding[]> {
  const groups = groupBy(findings, (finding) =>
    [placeOf(finding, sources), finding.rule, finding.severity, factOf(finding)].join(" "),
  );
  return new Map(
    [...groups.values()].flatMap(([first, ...more]) => {
      const others = more.filter(({ service }) => service !== first?.service);
      return first === undefined || others.length === 0 ? [] : [[first, others]];
    }),
  );
}

/** True when the finding's place is the service as a whole, since what it is about is not there. */
function isAboutWhole({ service, origin: { key } }: ReportedFinding, { sources }: Page): boolean {
  if (key === undefined) return false;
  const text = sources.textOf(key.file)?.slice(key.start, key.end) ?? "";
  return text.replace(/^(["'])(.*)\1$/, "$2") === service;
}

/** The message without the name of the service under whose heading it stands, and of the product, which the image tells. */
function factOf({ message, service }: ReportedFinding): string {
  const name = `\`${service}\` `;
  return message.startsWith(name) ? message.slice(name.length).replace(/^\([^()]*\) /, "") : message;
}

/** Findings of one service at the same place, worst first; the worst places first. */
function placesOf(findings: readonly ReportedFinding[], { sources }: Page): readonly (readonly ReportedFinding[])[] {
  const groups = groupBy(findings, (finding) => placeOf(finding, sources));
  return [...groups.values()]
    .map((group) => group.toSorted((a, b) => severityRank(a) - severityRank(b)))
    .sort((a, b) => worstOf(a) - worstOf(b));
}

function placeOf({ origin }: ReportedFinding, sources: Sources): string {
  const { file, start, end } = spanOf(origin, sources);
  return `${file}:${start}:${end}`;
}

function severityRank({ severity }: ReportedFinding): number {
  return SEVERITIES.indexOf(severity);
}

function worstOf(findings: readonly ReportedFinding[]): number {
  return Math.min(...findings.map(severityRank));
}

function placeLines(findings: readonly ReportedFinding[], page: Page): readonly string[] {
  const [first] = findings;
  if (first === undefined) return [];
  if (findings.some(({ service }) => service !== first.service)) return commonLines(findings, page);
  const { style, display, columns, sources } = page;
  const isWhole = findings.every((finding) => isAboutWhole(finding, page));
  const span = isWhole ? (first.origin.key ?? first.origin.value) : spanOf(first.origin, sources);
  const hops = formatHops(first.origin, sources, display);
  return [
    `  ${style.cyan(escapeText(formatPlace(span, sources, display)))}`,
    ...(isWhole ? [] : frameLines(span, page)),
    ...(hops === "" ? [] : indent(`comes through ${escapeText(hops)}`, 4, columns).map(style.dim)),
    ...findings.flatMap((finding, index) => [
      ...findingLines(finding, page),
      // What mends several findings is said once, after the last of them.
      ...(findings.slice(index + 1).some((later) => later.fix !== undefined && later.fix.title === finding.fix?.title)
        ? []
        : fixLines([finding, ...(page.also.get(finding) ?? [])], columns, style)),
    ]),
  ];
}

/** One line for all services that lack the same, with their names below. */
function commonLines(findings: readonly ReportedFinding[], page: Page): readonly string[] {
  const { project, style, columns } = page;
  const [first] = findings;
  if (first === undefined) return [];
  const names = findings.map(({ service }) => escapeText(service ?? "")).join(", ");
  const all = project.services.length > 2 && findings.length === project.services.length;
  return [
    ...headLines(first, columns, style),
    ...labelled("in", all ? `all ${findings.length} services` : names, columns, style),
    ...riskLines(first, page),
    ...fixLines(findings, columns, style),
  ];
}

const GUTTER = 6;

function frameLines(span: SourceRange, { columns, style, sources }: Page): readonly string[] {
  const shown = excerpt(span, Math.max(24, columns - GUTTER - 3), sources);
  if (shown === undefined) return [];
  const number = String(shown.line).padStart(GUTTER);
  return [
    `${style.dim(`${number} |`)} ${shown.text}`,
    `${style.dim(`${" ".repeat(GUTTER)} |`)} ${style.red(shown.marks)}`,
  ];
}

/** Columns in front of a message: two blanks and a severity. */
const LABEL = 12;

function findingLines(finding: ReportedFinding, page: Page): readonly string[] {
  const { style, columns, display, sources } = page;
  const others = page.also.get(finding)?.map(({ service }) => escapeText(service ?? "")) ?? [];
  return [
    ...headLines(finding, columns, style),
    ...(others.length === 0 ? [] : labelled("also", others.join(", "), columns, style)),
    ...riskLines(finding, page),
    ...finding.related.flatMap(({ message, origin }) =>
      labelled(
        "see",
        `${escapeText(formatPlace(origin.value, sources, display))}: ${escapeText(message)}`,
        columns,
        style,
      ),
    ),
  ];
}

function headLines(finding: ReportedFinding, columns: number, style: Style): readonly string[] {
  const [head = "", ...more] = indent(`${escapeText(factOf(finding))} [${finding.rule}]`, LABEL, columns);
  const label = paintSeverity(style, finding.severity, finding.severity.padEnd(LABEL - 2));
  return [`  ${label}${head.slice(LABEL)}`, ...more];
}

/** What can happen, once for each rule; of what is low or merely informs, the rule's page tells. */
function riskLines({ rule, risk, severity }: ReportedFinding, { columns, style, told }: Page): readonly string[] {
  if (told.has(rule) || severity === "low" || severity === "info") return [];
  told.add(rule);
  return labelled("risk", escapeText(risk), columns, style);
}

/** What the fixes of findings of one kind do, and how far they are trusted; what they may break is told with the patch. */
function fixLines(findings: readonly ReportedFinding[], columns: number, style: Style): readonly string[] {
  const fixes = findings.flatMap(({ fix }) => fix ?? []);
  const [first] = fixes;
  if (first === undefined) return [];
  const titles = [...new Set(fixes.map(({ title }) => title))];
  const others = titles.length === 1 ? "" : `, and ${counted(titles.length - 1, "other")} like it`;
  const safe = fixes.filter(({ applicability }) => applicability === "safe").length;
  const grades =
    fixes.length === 1
      ? first.applicability
      : [
          safe > 0 ? `${safe} safe` : "",
          safe < fixes.length ? `${fixes.length - safe} unsafe` : "",
          fixes.length < findings.length ? `${findings.length - fixes.length} by hand` : "",
        ]
          .filter((part) => part !== "")
          .join(", ");
  return labelled("fix", `${escapeText(first.title)}${others} (${grades})`, columns, style);
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
