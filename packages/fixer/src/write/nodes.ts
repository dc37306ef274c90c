import type { MapSyntax, PairSyntax, ScalarSyntax, SeqSyntax, SyntaxNode, SyntaxTree } from "@compose-harden/parser";

/** What holds a node: a pair of a mapping or a place in a list. */
export type Holder =
  | { readonly kind: "pair"; readonly map: MapSyntax; readonly pair: PairSyntax; readonly index: number }
  | { readonly kind: "item"; readonly seq: SeqSyntax; readonly index: number };

/** A node with everything around it, outermost first. */
export interface Placed<N extends SyntaxNode = SyntaxNode> {
  readonly tree: SyntaxTree;
  readonly node: N;
  readonly holders: readonly Holder[];
}

/** The node that covers exactly a span, values only; undefined when no node does. */
export function nodeAt(tree: SyntaxTree, start: number, end: number): Placed | undefined {
  for (const { root } of tree.documents) {
    if (root === undefined) continue;
    const found = search({ tree, node: root, holders: [] }, start, end);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The scalar that a span lies in: of a `KEY=value`, the value alone may have been asked for. */
export function scalarAround(tree: SyntaxTree, start: number, end: number): Placed<ScalarSyntax> | undefined {
  for (const { root } of tree.documents) {
    let here: Placed | undefined = root && { tree, node: root, holders: [] };
    while (here !== undefined && here.node.kind !== "scalar")
      here = children(here).find(({ node }) => node.start <= start && end <= node.end);
    if (here?.node.kind === "scalar") return { ...here, node: here.node };
  }
  return undefined;
}

function search(here: Placed, start: number, end: number): Placed | undefined {
  if (here.node.start === start && here.node.end === end) return here;
  if (start < here.node.start) return undefined;
  // Children stand in the order of the text: the one that holds the span is the last that does not begin behind it.
  let low = 0;
  let high = sizeOf(here.node);
  while (low < high) {
    const middle = (low + high) >> 1;
    const child = childBy(here, middle);
    if (child !== undefined && child.node.start <= start) low = middle + 1;
    else high = middle;
  }
  for (let i = low - 1; i >= 0 && i >= low - 2; i--) {
    const child = childBy(here, i);
    const found = child === undefined ? undefined : search(child, start, end);
    if (found !== undefined) return found;
  }
  return undefined;
}

function sizeOf(node: SyntaxNode): number {
  return node.kind === "map" ? node.pairs.length : node.kind === "seq" ? node.items.length : 0;
}

/** The value at an index of a collection. */
function childBy({ tree, node, holders }: Placed, index: number): Placed | undefined {
  if (node.kind === "map") {
    const pair = node.pairs[index];
    return pair && { tree, node: pair.value, holders: [...holders, { kind: "pair", map: node, pair, index }] };
  }
  const item = node.kind === "seq" ? node.items[index] : undefined;
  return node.kind === "seq" && item !== undefined
    ? { tree, node: item, holders: [...holders, { kind: "item", seq: node, index }] }
    : undefined;
}

/** The values directly inside a node. */
export function children(here: Placed): readonly Placed[] {
  return Array.from({ length: sizeOf(here.node) }, (_, index) => childBy(here, index)).filter(
    (child) => child !== undefined,
  );
}

/** The value of a key that the mapping itself writes. */
export function childAt(here: Placed, key: string): Placed | undefined {
  if (here.node.kind !== "map") return undefined;
  const index = here.node.pairs.findIndex((pair) => keyText(pair) === key);
  return index === -1 ? undefined : childBy(here, index);
}

/** The text of a pair's key; undefined for a key that is no scalar. */
export function keyText(pair: PairSyntax): string | undefined {
  return pair.key.kind === "scalar" ? pair.key.text : undefined;
}

/** The node itself, or what an alias stands for. */
export function resolved(node: SyntaxNode): SyntaxNode | undefined {
  let here: SyntaxNode | undefined = node;
  for (let hops = 0; here?.kind === "alias"; hops++) {
    if (hops > 100) return undefined;
    here = here.target;
  }
  return here;
}

/** True for `<<`, unless it is quoted: then it is an ordinary key. */
function isMergeKey(pair: PairSyntax): boolean {
  return pair.key.kind === "scalar" && pair.key.style === "plain" && pair.key.text === "<<";
}

/** The mappings that `<<` brings in, in the order in which they count. */
function mergedMaps(map: MapSyntax): readonly MapSyntax[] {
  return map.pairs.filter(isMergeKey).flatMap(({ value }) => {
    const source = resolved(value);
    const parts = source?.kind === "seq" ? source.items.map(resolved) : [source];
    return parts.filter((part) => part?.kind === "map");
  });
}

/** What a key of a mapping is by `<<`, where the mapping does not write it itself. */
export function inheritedValue(map: MapSyntax, key: string): SyntaxNode | undefined {
  for (const source of mergedMaps(map)) {
    const pair = source.pairs.find((other) => keyText(other) === key && !isMergeKey(other));
    const value = pair?.value ?? inheritedValue(source, key);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** True when the value is missing: `key:` with nothing, no anchor and no tag. */
export function isMissing(node: SyntaxNode): boolean {
  return node.kind === "scalar" && node.start === node.end && node.style === "plain" && node.propsStart === node.start;
}

/** Offset behind the last character of a node's own content, without comments and blank lines that follow it. */
export function contentEnd(node: SyntaxNode): number {
  if (node.kind === "map" && !node.flow) {
    const last = node.pairs.at(-1);
    if (last !== undefined) return Math.max(last.key.end, contentEnd(last.value));
  }
  if (node.kind === "seq" && !node.flow) {
    const last = node.items.at(-1);
    if (last !== undefined) return contentEnd(last);
  }
  return node.end;
}
