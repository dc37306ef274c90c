import {
  isCalendarDate,
  type Remark,
  type SourceFile,
  type SourceRange,
  type Suppression,
} from "@compose-harden/model";
import { parseSyntax } from "./syntax/parse.js";
import type { SyntaxNode, SyntaxTree } from "./syntax/tree.js";

/** The suppressions in a file's comments, and what is wrong with those that cannot be read. */
export interface SuppressionComments {
  readonly suppressions: readonly Suppression[];
  readonly problems: readonly Remark[];
}

const COMMENT = /#[ \t]*compose-harden-ignore(-file)?(?![\w-])([^\r\n]*)/g;
const BODY = /^\s+([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)(?:\s+until\s+(\d{4}-\d{2}-\d{2}))?\s*:\s*(\S.*?)\s*$/;

/**
 * Reads the comments that silence findings. A comment beside code or on the line above covers the node that begins there (an
 * entry, an attribute, a whole service), `-file` the whole file. What looks like one inside a value is no comment.
 */
export function readSuppressions({ path, text }: SourceFile): SuppressionComments {
  if (!text.includes("compose-harden-ignore")) return { suppressions: [], problems: [] };
  const tree = parseSyntax(path, text);
  const nodes = rangesOf(tree);
  const suppressions: Suppression[] = [];
  const problems: Remark[] = [];
  for (const { index, 0: comment, 1: wide, 2: body = "" } of text.matchAll(COMMENT)) {
    const at = { file: path, start: index, end: index + comment.trimEnd().length };
    if (nodes.scalars.some(({ start, end }) => start <= index && index < end)) continue;
    const [, rules, until, reason] = BODY.exec(body) ?? [];
    if (rules === undefined || reason === undefined || (until !== undefined && !isCalendarDate(until))) {
      problems.push({ message: "a suppression is written `# compose-harden-ignore RULE: reason`", at });
      continue;
    }
    const covers = wide === undefined ? nodeAt(text, index, nodes.entries) : { start: 0, end: text.length };
    suppressions.push({
      rules: rules.split(",").map((rule) => rule.trim()),
      reason,
      ...(until === undefined ? {} : { until }),
      at,
      covers: { file: path, ...covers },
    });
  }
  return { suppressions, problems };
}

type Span = Pick<SourceRange, "start" | "end">;

/** What begins in the line of a comment, or below it where the comment stands alone; else the line itself. */
function nodeAt(text: string, comment: number, entries: readonly Span[]): Span {
  let line = lineAt(text, comment);
  if (text.slice(line.start, comment).trim() === "") {
    do {
      const next = lineAt(text, line.end + 1);
      if (next.end <= line.end) break;
      line = next;
    } while (/^\s*(?:#.*)?$/.test(text.slice(line.start, line.end)));
  }
  const starting = entries.filter(({ start }) => start >= line.start && start < line.end);
  return { start: line.start, end: Math.max(line.end, ...starting.map(({ end }) => end)) };
}

function lineAt(text: string, offset: number): Span {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return { start, end: end < 0 ? text.length : end };
}

/** Where scalars stand, and where entries of mappings and members of lists do. */
function rangesOf(tree: SyntaxTree): { readonly scalars: readonly Span[]; readonly entries: readonly Span[] } {
  const scalars: Span[] = [];
  const entries: Span[] = [];
  const visit = (node: SyntaxNode) => {
    if (node.kind === "scalar") scalars.push(node);
    if (node.kind === "map") {
      for (const { key, value } of node.pairs) {
        entries.push({ start: key.propsStart, end: Math.max(key.end, value.end) });
        visit(key);
        visit(value);
      }
    }
    if (node.kind === "seq") {
      for (const item of node.items) {
        entries.push({ start: item.propsStart, end: item.end });
        visit(item);
      }
    }
  };
  for (const { root } of tree.documents) if (root !== undefined) visit(root);
  return { scalars, entries };
}
