import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Parser,
  type Node as YamlNode,
  type Scalar as YamlScalar,
} from "yaml";
import type { AliasSyntax, ScalarSyntax, SyntaxDocument, SyntaxNode, SyntaxProblem, SyntaxTree } from "./tree.js";

/** Reads YAML text into its concrete shape; never throws. Syntax errors are in `problems`, in the order of the text. */
export function parseSyntax(file: string, text: string): SyntaxTree {
  const problems: SyntaxProblem[] = [];
  const documents: SyntaxDocument[] = [];
  const anchors = new Map<string, SyntaxNode>();
  const composer = new Composer({ schema: "failsafe", uniqueKeys: false, strict: true, logLevel: "silent" });
  for (const document of composer.compose(new Parser().parse(text))) {
    for (const error of document.errors) {
      if (tolerated.has(error.code)) continue;
      problems.push({ message: error.message, start: error.pos[0], end: error.pos[1] });
    }
    const [start, , end] = (document as Document.Parsed).range;
    const root = document.contents === null ? undefined : convert(document.contents as YamlNode, text, anchors);
    documents.push({ root, start, end });
  }
  return { file, text, documents, problems };
}

/** What `yaml` calls an error and libyaml, which Docker uses, does not. */
const tolerated: ReadonlySet<string> = new Set(["MISSING_CHAR_BEFORE_COMMENT"]);

const STYLES = {
  PLAIN: "plain",
  QUOTE_SINGLE: "single",
  QUOTE_DOUBLE: "double",
  BLOCK_LITERAL: "literal",
  BLOCK_FOLDED: "folded",
} as const;

function convert(node: YamlNode, text: string, anchors: Map<string, SyntaxNode>): SyntaxNode {
  const [start, end] = node.range ?? [0, 0];
  const anchor = isAlias(node) ? undefined : (node as { anchor?: string }).anchor;
  const tag = writtenTag(node, text, start);
  let propsStart = start;
  if (anchor !== undefined) propsStart = Math.min(propsStart, text.lastIndexOf(`&${anchor}`, start));
  if (tag !== undefined) propsStart = Math.min(propsStart, text.lastIndexOf(tag, start));
  const base = {
    start,
    end: trimmedEnd(node, text, end),
    propsStart,
    ...(anchor === undefined ? {} : { anchor }),
    ...(tag === undefined ? {} : { tag }),
  };
  if (isAlias(node)) {
    const alias: AliasSyntax = { kind: "alias", ...base, name: node.source, target: anchors.get(node.source) };
    return alias;
  }
  if (isMap(node)) {
    const pairs: { key: SyntaxNode; value: SyntaxNode }[] = [];
    const map: SyntaxNode = { kind: "map", ...base, flow: node.flow === true, pairs };
    if (anchor !== undefined) anchors.set(anchor, map);
    for (const pair of node.items) {
      const key = convert(pair.key as YamlNode, text, anchors);
      const value =
        pair.value === null ? missing(afterColon(text, key.end)) : convert(pair.value as YamlNode, text, anchors);
      pairs.push({ key, value });
    }
    return map;
  }
  if (isSeq(node)) {
    const items: SyntaxNode[] = [];
    const seq: SyntaxNode = { kind: "seq", ...base, flow: node.flow === true, items };
    if (anchor !== undefined) anchors.set(anchor, seq);
    for (const item of node.items) items.push(convert(item as YamlNode, text, anchors));
    return seq;
  }
  const scalar = node as YamlScalar;
  const style = STYLES[(scalar.type ?? "PLAIN") as keyof typeof STYLES];
  const out: ScalarSyntax = { kind: "scalar", ...base, style, text: scalar.source ?? "" };
  if (anchor !== undefined) anchors.set(anchor, out);
  return out;
}

function missing(at: number): ScalarSyntax {
  return { kind: "scalar", start: at, end: at, propsStart: at, style: "plain", text: "" };
}

function afterColon(text: string, from: number): number {
  const match = /^\s*:/.exec(text.slice(from, from + 200));
  return match === null ? from : from + match[0].length;
}

/** The tag as written: `yaml` resolves it, so it is read back from the text in front of the node. */
function writtenTag(node: YamlNode, text: string, start: number): string | undefined {
  if (node.tag === undefined) return undefined;
  const before = text.slice(Math.max(0, start - 400), start);
  const match = /(![^\s,[\]{}]*)(?=(?:\s|&\S+|#.*\n)*$)/.exec(before);
  return match?.[1];
}

/** Block scalars and block collections end before the blank lines that follow them. */
function trimmedEnd(node: YamlNode, text: string, end: number): number {
  const flow = isScalar(node)
    ? node.type !== "BLOCK_LITERAL" && node.type !== "BLOCK_FOLDED"
    : (node as { flow?: boolean }).flow;
  if (flow === true || isAlias(node)) return end;
  let at = end;
  while (at > 0 && /\s/.test(text.charAt(at - 1))) at--;
  return at;
}
