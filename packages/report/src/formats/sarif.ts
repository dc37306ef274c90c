import {
  type Edit,
  formatPath,
  type Gap,
  type JsonMap,
  SEVERITIES,
  type Severity,
  type SourceRange,
} from "@compose-harden/model";
import { counted } from "../count.js";
import { fingerprints } from "../fingerprint.js";
import { groupBy } from "../group.js";
import { type Sources, sourcesOf, spanOf } from "../place.js";
import {
  type DisplayPath,
  gapsOf,
  type ReportedFinding,
  type ReportedResult,
  type ReportedSuppressed,
  type ReportWriter,
  type RuleInfo,
  type Shard,
  type ShardPlace,
} from "../result.js";
import { showsSecrets } from "../secrets.js";
import { bySeverity, cut, gapText } from "./entry.js";

/** What the SARIF report needs besides the results. */
export interface SarifOptions {
  readonly version: string;
  /** Address of a page about the program; absent where it has none. */
  readonly home?: string;
  /** Paths from the root of the repository, for code scanning to find the files. */
  readonly display: DisplayPath;
  /** All rules that were asked. */
  readonly rules: readonly RuleInfo[];
  /** The rules' pages in Markdown, by id. */
  readonly pages?: ReadonlyMap<string, string>;
  /** Which part of a run this is; absent for a whole one. */
  readonly shard?: Shard;
}

/** Findings of one run; GitHub refuses a file with more. https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning */
export const MAX_RESULTS: number = 25_000;
const MAX_LOCATIONS = 100;
const MAX_NAME = 255;
const MAX_DESCRIPTION = 1024;

/**
 * The findings in SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), within the limits of
 * GitHub's code scanning. Gaps and remarks are notifications of the run. Since code scanning knows only one security
 * severity for all findings of a rule, the worst one of rule and findings is given; `level` is each finding's own.
 */
export function toSarif(results: readonly ReportedResult[], options: SarifOptions): JsonMap {
  let log: JsonMap = {};
  const writer = sarifWriter(options, (made) => {
    log = made;
  });
  for (const result of results) writer.add(result);
  writer.end();
  return log;
}

/** The same from results that come one by one; of findings beyond the limit only the figures stay. */
export function sarifWriter(options: SarifOptions, done: (log: JsonMap) => void): ReportWriter {
  const { display, shard } = options;
  const worst = new Map<string, Severity>();
  const notes: JsonMap[] = [];
  const left: string[] = [];
  const hidden: string[] = [];
  let kept: Found[] = [];
  let total = 0;
  let made = 0;
  let isSuccessful = true;
  /** Findings of this rank and beyond have no place any more. */
  let full = SEVERITIES.length;
  return {
    add: (result) => {
      const place = result.shard;
      const isTaken = (finding: ReportedFinding, isSuppressed: boolean) => {
        total++;
        worst.set(finding.rule, worseOf(finding.severity, worst.get(finding.rule) ?? "info"));
        const isKept = SEVERITIES.indexOf(finding.severity) < full;
        if (!isKept && place !== undefined) left.push(partKey(place, isSuppressed ? undefined : finding));
        return isKept;
      };
      kept.push(...foundIn(result, display, isTaken).map((found) => ({ ...found, order: made++ })));
      if (kept.length > 2 * MAX_RESULTS) {
        const sorted = bySeverity(kept);
        left.push(...sorted.slice(MAX_RESULTS).flatMap(({ key }) => (key === undefined ? [] : [key])));
        kept = sorted.slice(0, MAX_RESULTS);
        full = SEVERITIES.indexOf(kept.at(-1)?.severity ?? "info");
      }
      hidden.push(...(place?.hidden ?? []).map((key) => `${place?.position}:${key}`));
      notes.push(...notifications(result, display));
      isSuccessful &&= result.project.services.length > 0 || result.project.gaps.length === 0;
    },
    end: () => {
      const sorted = bySeverity(kept);
      left.push(...sorted.slice(MAX_RESULTS).flatMap(({ key }) => (key === undefined ? [] : [key])));
      const descriptors = options.rules.map((rule) =>
        descriptor(
          { ...rule, worst: worseOf(rule.severity, worst.get(rule.id) ?? "info") },
          options.pages?.get(rule.id),
        ),
      );
      done(
        sarifLog({
          version: options.version,
          ...(options.home === undefined ? {} : { home: options.home }),
          rules: descriptors,
          results: numbered(sorted.slice(0, MAX_RESULTS)),
          omitted: Math.max(0, total - MAX_RESULTS),
          notifications: notes,
          isSuccessful,
          ...(shard === undefined ? {} : { shard: { ...shard, left, hidden } }),
        }),
      );
    },
  };
}

