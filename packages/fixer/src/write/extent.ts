import type { SyntaxNode } from "@compose-harden/parser";
import { lineEnd } from "./lines.js";
import { contentEnd } from "./nodes.js";

/**
 * Where a line behind an entry of a block collection goes: behind its last line and the comments that belong to it, which are
 * those indented deeper than the entry, and members of a list that are commented out.
 */
export function endOfEntry(text: string, value: SyntaxNode, keyEnd: number, indent: number): number {
  let end = lineEnd(text, keepEnd(text, value, Math.max(keyEnd, contentEnd(value))));
  const isList = value.kind === "seq" && !value.flow;
  for (let at = end; ; ) {
    const next = text.indexOf("\n", at) + 1;
    if (next === 0 || next >= text.length) return end;
    const stop = lineEnd(text, next);
    const line = text.slice(next, stop);
    const comment = /^( *)#(.*)$/.exec(line);
    if (comment === null && line.trim() !== "") return end;
    if (comment !== null) {
      const column = comment[1]?.length ?? 0;
      const isItem = isList && column === indent && /^[\s#]*-\s/.test(comment[2] ?? "");
      if (column <= indent && !(isItem && next === nextOf(text, end))) return end;
      end = stop;
    }
    at = stop;
  }
}

function nextOf(text: string, end: number): number {
  return text.indexOf("\n", end) + 1;
}

/** Blank lines behind a block scalar that keeps them (`|+`) are part of it. */
function keepEnd(text: string, node: SyntaxNode, end: number): number {
  let last: SyntaxNode | undefined = node;
  while (last !== undefined && (last.kind === "map" || last.kind === "seq") && !last.flow)
    last = last.kind === "map" ? last.pairs.at(-1)?.value : last.items.at(-1);
  if (last?.kind !== "scalar" || (last.style !== "literal" && last.style !== "folded")) return end;
  if (!/^[|>]\d?\+/.test(text.slice(last.start, last.start + 3))) return end;
  let at = end;
  for (let next = text.indexOf("\n", at) + 1; next > 0 && next < text.length; next = text.indexOf("\n", at) + 1) {
    if (text.slice(next, lineEnd(text, next)).trim() !== "") break;
    at = lineEnd(text, next);
  }
  return at;
}
