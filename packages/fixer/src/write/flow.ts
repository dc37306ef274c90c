import type { MapSyntax, SeqSyntax, SyntaxTree } from "@compose-harden/parser";
import { columnAt, lineEnd, lineStart } from "./lines.js";
import { contentEnd } from "./nodes.js";
import { styleOf } from "./style.js";
import type { Owners } from "./write.js";

/** Text to insert, with who asked for it. */
export interface Part {
  readonly text: string;
  readonly owners: Owners;
}

/** Spans of the entries of a collection. */
export function entrySpans(node: MapSyntax | SeqSyntax): readonly { readonly start: number; readonly end: number }[] {
  return node.kind === "seq"
    ? node.items.map((item) => ({ start: item.propsStart, end: contentEnd(item) }))
    : node.pairs.map(({ key, value }) => ({ start: key.propsStart, end: Math.max(key.end, contentEnd(value)) }));
}

/**
 * Puts entries behind the one at `index` (-1: in front of the first) of a flow collection, on lines of their own where it is
 * written so. An entry behind that goes takes the comma in front of it along.
 */
export function insertInFlow(
  tree: SyntaxTree,
  node: MapSyntax | SeqSyntax,
  index: number,
  parts: readonly Part[],
  nextGoes = false,
): readonly (Part & { readonly at: number })[] {
  const { text } = tree;
  const spans = entrySpans(node);
  const first = spans[0];
  if (first === undefined) {
    const padding =
      node.kind === "map" && /^\{\s*\}$/.test(text.slice(node.start, node.end)) && node.end - node.start > 2 ? " " : "";
    return parts.map((part, i) => ({ ...part, at: node.start + 1, text: `${i === 0 ? padding : ", "}${part.text}` }));
  }
  const here = spans[index];
  const ownLine = (at: number) => text.slice(lineStart(text, at), at).trim() === "";
  const feed = `${styleOf(tree).eol}${" ".repeat(columnAt(text, first.start))}`;
  if (here === undefined) {
    const separator = ownLine(first.start) ? `,${feed}` : ", ";
    return parts.map((part) => ({ ...part, at: first.start, text: part.text + separator }));
  }
  const next = spans[index + 1];
  if (!ownLine(here.start) || (next !== undefined && !ownLine(next.start)))
    return parts.map((part) => ({ ...part, at: here.end, text: `, ${part.text}` }));
  const stop = lineEnd(text, here.end);
  const comma = /^\s*,/.test(text.slice(here.end, stop));
  // The closing bracket, or a comma further down: stay on the entry's line.
  if (nextGoes || node.end <= stop || (next !== undefined && !comma))
    return parts.map((part) => ({ ...part, at: here.end, text: `,${feed}${part.text}` }));
  if (comma) return parts.map((part) => ({ ...part, at: stop, text: `${feed}${part.text},` }));
  const owners = new Set(parts.flatMap((part) => [...part.owners]));
  return [
    { at: here.end, text: ",", owners },
    ...parts.map((part, i) => ({ ...part, at: stop, text: `${feed}${part.text}${i < parts.length - 1 ? "," : ""}` })),
  ];
}
