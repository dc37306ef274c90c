import {
  type Edit,
  type Finding,
  formatPath,
  type Gap,
  type JsonMap,
  type Patch,
  type Project,
  SEVERITIES,
  type Severity,
  type SourceRange,
  type Suppressed,
} from "@compose-harden/model";
import { counted } from "../count.js";
import { fingerprints } from "../fingerprint.js";
import { groupBy } from "../group.js";
import { type Sources, sourcesOf, spanOf } from "../place.js";
import { type DisplayPath, gapsOf, type Result, type RuleInfo } from "../result.js";
import { isSecretName, maskSecrets } from "../secrets.js";
import { bySeverity, cut, gapText } from "./entry.js";

/** What the SARIF report needs besides the results. */
export interface SarifOptions {
  readonly version: string;
  /** Paths from the root of the repository, for code scanning to find the files. */
  readonly display: DisplayPath;
  /** All rules that were asked. */
  readonly rules: readonly RuleInfo[];
  /** The rules' pages in Markdown, by id. */
  readonly pages?: ReadonlyMap<string, string>;
  /** Fixes to offer, each with edits that hold by themselves. One that would write a secret into the report is left out. */
  readonly patch?: Patch;
}

/** GitHub refuses a file with more. https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning */
const MAX_RESULTS = 25_000;
const MAX_LOCATIONS = 100;
const MAX_NAME = 255;
const MAX_DESCRIPTION = 1024;

/**
 * The findings in SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), within the limits of
 * GitHub's code scanning. Gaps and remarks are notifications of the run. Since code scanning knows only one security
 * severity for all findings of a rule, the worst one of rule and findings is given; `level` is each finding's own.
 */
export function toSarif(results: readonly Result[], options: SarifOptions): JsonMap {
  const edits = new Map((options.patch?.applied ?? []).map(({ finding, edits }) => [finding, edits]));
  const found = bySeverity(fingerprinted(results.flatMap((result) => foundIn(result, options, edits))));
  const worst = worstByRule(found);
  const rules = options.rules.map((rule) => ({ ...rule, worst: worseOf(rule.severity, worst.get(rule.id) ?? "info") }));
  const places = new Map(rules.map(({ id }, index) => [id, index]));
  const left = found.length - MAX_RESULTS;
  const omitted =
    left > 0
      ? [
          notification(
            "warning",
            "results-left-out",
            `${counted(left, "finding")} left out: code scanning takes ${MAX_RESULTS}`,
          ),
        ]
      : [];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "compose-harden",
            version: options.version,
            semanticVersion: options.version,
            rules: rules.map((rule) => descriptor(rule, options.pages?.get(rule.id))),
          },
        },
        invocations: [
          {
            executionSuccessful: results.every(
              ({ project }) => project.services.length > 0 || project.gaps.length === 0,
            ),
            toolExecutionNotifications: [
              ...omitted,
              ...results.flatMap((result) => notifications(result, options.display)),
            ],
          },
        ],
        originalUriBaseIds: { [ROOT]: { description: { text: "The root of the repository." } } },
        columnKind: "utf16CodeUnits",
        newlineSequences: ["\r\n", "\n", "\r"],
        results: found.slice(0, MAX_RESULTS).map(({ finding: { rule }, json }) => {
          const index = places.get(rule);
          return index === undefined ? json : { ...json, ruleIndex: index };
        }),
      },
    ],
  };
}

interface Found {
  readonly finding: Finding;
  readonly severity: Severity;
  readonly print: string;
  readonly json: JsonMap;
}

/**
 * A file that several projects read may have the same finding in each: the second one gets a number. Code scanning looks at
 * `primaryLocationLineHash` only, and would by itself make it of the text around, which the next fix changes.
 */
function fingerprinted(found: readonly Found[]): readonly Found[] {
  const seen = new Map<string, number>();
  return found.map((one) => {
    const number = (seen.get(one.print) ?? 0) + 1;
    seen.set(one.print, number);
    const print = number === 1 ? one.print : `${one.print}:${number}`;
    const partialFingerprints = { primaryLocationLineHash: print, "composeHarden/v1": print };
    return { ...one, json: { ...one.json, partialFingerprints } };
  });
}

function foundIn(
  { project, findings, suppressed }: Result,
  { display }: SarifOptions,
  edits: ReadonlyMap<Finding, readonly Edit[]>,
): readonly Found[] {
  const sources = sourcesOf(project);
  const all = [...findings, ...suppressed.map(({ finding }) => finding)];
  const prints = fingerprints(project, all, display);
  const reasons = new Map(suppressed.map((one) => [one.finding, one]));
  const secrets = secretValues(project);
  return all.map((finding) => {
    const reason = reasons.get(finding);
    const related = relatedOf(finding, sources, display);
    const replacements = (edits.get(finding) ?? []).filter(({ range }) => sources.textOf(range.file) !== undefined);
    const isShown = replacements.length > 0 && !replacements.some(({ text }) => showsSecret(text, secrets));
    return {
      finding,
      severity: finding.severity,
      print: prints.get(finding) ?? "",
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

/** The worst severity of each rule's findings. */
function worstByRule(found: readonly Found[]): ReadonlyMap<string, Severity> {
  // Worst first: what comes later does not count.
  return new Map(found.toReversed().map(({ finding: { rule }, severity }) => [rule, severity]));
}

function worseOf(a: Severity, b: Severity): Severity {
  return SEVERITIES.indexOf(a) <= SEVERITIES.indexOf(b) ? a : b;
}

function descriptor(
  { id, summary, severity, references, worst }: RuleInfo & { readonly worst: Severity },
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
      tags: ["security", "docker-compose"],
      precision: "high",
      ...(score === undefined ? {} : { "security-severity": score }),
    },
  };
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

/** Hops from the text to where it takes effect, then what else explains the finding. */
function relatedOf({ origin, related }: Finding, sources: Sources, display: DisplayPath): readonly JsonMap[] {
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

function fixOf({ fix }: Finding, edits: readonly Edit[], sources: Sources, display: DisplayPath): JsonMap {
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

function secretValues({ services }: Project): readonly string[] {
  return services
    .flatMap(({ environment }) => [...environment.items])
    .flatMap(([name, { value }]) => (value !== null && value.length > 3 && isSecretName(name) ? [value] : []));
}

function showsSecret(text: string, secrets: readonly string[]): boolean {
  return (
    text.split(/\r\n|\n|\r/).some((line) => maskSecrets(line) !== line) || secrets.some((one) => text.includes(one))
  );
}

function suppressionOf({ by, reason }: Suppressed): JsonMap {
  return { kind: by === "comment" ? "inSource" : "external", status: "accepted", justification: reason };
}

function notifications({ project, remarks }: Result, display: DisplayPath): readonly JsonMap[] {
  const sources = sourcesOf(project);
  const place = (at: SourceRange | undefined) => (at === undefined ? [] : [physical(at, sources, display)]);
  return [
    ...gapsOf(project).map((gap) => notification(gapLevel(gap), gap.reason, gapText(gap), place(gap.at))),
    ...remarks.map(({ message, at }) => notification("note", "remark", message, place(at))),
  ];
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