/** The program wherever it was got from, as a package URL (https://github.com/package-url/purl-spec). */
const PACKAGE = "pkg:npm/compose-harden";

/** What a log is made of; results come worst first, without the index of their rule. */
export interface SarifParts {
  readonly version: string;
  readonly home?: string;
  readonly rules: readonly JsonMap[];
  readonly results: readonly JsonMap[];
  /** How many findings were left out. */
  readonly omitted: number;
  readonly notifications: readonly JsonMap[];
  readonly isSuccessful: boolean;
  /** Of the log of a part: which it is, and `position:key` of the findings that were left out and filtered out. */
  readonly shard?: Shard & { readonly left: readonly string[]; readonly hidden: readonly string[] };
}

/** A log of one run. */
export function sarifLog(parts: SarifParts): JsonMap {
  const { version, home = PACKAGE, rules, results, omitted, isSuccessful, shard } = parts;
  const places = new Map(rules.map(({ id }, index) => [id, index]));
  const leftOut =
    omitted > 0
      ? [
          notification(
            "warning",
            "results-left-out",
            `${counted(omitted, "finding")} left out: code scanning takes ${MAX_RESULTS}`,
          ),
        ]
      : [];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "compose-harden", version, semanticVersion: version, informationUri: home, rules } },
        invocations: [
          {
            executionSuccessful: isSuccessful,
            toolExecutionNotifications: [...leftOut, ...parts.notifications],
          },
        ],
        originalUriBaseIds: { [ROOT]: { description: { text: "The root of the repository." } } },
        columnKind: "utf16CodeUnits",
        newlineSequences: ["\r\n", "\n", "\r"],
        results: results.map((json) => {
          const index = places.get(json.ruleId ?? null);
          return index === undefined ? json : { ...json, ruleIndex: index };
        }),
        ...(shard === undefined ? {} : { properties: { shard: shardJson(shard) } }),
      },
    ],
  };
}

function shardJson({ index, count, left, hidden }: NonNullable<SarifParts["shard"]>): JsonMap {
  return { index, count, left, hidden };
}

interface Found extends Numbered {
  readonly severity: Severity;
  /** In the report of a part. */
  readonly key: string | undefined;
}

/** Suppressed findings have no key: they are told for each project. */
function partKey({ position, keyOf }: ShardPlace, finding: ReportedFinding | undefined): string {
  return `${position}:${finding === undefined ? "" : keyOf(finding)}`;
}

/** A finding of a log as numbers are given to it. */
export interface Numbered {
  readonly print: string;
  /** Grows as the findings were made. */
  readonly order: number;
  readonly json: JsonMap;
}

/**
 * The results of a log, with their fingerprints. A file that several projects read may have the same finding in each: the second one
 * that is told gets a number. Code scanning looks at `primaryLocationLineHash` only, and would by itself make it of the text around,
 * which the next fix changes.
 */
export function numbered(told: readonly Numbered[]): readonly JsonMap[] {
  const seen = new Map<string, number>();
  const prints = new Map<Numbered, string>();
  for (const one of told.toSorted((a, b) => a.order - b.order)) {
    const number = (seen.get(one.print) ?? 0) + 1;
    seen.set(one.print, number);
    prints.set(one, number === 1 ? one.print : `${one.print}:${number}`);
  }
  return told.map((one) => {
    const print = prints.get(one) ?? one.print;
    return { ...one.json, partialFingerprints: { primaryLocationLineHash: print, [PRINT]: print } };
  });
}

/** The name of the fingerprint that this program knows its findings by. */
export const PRINT = "composeHarden/v1";

