import { type Block, blocksOf, linesOf } from "@compose-harden/fixer";
import { type FileChange, type Patch, positionAt, type SourceRange } from "@compose-harden/model";
import { ACTIVE, showsSecret } from "@compose-harden/report";
import type { FixWanted, WantedPatch } from "./program.js";

/** Lines of a file that one click replaces. */
export interface Suggestion {
  /** Absolute. */
  readonly path: string;
  /** Lines of the checked-out file that are replaced, counted from 1. */
  readonly first: number;
  readonly last: number;
  /** What comes in their place, without line endings. */
  readonly lines: readonly string[];
  /** True where lines end as Windows ends them: whether a click keeps that, GitHub does not say. */
  readonly hasCarriageReturns: boolean;
  /** The findings it mends, by their fingerprints. */
  readonly prints: readonly string[];
}

/** Why a finding with a fix gets no suggestion. */
export type Withheld = "secret" | "files" | "outside" | "characters" | "refused";

/** The suggestions, and the findings that could have had one. */
export interface Suggestions {
  readonly suggestions: readonly Suggestion[];
  readonly withheld: ReadonlyMap<string, Withheld>;
}

/** What decides about a suggestion besides its text. */
export interface Setting {
  readonly fix: FixWanted;
  /** True if the diff shows these lines in one piece. */
  isShown(path: string, first: number, last: number): boolean;
  /** Values that no comment may show. */
  readonly secrets: readonly string[];
  /** True for a line, counted from 1, that a finding calls a secret. */
  isSecretLine(path: string, line: number): boolean;
}

/** Longer ones are no suggestions but rewrites. */
const MAX_UNITS = 20_000;

/**
 * The fixes of findings as suggestions. Each can be taken by itself, since it is the proven fix of its findings alone; all of them
 * together give the bytes of one fix for all of their findings. Findings whose edits touch or share lines go together.
 */
export async function suggest(wanted: ReadonlySet<string>, setting: Setting): Promise<Suggestions> {
  const withheld = new Map<string, Withheld>();
  // Taking some out can change what the others are written as; each round takes out at least one.
  for (let open = wanted; open.size > 0; ) {
    const whole = await setting.fix(open);
    for (const { finding } of whole.refused) withheld.set(whole.printOf(finding), "refused");
    const touched = await touchedLines(whole, setting.fix);
    const groups = groupsOf(whole, touched);
    const suggestions: Suggestion[] = [];
    const bad = new Map<string, Withheld>();
    for (const group of groups) {
      const others = groups.filter((other) => other !== group);
      const outcome = await outcomeOf(group, others, whole, setting);
      if (typeof outcome !== "string") suggestions.push(outcome);
      else for (const print of joining(group, touched)) bad.set(print, outcome);
    }
    if (bad.size === 0) return { suggestions, withheld };
    for (const [print, reason] of bad) withheld.set(print, reason);
    open = new Set([...open].filter((print) => !bad.has(print)));
  }
  return { suggestions: [], withheld };
}

/** Lines of a file, as the changes of lines count them. */
type Touched = Pick<Block, "start" | "count"> & { readonly path: string };

/** The lines that each applied fix touches. Where several projects share a file, edits say less than the fix of each finding alone. */
async function touchedLines(whole: WantedPatch, fix: FixWanted): Promise<ReadonlyMap<string, readonly Touched[]>> {
  const changes = new Map(whole.changes.map((change) => [change.path, change]));
  const touched = new Map<string, readonly Touched[]>();
  for (const { finding, edits } of whole.applied) {
    const print = whole.printOf(finding);
    const isClear = edits.every(({ range }) => changes.get(range.file)?.edits !== undefined);
    const lines = isClear
      ? edits.map(({ range }) => ({
          path: range.file,
          ...linesOfRange(changes.get(range.file)?.before?.text ?? "", range),
        }))
      : (await fix(new Set([print]))).changes.flatMap((change) =>
          blocksOf(change).map(({ start, count }) => ({ path: change.path, start, count })),
        );
    touched.set(print, [...(touched.get(print) ?? []), ...lines]);
  }
  return touched;
}

function linesOfRange(text: string, { start, end }: SourceRange): Pick<Block, "start" | "count"> {
  const first = positionAt(text, start).line;
  const last = positionAt(text, end).line;
  return { start: first - 1, count: last - first + 1 };
}

/** Changes of lines that belong together, and the findings they mend. */
interface Group {
  readonly prints: readonly string[];
  readonly parts: readonly Part[];
}

interface Part {
  readonly change: FileChange;
  readonly block: Block;
}

/** Of a group that cannot be suggested, the findings that make one of several parts: without them the others may stand alone. */
function joining({ prints, parts }: Group, touched: ReadonlyMap<string, readonly Touched[]>): readonly string[] {
  const several = prints.filter((print) => parts.filter((part) => touches(part, touched.get(print))).length > 1);
  return several.length === 0 ? prints : several;
}

function touches({ change, block }: Part, lines: readonly Touched[] = []): boolean {
  return lines.some((some) => some.path === change.path && touching(some, block));
}

