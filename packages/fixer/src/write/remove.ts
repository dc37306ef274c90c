import type { MapSyntax, SeqSyntax, SyntaxNode, SyntaxTree } from "@compose-harden/parser";
import { entrySpans } from "./flow.js";
import { lineEnd, lineStart, nextLine } from "./lines.js";
import type { Holder } from "./nodes.js";
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
  const groups = new Map<MapSyntax | SeqSyntax, { indexes: Map<number, Owners>; holders: readonly Holder[] }>();
  for (const { at, remove } of plans.values()) {
    if (remove !== undefined) takeOut(at.holders, remove, groups, plans);
  }
  for (const [node, { indexes }] of groups) {
    // The first member of a list that only gets new ones is their place.
    if (node.kind === "seq" && indexes.size === node.items.length && (plans.get(node)?.appends.length ?? 0) > 0)
      indexes.delete(0);
  }
  return [...groups].flatMap(([node, { indexes }]) =>
    node.flow ? fromFlow(tree, node, indexes) : fromBlock(tree, node, indexes),
  );
}

/** Marks an entry; a collection that would lose all its entries goes as a whole, but never a service. */
function takeOut(
  holders: readonly Holder[],
  owners: Owners,
  groups: Map<MapSyntax | SeqSyntax, { indexes: Map<number, Owners>; holders: readonly Holder[] }>,
  plans: Plans,
): void {
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
    const end = nextLine(text, span.end);
    // Without a line ending behind it, the one in front goes: the file keeps ending as it did.
    if (end === undefined && start > 0) {
      const feed = text[start - 2] === "\r" ? start - 2 : start - 1;
      return { start: feed, end: text.length };
    }
    return { start, end: start === 0 ? afterBlanks(text, end ?? text.length) : (end ?? text.length) };
  });
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
