import { isList, isMap, type Json, type JsonMap, SEVERITIES } from "@compose-harden/model";
import {
  addTotals,
  type JsonProject,
  openJsonReport,
  type RuleInfo,
  type Shard,
  type Totals,
  totalsOf,
} from "@compose-harden/report";
import { rules as catalogue } from "@compose-harden/rules";
import { arePartsOfOne, broken, shardIn } from "./parts.js";
import { repeatKeyOf } from "./shard.js";

/** A report by its name, as bytes: many large ones need not be in memory as objects at once. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Buffer;
}

/**
 * Puts JSON reports together, project by project. Parts of one run become the report that it would have made; reports of separate
 * runs are joined in the order given. Returns the severities of all findings, one each.
 */
export function mergeJson(reports: readonly NamedBytes[], write: (text: string) => void): ReadonlySet<string> {
  const parts = reports.map(partOf);
  const isOne = arePartsOfOne(parts);
  const report = openJsonReport({ version: parts[0]?.version ?? "" }, write);
  const found = new Set<string>();
  const severities = new Set<string>();
  const repeated = new Set<string>();
  let hidden = 0;
  for (const { project, name } of isOne ? inOrder(parts) : oneByOne(parts)) {
    const { shard, ...whole } = project;
    const isNew = (key: string) => {
      if (!isOne) return true;
      const before = repeated.has(key);
      repeated.add(key);
      return !before;
    };
    const findings = listOf(whole.findings, name).filter((finding) => isNew(keyOf(finding, name)));
    const suppressed = listOf(whole.suppressed, name);
    hidden += isMap(shard) && isList(shard.hidden) ? shard.hidden.filter((key) => isNew(String(key))).length : 0;
    for (const { rule } of [...findings, ...suppressed]) found.add(String(rule));
    for (const { severity } of findings) severities.add(String(severity));
    report.add({ ...whole, findings } as unknown as JsonProject, totalsIn(whole, findings, name));
  }
  const told = isOne ? hidden : parts.reduce((sum, part) => sum + part.hidden, 0);
  report.end(rulesIn(parts, found), { ...totalsOf([]), hidden: told });
  return severities;
}

interface Part {
  readonly name: string;
  readonly version: string;
  readonly shard: Shard | undefined;
  readonly rules: readonly JsonMap[];
  readonly hidden: number;
  readonly bytes: Buffer;
  /** Where the projects stand in the bytes. */
  readonly spans: readonly Span[];
}

interface Span {
  readonly start: number;
  readonly end: number;
}

function partOf({ name, bytes }: NamedBytes): Part {
  const spans = projectSpans(bytes);
  const first = spans.at(0)?.start;
  const last = spans.at(-1)?.end;
  const frame =
    first === undefined || last === undefined ? bytes : Buffer.concat([bytes.subarray(0, first), bytes.subarray(last)]);
  const data = parsed(frame, name);
  if (!isMap(data) || data.format !== "compose-harden-report" || data.version !== 1 || !isMap(data.tool)) {
    throw broken(name, "is no JSON report of compose-harden");
  }
  const { tool, rules, totals, shard } = data;
  return {
    name,
    version: String(tool.version),
    shard: shardIn(shard, name),
    rules: isList(rules) ? rules.filter(isMap) : [],
    hidden: isMap(totals) && typeof totals.hidden === "number" ? totals.hidden : 0,
    bytes,
    spans,
  };
}

interface Read {
  readonly name: string;
  readonly project: JsonMap;
}

function* oneByOne(parts: readonly Part[]): Generator<Read, void> {
  for (const { name, bytes, spans } of parts)
    for (const span of spans) yield { name, project: projectAt(bytes, span, name) };
}

/** Projects of all parts by their position; each part holds its own in that order. */
function* inOrder(parts: readonly Part[]): Generator<Read, void> {
  const fronts = parts.map(({ name, bytes, spans }) => {
    let next = 0;
    const take = () => {
      const span = spans[next++];
      if (span === undefined) return undefined;
      const project = projectAt(bytes, span, name);
      const position = isMap(project.shard) ? Number(project.shard.position) : Number.NaN;
      if (Number.isNaN(position)) throw broken(name, "does not say where its projects stand in the whole");
      return { name, project, position };
    };
    return { take, front: take() };
  });
  for (;;) {
    const left = fronts.filter(({ front }) => front !== undefined);
    const [least] = left.toSorted((a, b) => (a.front?.position ?? 0) - (b.front?.position ?? 0));
    if (least?.front === undefined) return;
    yield least.front;
    least.front = least.take();
  }
}