function foundIn(
  { project, findings, suppressed, editsOf, shard }: ReportedResult,
  display: DisplayPath,
  isTaken: (finding: ReportedFinding, isSuppressed: boolean) => boolean,
): readonly Omit<Found, "order">[] {
  const sources = sourcesOf(project);
  const all = [...findings, ...suppressed.map(({ finding }) => finding)];
  const prints = fingerprints(project, all, display);
  const reasons = new Map(suppressed.map((one) => [one.finding, one]));
  return all
    .filter((finding) => isTaken(finding, reasons.has(finding)))
    .map((finding) => {
      const reason = reasons.get(finding);
      const key = shard === undefined ? undefined : partKey(shard, reason === undefined ? finding : undefined);
      const related = relatedOf(finding, sources, display);
      const replacements = (editsOf?.(finding) ?? []).filter(({ range }) => sources.textOf(range.file) !== undefined);
      const isShown = replacements.length > 0 && !showsSecrets(replacements, project);
      return {
        severity: finding.severity,
        print: prints.get(finding) ?? "",
        key,
        json: {
          ruleId: finding.rule,
          level: LEVELS[finding.severity],
          message: { text: plain(`${finding.message}: ${finding.risk}`) },
          locations: [
            {
              physicalLocation: physical(spanOf(finding.origin, sources), sources, display),
              logicalLocations: [{ fullyQualifiedName: formatPath(finding.path), kind: "member" }],
            },
          ],
          ...(related.length === 0 ? {} : { relatedLocations: related }),
          ...(isShown ? { fixes: [fixOf(finding, replacements, sources, display)] } : {}),
          ...(reason === undefined ? {} : { suppressions: [suppressionOf(reason)] }),
          properties: {
            severity: finding.severity,
            ...(finding.service === undefined ? {} : { service: finding.service }),
            ...(key === undefined ? {} : { shard: key }),
          },
        },
      };
    });
}

const LEVELS: Readonly<Record<Severity, string>> = {
  critical: "error",
  high: "error",
  medium: "warning",
  low: "note",
  info: "note",
};

/** In the middle of the range that code scanning calls by the same name; none for `info`, which is no security result. */
const SCORES: Readonly<Record<Severity, string | undefined>> = {
  critical: "9.5",
  high: "8.0",
  medium: "5.5",
  low: "2.5",
  info: undefined,
};

function worseOf(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) <= SEVERITIES.indexOf(b) ? a : b;
}

