import { sameJson } from "@compose-harden/model";
import { parseSyntax, type SyntaxNode, type SyntaxTree } from "@compose-harden/parser";
import { parseAllDocuments } from "yaml";
import { loadSample, type Sample, withTexts } from "./sample.js";

/** Another way to write the same file. */
export interface Variant {
  readonly name: string;
  readonly rewrite: (text: string) => string;
}

/** How people write Compose files. */
export const VARIANTS: readonly Variant[] = [
  { name: "CRLF", rewrite: (text) => text.replace(/\r?\n/g, "\r\n") },
  { name: "byte-order mark", rewrite: (text) => (text.startsWith("\uFEFF") ? text : `\uFEFF${text}`) },
  { name: "no final newline", rewrite: (text) => text.trimEnd() },
  { name: "blank lines at the end", rewrite: (text) => `${text.trimEnd()}\n\n\n` },
  { name: "indented by 4", rewrite: (text) => text.replace(/^ +/gm, (blanks) => " ".repeat(blanks.length * 2)) },
  { name: "indented by 3", rewrite: (text) => text.replace(/^ +/gm, (blanks) => " ".repeat((blanks.length * 3) / 2)) },
  { name: "compact lists", rewrite: (text) => shiftLists(text, (gap) => -gap) },
  { name: "indented lists", rewrite: (text) => shiftLists(text, (gap) => (gap === 0 ? 2 : 0)) },
  { name: "lists indented by 4", rewrite: (text) => shiftLists(text, (gap) => 4 - gap) },
  { name: "a comment behind every line", rewrite: (text) => eachLine(text, (line, i) => `${line}  # note ${i}`) },
  {
    name: "a comment above every line",
    rewrite: (text) => eachLine(text, (line, i) => `${/^ */.exec(line)?.[0]}# on ${i}\n${line}`),
  },
  { name: "a blank line between all", rewrite: (text) => eachLine(text, (line) => `\n${line}`) },
  { name: "JSON", rewrite: (text) => asJson(text) },
];

/** The sample with its files rewritten; undefined where that is not the same project any more. */
export function variantOf(sample: Sample, variant: Variant): Sample | undefined {
  const before = loadSample(sample);
  const texts = new Map(before.files.map(({ path, text }) => [path, variant.rewrite(text)]));
  if (before.files.every(({ path, text }) => texts.get(path) === text)) return undefined;
  const rewritten = { ...withTexts(sample, texts), name: `${sample.name} (${variant.name})` };
  const after = loadSample(rewritten);
  return after.gaps.length === before.gaps.length && sameJson(after.data, before.data) ? rewritten : undefined;
}

/** Moves block lists sideways by what `shift` says for their distance from their key. */
function shiftLists(text: string, shift: (gap: number) => number): string {
  const tree = parseSyntax("", text);
  const starts = lineStarts(text);
  const lineOf = (offset: number) => starts.findLastIndex((start) => start <= offset);
  const moves = new Array<number>(starts.length).fill(0);
  const visit = (node: SyntaxNode, column: number | undefined): void => {
    if (node.kind === "map" && !node.flow)
      for (const { key, value } of node.pairs) visit(value, key.start - (starts[lineOf(key.start)] ?? 0));
    if (node.kind !== "seq" || node.flow) return;
    const first = lineOf(node.start);
    if (column !== undefined)
      for (let line = first; line <= lineOf(node.end); line++)
        moves[line] = (moves[line] ?? 0) + shift(node.start - (starts[first] ?? 0) - column);
    for (const item of node.items) visit(item, undefined);
  };
  for (const { root } of tree.documents) if (root !== undefined) visit(root, undefined);
  const lines = text.split("\n");
  return lines
    .map((line, i) => {
      const move = moves[i] ?? 0;
      return move >= 0
        ? " ".repeat(line.trim() === "" ? 0 : move) + line
        : line.slice(Math.min(-move, line.search(/\S|$/)));
    })
    .join("\n");
}

/** Rewrites the lines that are not inside a scalar of several lines. */
function eachLine(text: string, rewrite: (line: string, index: number) => string): string {
  const tree = parseSyntax("", text);
  const starts = lineStarts(text);
  const inner = new Set<number>();
  visitScalars(tree, (start, end) => {
    starts.forEach((line, i) => {
      const next = starts[i + 1] ?? text.length + 1;
      if (next > start && line <= end && text.slice(start, end).includes("\n")) inner.add(i);
    });
  });
  return text
    .split("\n")
    .map((line, i) =>
      line.trim() === "" || line.includes("#") || inner.has(i) || /^(---|%|\.\.\.)/.test(line)
        ? line
        : rewrite(line, i),
    )
    .join("\n");
}

function visitScalars(tree: SyntaxTree, seen: (start: number, end: number) => void): void {
  const visit = (node: SyntaxNode): void => {
    if (node.kind === "map")
      for (const pair of node.pairs) {
        visit(pair.key);
        visit(pair.value);
      }
    else if (node.kind === "seq") node.items.forEach(visit);
    else seen(node.propsStart, node.end);
  };
  for (const { root } of tree.documents) if (root !== undefined) visit(root);
}

function lineStarts(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
}

function asJson(text: string): string {
  const documents = parseAllDocuments(text, { merge: true, logLevel: "silent" });
  if (!Array.isArray(documents) || documents.length !== 1) return text;
  try {
    return JSON.stringify(documents[0]?.toJS({ maxAliasCount: 100 }), undefined, 2);
  } catch {
    return text;
  }
}