function projectAt(bytes: Buffer, { start, end }: Span, name: string): JsonMap {
  const project = parsed(bytes.subarray(start, end), name);
  if (!isMap(project)) throw broken(name, "is no JSON report of compose-harden");
  return project;
}

/** JSON from the bytes of a report. */
export function parsed(bytes: Buffer, name: string): Json {
  try {
    return JSON.parse(bytes.toString()) as Json;
  } catch {
    throw broken(name, "is no JSON");
  }
}

function listOf(value: Json | undefined, name: string): readonly JsonMap[] {
  if (isList(value) && value.every(isMap)) return value;
  throw broken(name, "is no JSON report of compose-harden");
}

function keyOf({ rule, message, location }: JsonMap, name: string): string {
  const { file, start, end } = isMap(location) ? location : ({} as JsonMap);
  if (!isMap(start) || !isMap(end)) throw broken(name, "is no JSON report of compose-harden");
  return repeatKeyOf(String(rule), String(message), String(file), Number(start.offset), Number(end.offset));
}

function totalsIn(project: JsonMap, findings: readonly JsonMap[], name: string): Totals {
  const count = (holds: (finding: JsonMap) => boolean) => findings.filter(holds).length;
  const grade = ({ fix }: JsonMap) => (isMap(fix) ? fix.applicability : undefined);
  const { bySeverity, ...none } = totalsOf([]);
  const own = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, count((finding) => finding.severity === severity)]),
  );
  return addTotals(totalsOf([]), {
    ...none,
    bySeverity: { ...bySeverity, ...own },
    projects: 1,
    services: isList(project.services) ? project.services.length : 0,
    findings: findings.length,
    safe: count((finding) => grade(finding) === "safe"),
    unsafe: count((finding) => grade(finding) === "unsafe"),
    manual: count((finding) => finding.fix === undefined),
    suppressed: listOf(project.suppressed, name).length,
    gaps: isList(project.gaps) ? project.gaps.length : 0,
  });
}

/** The rules with findings in the order of the catalogue; what only another version knows comes last. */
function rulesIn(parts: readonly Part[], found: ReadonlySet<string>): readonly RuleInfo[] {
  const told = new Map(parts.flatMap(({ rules }) => rules.map((rule) => [String(rule.id), rule] as const)));
  const order = new Set([...catalogue.map(({ id }) => id), ...told.keys()]);
  return [...order].flatMap((id) => {
    const rule = told.get(id);
    return rule === undefined || !found.has(id) ? [] : [rule as unknown as RuleInfo];
  });
}

const [QUOTE, BACKSLASH, OPEN_MAP, CLOSE_MAP, OPEN_LIST, CLOSE_LIST, COMMA] = Buffer.from('"\\{}[],');

/**
 * Where the members of the list `projects` stand. JSON that is not well-formed gives wrong places, and then an error where it
 * is parsed.
 */
function projectSpans(bytes: Buffer): readonly Span[] {
  const spans: Span[] = [];
  let depth = 0;
  let key = "";
  let isInside = false;
  let start = -1;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      const end = endOfText(bytes, at);
      if (depth === 1 && !isInside) key = bytes.toString("latin1", at + 1, end);
      at = end;
    } else if (byte === OPEN_MAP || byte === OPEN_LIST) {
      if (depth === 1 && byte === OPEN_LIST && key === "projects" && spans.length === 0) isInside = true;
      else if (depth === 2 && isInside) start = at;
      depth++;
    } else if (byte === CLOSE_MAP || byte === CLOSE_LIST) {
      depth--;
      if (depth === 2 && isInside) spans.push({ start, end: at + 1 });
      else if (depth === 1 && isInside) {
        isInside = false;
        key = "";
      }
    } else if (byte === COMMA && depth === 1) key = "";
  }
  return spans;
}

function endOfText(bytes: Buffer, start: number): number {
  for (let end = bytes.indexOf('"', start + 1); ; end = bytes.indexOf('"', end + 1)) {
    if (end < 0) return bytes.length;
    let escapes = 0;
    while (bytes[end - 1 - escapes] === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
  }
}

/** True for bytes that begin as SARIF does. */
export function isSarif(bytes: Buffer): boolean {
  return /"(?:runs|\$schema)"/.test(bytes.toString("latin1", 0, 1000)) && !bytes.includes('"compose-harden-report"');
}