function descriptor(
  { id, summary, severity, references, frameworks, worst }: RuleInfo & { readonly worst: Severity },
  page?: string,
): JsonMap {
  const sources = references.map(({ title, url }) => `${title}: ${url}`);
  const [first] = references;
  const score = SCORES[worst];
  const name = id.replace(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return {
    id,
    // A name that only repeats the id is none (SARIF 3.49.7).
    ...(name.toLowerCase() === id ? {} : { name: cut(name, MAX_NAME) }),
    shortDescription: { text: cut(sentence(summary), MAX_DESCRIPTION) },
    fullDescription: { text: cut(sentence(summary), MAX_DESCRIPTION) },
    help: {
      text: [sentence(summary), ...sources].join("\n"),
      ...(page === undefined ? {} : { markdown: page.replace(/<!--[^>]*-->\n?/g, "").trim() }),
    },
    ...(first === undefined ? {} : { helpUri: first.url }),
    defaultConfiguration: { level: LEVELS[severity] },
    properties: {
      tags: ["security", "docker-compose", ...sectionsOf(frameworks)],
      precision: "high",
      ...(score === undefined ? {} : { "security-severity": score }),
    },
  };
}

/** `cis/5.4`: what an auditor filters by. */
function sectionsOf(frameworks: RuleInfo["frameworks"]): readonly string[] {
  return Object.entries(frameworks ?? {}).flatMap(([name, numbers]) =>
    (numbers ?? []).map((number) => `${name}/${number}`),
  );
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** Hops from the text to where it takes effect, then what else explains the finding. */
function relatedOf({ origin, related }: ReportedFinding, sources: Sources, display: DisplayPath): readonly JsonMap[] {
  const hops = origin.via
    .filter(({ kind }) => kind !== "override")
    .map(({ kind, at }) => ({ message: `comes through this ${kind}`, at }));
  const others = related.map(({ message, origin }) => ({ message, at: spanOf(origin, sources) }));
  return [...hops, ...others].slice(0, MAX_LOCATIONS).map(({ message, at }, index) => ({
    id: index + 1,
    message: { text: plain(message) },
    physicalLocation: physical(at, sources, display),
  }));
}

const ROOT = "%SRCROOT%";

function physical(range: SourceRange, sources: Sources, display: DisplayPath): JsonMap {
  return { artifactLocation: artifact(range.file, display), region: region(range, sources) };
}

function artifact(path: string, display: DisplayPath): JsonMap {
  const shown = display(path);
  const uri = shown.split("/").map(encodeSegment).join("/");
  if (shown.startsWith("/")) return { uri: `file://${uri}` };
  return /^[A-Za-z]:\//.test(shown) ? { uri: `file:///${uri}` } : { uri, uriBaseId: ROOT };
}

/** Lone surrogates have no percent-encoding. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function encodeSegment(segment: string): string {
  return encodeURIComponent(segment.replace(LONE, "\ufffd")).replace(
    /[!'()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16)}`,
  );
}

/** Columns do not count a byte-order mark. */
function region({ file, start, end }: SourceRange, sources: Sources): JsonMap {
  const hasMark = sources.textOf(file)?.startsWith("\ufeff") === true;
  const at = (offset: number) => {
    const { line, column } = sources.positionAt(file, Math.max(offset, hasMark ? 1 : 0));
    return { line, column: hasMark && line === 1 ? column - 1 : column };
  };
  const [from, to] = [at(start), at(Math.max(start, end))];
  return { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column };
}

function fixOf({ fix }: ReportedFinding, edits: readonly Edit[], sources: Sources, display: DisplayPath): JsonMap {
  const caveat = fix?.applicability === "unsafe" ? ` (may break: ${fix.caveat})` : "";
  return {
    description: { text: plain(`${fix?.title ?? ""}${caveat}`) },
    artifactChanges: [...groupBy(edits, ({ range }) => range.file)].map(([file, own]) => ({
      artifactLocation: artifact(file, display),
      replacements: own.map(({ range, text }) => ({
        deletedRegion: { ...region(range, sources), ...bytes(range, sources) },
        ...(text === "" ? {} : { insertedContent: { text } }),
      })),
    })),
  };
}

/** The same span in bytes of the file, a byte-order mark counted: no reader can mistake it. */
function bytes({ file, start, end }: SourceRange, sources: Sources): JsonMap {
  const text = sources.textOf(file) ?? "";
  return { byteOffset: utf8Length(text.slice(0, start)), byteLength: utf8Length(text.slice(start, end)) };
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}

function suppressionOf({ by, reason }: ReportedSuppressed): JsonMap {
  return { kind: by === "comment" ? "inSource" : "external", status: "accepted", justification: reason };
}

function notifications({ project, remarks, shard }: ReportedResult, display: DisplayPath): readonly JsonMap[] {
  const sources = sourcesOf(project);
  const place = (at: SourceRange | undefined) => (at === undefined ? [] : [physical(at, sources, display)]);
  return [
    ...gapsOf(project).map((gap) => notification(gapLevel(gap), gap.reason, gapText(gap), place(gap.at))),
    ...remarks.map(({ message, at }) => notification("note", "remark", message, place(at))),
  ].map((note) => (shard === undefined ? note : { ...note, properties: { shard: `${shard.position}` } }));
}

function gapLevel({ kind }: Gap): string {
  return kind === "refused" ? "error" : "warning";
}

function notification(level: string, id: string, text: string, places: readonly JsonMap[] = []): JsonMap {
  return {
    level,
    descriptor: { id },
    message: { text: plain(text) },
    ...(places.length === 0 ? {} : { locations: places.map((physicalLocation) => ({ physicalLocation })) }),
  };
}

/** In a plain text message `[text](target)` is a link (SARIF 3.11.6): brackets of ours and of names are none. */
function plain(text: string): string {
  return text.includes("](") ? text.replace(/[[\]\\]/g, "\\$&") : text;
}
