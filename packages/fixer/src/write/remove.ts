import type { MapSyntax, SeqSyntax, SyntaxNode, SyntaxTree } from "@compose-harden/parser";
import { endOfEntry } from "./extent.js";
import { entrySpans } from "./flow.js";
import { columnAt, lineEnd, lineStart, nextLine } from "./lines.js";
import { contentEnd, type Holder } from "./nodes.js";
import { Unwritable } from "./unwritable.js";
import type { Owners, Plans } from "./write.js";

/** Where a piece of text begins and ends. */
interface Bounds {
  readonly start: number;
  readonly end: number;
}

/** A piece of text that goes, with who asked for it. */
export interface Span extends Bounds {
  readonly owners: Owners;
}

/** The spans that removals take: whole lines in block style, an entry with its comma in flow style. Throws `Unwritable`. */
export function removal(tree: SyntaxTree, plans: Plans): readonly Span[] {
  return [...takenOut(plans)].flatMap(([node, { indexes }]) => spansOf(tree, node, indexes));
}

/** Where the keys stand that go as a whole, as offsets; those that cannot go are left out. */
export function keysGone(tree: SyntaxTree, plans: Plans): ReadonlySet<number> {
  const gone = new Set<number>();
  for (const [node, { indexes }] of takenOut(plans)) {
    if (node.kind !== "map" || !isWritable(() => spansOf(tree, node, indexes))) continue;
    for (const index of indexes.keys()) gone.add(node.pairs[index]?.key.start ?? -1);
  }
  return gone;
}

function isWritable(write: () => unknown): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (error instanceof Unwritable) return false;
    throw error;
  }
}

type Groups = Map<MapSyntax | SeqSyntax, { indexes: Map<number, Owners>; holders: readonly Holder[] }>;

function takenOut(plans: Plans): Groups {
  const groups: Groups = new Map();
  for (const { at, remove } of plans.values()) {
    if (remove !== undefined) takeOut(at.holders, remove, groups, plans);
  }
  return groups;
}

function spansOf(tree: SyntaxTree, node: MapSyntax | SeqSyntax, indexes: ReadonlyMap<number, Owners>): readonly Span[] {
  return node.flow ? fromFlow(tree, node, indexes) : fromBlock(tree, node, indexes);
}

/** Marks an entry; a collection that would lose all its entries goes as a whole, but never a service. */
function takeOut(holders: readonly Holder[], owners: Owners, groups: Groups, plans: Plans): void {
  const holder = holders.at(-1);
  if (holder === undefined) throw new Unwritable("unsupported-syntax", "the whole document would go");
  const node = holder.kind === "pair" ? holder.map : holder.seq;
  const group = groups.get(node) ?? { indexes: new Map<number, Owners>(), holders: holders.slice(0, -1) };
  group.indexes.set(holder.index, new Set([...(group.indexes.get(holder.index) ?? []), ...owners]));
  const size = node.kind === "map" ? node.pairs.length : node.items.length;
  const plan = plans.get(node);
  const stays = (plan?.puts.size ?? 0) + (plan?.appends.length ?? 0) > 0;
  if (group.indexes.size === size && !stays && holders.length > 3) {
    groups.delete(node);
    takeOut(group.holders, new Set([...group.indexes.values()].flatMap((all) => [...all])), groups, plans);
    return;
  }
  groups.set(node, group);
}

function fromBlock(
  tree: SyntaxTree,
  node: MapSyntax | SeqSyntax,
  indexes: ReadonlyMap<number, Owners>,
): readonly Span[] {
  const { text } = tree;
  return removed(node, indexes, ({ span, index }) => {
    const start = lineStart(text, span.start);
    const lead = text.slice(start, span.start);
    if (!(node.kind === "seq" ? /^[ \uFEFF]*-\s*$/ : /^[ \uFEFF]*$/).test(lead))
      throw new Unwritable("unsupported-syntax", "it shares its line with something that stays");
    if (hasComment(text.slice(start, lineEnd(text, span.end)), start, entryNodes(node, index)))
      throw new Unwritable("would-drop-comment", "a comment stands on the lines that would go");
    if (isDescribed(text, start, span.start, index) || hasMore(text, node, index))
      throw new Unwritable("would-drop-comment", "a comment beside the lines that would go describes them");
    const end = nextLine(text, span.end);
    // Without a line ending behind it, those in front go: the file keeps ending as it did.
    if (end === undefined && start > 0) return { start: beforeBlanks(text, start), end: text.length };
    return { start, end: start === 0 ? afterBlanks(text, end ?? text.length) : (end ?? text.length) };
  });
}