function groupsOf(whole: Patch, touched: ReadonlyMap<string, readonly Touched[]>): readonly Group[] {
  const parts: readonly Part[] = whole.changes.flatMap((change) =>
    blocksOf(change).map((block) => ({ change, block })),
  );
  let groups: readonly Group[] = parts.map((part) => ({
    parts: [part],
    prints: [...touched.keys()].filter((print) => touches(part, touched.get(print))),
  }));
  for (const print of touched.keys()) groups = joined(groups, ({ prints }) => prints.includes(print));
  // What stands between the parts of one is part of it.
  for (const group of groups) groups = joined(groups, (other) => other === group || overlapping(other, group));
  return groups;
}

function touching(a: Pick<Block, "start" | "count">, b: Pick<Block, "start" | "count">): boolean {
  return a.start <= b.start + b.count && b.start <= a.start + a.count;
}

function joined(groups: readonly Group[], belongs: (group: Group) => boolean): readonly Group[] {
  const together = groups.filter(belongs);
  if (together.length < 2) return groups;
  const one = {
    parts: together.flatMap(({ parts }) => parts).sort((a, b) => a.block.start - b.block.start),
    prints: [...new Set(together.flatMap(({ prints }) => prints))],
  };
  return [...groups.filter((group) => !belongs(group)), one];
}

function overlapping(a: Group, b: Group): boolean {
  const [left, right] = [spanOf(a), spanOf(b)];
  return (
    left !== undefined &&
    right !== undefined &&
    left.path === right.path &&
    left.first <= right.last &&
    right.first <= left.last
  );
}

interface Span {
  readonly path: string;
  /** Lines, counted from 1. */
  readonly first: number;
  readonly last: number;
}

/**
 * The lines that a group's suggestion replaces; undefined where it changes several files. New lines are written together with the one in
 * front of them, or with the one behind.
 */
function spanOf({ parts }: Group, beside: "front" | "behind" = "front"): Span | undefined {
  const [part] = parts;
  if (part === undefined || parts.some(({ change }) => change.path !== part.change.path)) return undefined;
  const spans = parts.map(({ block: { start, count } }) => {
    if (count > 0) return { first: start + 1, last: start + count };
    const line = beside === "front" && start > 0 ? start : start + 1;
    return { first: line, last: line };
  });
  return {
    path: part.change.path,
    first: Math.min(...spans.map(({ first }) => first)),
    last: Math.max(...spans.map(({ last }) => last)),
  };
}

async function outcomeOf(
  group: Group,
  others: readonly Group[],
  whole: Patch,
  setting: Setting,
): Promise<Suggestion | Withheld> {
  const change = whole.changes.find(({ path }) => path === group.parts[0]?.change.path);
  if (change?.before === undefined || spanOf(group) === undefined) return "files";
  if (group.prints.length === 0) return "outside";
  const old = linesOf(change.before.text);
  const blocks = group.parts.map(({ block }) => block);
  const after = withBlocks(old, blocks, 0, old.length).join("");
  if (!(await isProvenAlone(group, change.path, after, setting))) return "outside";
  const inFront = tried(spanOf(group, "front"), old, blocks, group.prints, setting);
  if (typeof inFront !== "string") return inFront;
  const span = spanOf(group, "behind");
  const isFree = span !== undefined && span.last <= old.length && !others.some((other) => touchesSpan(other, span));
  const behind = isFree ? tried(span, old, blocks, group.prints, setting) : inFront;
  return typeof behind === "string" ? inFront : behind;
}

/** True where another group's suggestion may need one of these lines. */
function touchesSpan(group: Group, { path, first, last }: Span): boolean {
  return (["front", "behind"] as const).some((beside) => {
    const span = spanOf(group, beside);
    return span !== undefined && span.path === path && span.first <= last && first <= span.last;
  });
}

/** The suggestion for these lines, or why there is none. */
function tried(
  span: Span | undefined,
  old: readonly string[],
  blocks: readonly Block[],
  prints: readonly string[],
  setting: Setting,
): Suggestion | Withheld {
  if (span === undefined || !setting.isShown(span.path, span.first, span.last)) return "outside";
  const { path, first, last } = span;
  const now = withBlocks(old, blocks, first - 1, last);
  const both = [...old.slice(first - 1, last), ...now];
  const shown = both.map(withoutEnding);
  if (shown.some((line) => showsSecret(line, setting.secrets))) return "secret";
  for (let line = first; line <= last; line++) if (setting.isSecretLine(path, line)) return "secret";
  const lines = now.map(withoutEnding);
  const hasCarriageReturns = both.some((line) => line.endsWith("\r\n"));
  const isPlain = !lines.some((line) => line.search(ACTIVE) >= 0);
  return isPlain && now.join("").length <= MAX_UNITS
    ? { path, first, last, lines, hasCarriageReturns, prints }
    : "characters";
}

function withoutEnding(line: string): string {
  return line.replace(/\r?\n$/, "");
}

/** Old lines from one index up to another, with blocks in place. */
function withBlocks(old: readonly string[], blocks: readonly Block[], from: number, to: number): readonly string[] {
  const lines: string[] = [];
  let at = from;
  for (const block of [...blocks].sort((a, b) => a.start - b.start)) {
    lines.push(...old.slice(at, block.start), ...block.lines);
    at = block.start + block.count;
  }
  return [...lines, ...old.slice(at, to)];
}

/** A click on one suggestion and no other writes what the fix of its findings alone writes. */
async function isProvenAlone({ prints }: Group, path: string, after: string, { fix }: Setting): Promise<boolean> {
  const [change, ...others] = (await fix(new Set(prints))).changes;
  return change !== undefined && others.length === 0 && change.path === path && change.after === after;
}
