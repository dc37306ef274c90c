import type { Json } from "@compose-harden/model";
import type { MapSyntax, SyntaxNode, SyntaxTree } from "@compose-harden/parser";
import { columnAt, lineEnding } from "./lines.js";
import { keyText } from "./nodes.js";

/** How a file is written: what new lines copy. */
export interface Style {
  readonly eol: string;
  /** Blanks per level of mappings. */
  readonly step: number;
  /** Blanks from a key to the dashes of its list. */
  readonly dash: number;
  /** Lists as `[a, b]`. */
  readonly flowLists: boolean;
  /** The quote to use where quotes are needed. */
  readonly quote: '"' | "'";
  /** Quotes around every key and string, as JSON has them. */
  readonly json: boolean;
  /** Quotes around every key of the mapping at hand. */
  readonly keyQuote: '"' | "'" | undefined;
}

/** Lists that fixes add or remove. Like `version`, which one removes, they do not vote: a second fix finds the same style as the first. */
const ADDED_LISTS: ReadonlySet<string> = new Set([
  "cap_add",
  "cap_drop",
  "security_opt",
  "tmpfs",
  "group_add",
  "links",
]);

/** The style of a file, by what most of its nodes do. */
export function styleOf(tree: SyntaxTree): Style {
  const known = styles.get(tree);
  if (known !== undefined) return known;
  const votes = {
    step: new Map<number, number>(),
    dash: new Map<number, number>(),
    flow: 0,
    block: 0,
    single: 0,
    double: 0,
  };
  const vote = (box: Map<number, number>, value: number) => box.set(value, (box.get(value) ?? 0) + 1);
  const visit = (node: SyntaxNode, parent: MapSyntax | undefined, key?: string): void => {
    if (node.kind === "map") {
      if (!node.flow && parent !== undefined && !parent.flow)
        vote(votes.step, indentOf(tree, node) - indentOf(tree, parent));
      for (const pair of node.pairs) visit(pair.value, node, keyText(pair));
    } else if (node.kind === "seq") {
      if (key !== undefined && ADDED_LISTS.has(key)) return;
      if (node.items.every((item) => item.kind === "scalar") && node.items.length > 0)
        votes[node.flow ? "flow" : "block"]++;
      if (!node.flow && parent !== undefined && !parent.flow)
        vote(votes.dash, columnAt(tree.text, node.start) - indentOf(tree, parent));
      for (const item of node.items) visit(item, undefined);
    } else if (node.kind === "scalar" && key !== "version") {
      if (node.style === "single") votes.single++;
      if (node.style === "double") votes.double++;
    }
  };
  for (const { root } of tree.documents) if (root !== undefined) visit(root, undefined);
  const root = tree.documents[0]?.root;
  const step = winner(votes.step, 2);
  const style: Style = {
    eol: lineEnding(tree.text),
    step,
    dash: winner(votes.dash, step),
    flowLists: votes.flow > votes.block,
    quote: votes.single > votes.double ? "'" : '"',
    json:
      root?.kind === "map" &&
      root.flow &&
      root.pairs.every((pair) => pair.key.kind === "scalar" && pair.key.style === "double"),
    keyQuote: undefined,
  };
  styles.set(tree, style);
  return style;
}

const styles = new WeakMap<SyntaxTree, Style>();

function winner(votes: ReadonlyMap<number, number>, fallback: number): number {
  const [best] = [...votes].filter(([value]) => value >= 0).sort(([a, x], [b, y]) => y - x || a - b);
  return best === undefined ? fallback : best[0];
}

/** The style inside one mapping: its own lists decide before those of the file. */
export function styleInside(tree: SyntaxTree, map: MapSyntax): Style {
  const style = styleOf(tree);
  const lists = map.pairs.flatMap(({ key, value }) =>
    value.kind === "seq" && value.items.length > 0 ? [{ list: value, added: ADDED_LISTS.has(textOf(key)) }] : [],
  );
  const blocks = lists.filter(({ list }) => !list.flow);
  const voters = lists.filter(({ added }) => !added);
  const block = voters.some(({ list }) => !list.flow);
  // One that a fix may empty has the last word.
  const first = (blocks.find(({ added }) => !added) ?? blocks[0])?.list;
  return {
    ...style,
    keyQuote: keyQuoteOf(map),
    flowLists: !block && (style.flowLists || voters.length > 1),
    dash: first === undefined ? style.dash : columnAt(tree.text, first.start) - indentOf(tree, map),
  };
}

function keyQuoteOf({ pairs }: MapSyntax): Style["keyQuote"] {
  const styles = new Set(pairs.map(({ key }) => (key.kind === "scalar" ? key.style : "plain")));
  if (styles.size !== 1) return undefined;
  return styles.has("double") ? '"' : styles.has("single") ? "'" : undefined;
}

function textOf(key: SyntaxNode): string {
  return key.kind === "scalar" ? key.text : "";
}

/** Column of a block mapping's keys. */
export function indentOf(tree: SyntaxTree, map: MapSyntax): number {
  const [first] = map.pairs;
  return columnAt(tree.text, first === undefined ? map.start : first.key.propsStart);
}

/** True when a plain scalar would be read as this very string, by every YAML version. */
export function isPlainSafe(text: string, inFlow: boolean): boolean {
  if (!/^[A-Za-z0-9_./$*&@-]/.test(text) || /^[*&@]/.test(text) || /^-(\s|$)/.test(text) || /^(---|\.\.\.)/.test(text))
    return false;
  if (/[\x00-\x1f\x7f-\x9f\u2028\u2029\uFEFF]|:(\s|$)|\s#|\s$/.test(text)) return false;
  if (inFlow && (/[,[\]{}]/.test(text) || /:[,[\]{}]/.test(text))) return false;
  if (/^(~|null|true|false|yes|no|on|off|y|n|\.nan|[-+]?\.inf)$/i.test(text)) return false;
  if (/^[-+]?[\d.][\d_]*(\.[\d_]*)?(e[-+]?\d+)?$/i.test(text) || /^0[xob][\da-f_]+$/i.test(text)) return false;
  // A date, and what YAML 1.1 reads as a number in base 60.
  if (/^\d{4}-\d\d?-\d\d?/.test(text) || /^[-+]?\d+(:[0-5]?\d)+(\.\d*)?$/.test(text)) return false;
  return true;
}

/** A string between quotes. */
export function quoted(text: string, quote: '"' | "'"): string {
  if (quote === "'" && !/[\x00-\x1f\x7f-\x9f\u2028\u2029\uFEFF]/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  if (quote === '"' && /["\\]/.test(text) && !/[\x00-\x1f\x7f-\x9f\u2028\u2029\uFEFF']/.test(text)) return `'${text}'`;
  return JSON.stringify(text).replace(
    /[\x7f-\x9f\u2028\u2029\uFEFF]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A scalar as new text. */
export function scalarText(value: Exclude<Json, object> | null, style: Style, inFlow: boolean): string {
  if (typeof value !== "string") return String(value);
  if (style.json) return JSON.stringify(value);
  // Whoever writes quotes around every key writes them around every string.
  if (style.keyQuote !== undefined) return quoted(value, style.keyQuote);
  return isPlainSafe(value, inFlow) ? value : quoted(value, style.quote);
}