/**
 * True for a comment right above, in the same column: it would describe what comes next. Above the first entry of a collection with
 * a name, which nothing else in it precedes, it may stand in any column, with blank lines in between. What is commented out
 * describes nothing.
 */
function isDescribed(text: string, start: number, entry: number, index: number): boolean {
  const column = /^ */.exec(text.slice(start, entry))?.[0].length ?? 0;
  const isFirst = index === 0 && column > 0;
  const end = isFirst ? text.slice(0, start).trimEnd().length : start - 1;
  if (end < 0) return false;
  const comment = /^( *)#+\s*(.*?)\s*$/.exec(text.slice(lineStart(text, end), end));
  if (comment === null || (comment[1]?.length !== column && !isFirst)) return false;
  return !/^(-\s|[\w.-]+:(\s|$)|\W*$)/.test(comment[2] ?? "");
}

/** True for comments below that belong to the entry, such as members of its list that are commented out. */
function hasMore(text: string, node: MapSyntax | SeqSyntax, index: number): boolean {
  if (node.kind === "seq") return false;
  const pair = node.pairs[index];
  if (pair === undefined) return false;
  const own = lineEnd(text, Math.max(pair.key.end, contentEnd(pair.value)));
  return text.slice(own, endOfEntry(text, pair.value, pair.key.end, columnAt(text, pair.key.propsStart))).includes("#");
}

/** Entries that go, each with the span that is its own. */
function removed(
  node: MapSyntax | SeqSyntax,
  indexes: ReadonlyMap<number, Owners>,
  whole: (entry: { readonly span: Bounds; readonly index: number; readonly spans: readonly Bounds[] }) => Bounds,
): readonly Span[] {
  const spans = entrySpans(node);
  return [...indexes].map(([index, owners]) => {
    const span = spans[index];
    if (span === undefined) throw new Unwritable("unsupported-syntax", "there is nothing to remove");
    return { ...whole({ span, index, spans }), owners };
  });
}

/** A file does not begin with the blank lines that followed what is removed. */
function afterBlanks(text: string, at: number): number {
  const [blanks] = /^(?:[ \t]*\r?\n)*/.exec(text.slice(at)) ?? [""];
  return at + blanks.length;
}

/** The end of the last line in front of a line that is not blank. */
function beforeBlanks(text: string, start: number): number {
  let at = start;
  for (let above = start; above > 0 && text.slice(above, at).trim() === ""; above = lineStart(text, above - 1))
    at = above;
  return Math.max(0, text[at - 2] === "\r" ? at - 2 : at - 1);
}

function fromFlow(
  tree: SyntaxTree,
  node: MapSyntax | SeqSyntax,
  indexes: ReadonlyMap<number, Owners>,
): readonly Span[] {
  const { text } = tree;
  const keptBefore = (index: number): number | undefined => {
    for (let i = index - 1; i >= 0; i--) if (!indexes.has(i)) return i;
    return undefined;
  };
  return removed(node, indexes, ({ span, index, spans }) => {
    const previous = spans[index - 1];
    const next = spans[index + 1];
    const [start, end] =
      keptBefore(index) !== undefined && previous !== undefined
        ? [previous.end, span.end]
        : [span.start, next === undefined ? span.end : next.start];
    if (hasComment(text.slice(start, end), start, entryNodes(node, index)))
      throw new Unwritable("would-drop-comment", "a comment stands beside what would go");
    return { start, end };
  });
}

function entryNodes(node: MapSyntax | SeqSyntax, index: number): readonly SyntaxNode[] {
  if (node.kind === "seq") return node.items.slice(index, index + 1);
  const pair = node.pairs[index];
  return pair === undefined ? [] : [pair.key, pair.value];
}

/** True when a `#` stands outside all scalars of the nodes. */
function hasComment(slice: string, offset: number, nodes: readonly SyntaxNode[]): boolean {
  const chars =
    [...slice].length === slice.length
      ? slice.split("")
      : Array.from({ length: slice.length }, (_, i) => slice.charAt(i));
  const blank = (node: SyntaxNode): void => {
    if (node.kind === "map")
      for (const pair of node.pairs) {
        blank(pair.key);
        blank(pair.value);
      }
    else if (node.kind === "seq") node.items.forEach(blank);
    else for (let i = Math.max(0, node.start - offset); i < node.end - offset && i < chars.length; i++) chars[i] = "x";
  };
  nodes.forEach(blank);
  return chars.includes("#");
}
