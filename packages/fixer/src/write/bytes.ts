import type { Edit } from "@compose-harden/model";
import type { MapSyntax, ScalarSyntax, SeqSyntax, SyntaxNode, SyntaxTree } from "@compose-harden/parser";
import { trimEdit } from "../edits.js";
import { arrange } from "../place/order.js";
import type { Draft } from "./draft.js";
import { endOfEntry } from "./extent.js";
import { insertInFlow } from "./flow.js";
import { type Forecast, refilled } from "./forecast.js";
import { columnAt, lineEnd } from "./lines.js";
import { isMissing, keyText } from "./nodes.js";
import { removal, type Span } from "./remove.js";
import { renderBlock, renderFlow, renderItem, renderPair } from "./render.js";
import { indentOf, isPlainSafe, quoted, type Style, styleInside, styleOf } from "./style.js";
import { Unwritable } from "./unwritable.js";
import type { NodePlan, Owners, Plans } from "./write.js";

/** An edit with who asked for it. */
export interface OwnedEdit {
  readonly edit: Edit;
  readonly owners: Owners;
}

interface Spot {
  readonly at: number;
  readonly depth: number;
  readonly edits: readonly OwnedEdit[];
}

/** The edits of one file, in the order in which they are to be made. Throws `Unwritable`. */
export function editsOf(tree: SyntaxTree, wanted: Plans, forecast: Forecast): readonly OwnedEdit[] {
  const plans = refilled(tree, wanted, forecast);
  const removed = new Set([...plans.values()].filter((plan) => plan.remove !== undefined).map((plan) => plan.at.node));
  const spots: Spot[] = [];
  const add = (depth: number, owners: Owners, start: number, end: number, text: string): void => {
    const edit = trimEdit(tree.text, { range: { file: tree.file, start, end }, text });
    if (edit.text === "" && edit.range.start === edit.range.end) return;
    spots.push({ at: edit.range.start, depth, edits: [{ edit, owners }] });
  };
  for (const plan of plans.values()) {
    const { node, holders } = plan.at;
    const depth = holders.length;
    if (plan.puts.size > 0 && node.kind === "map") writePuts(tree, plan, node, forecast, add);
    if (plan.appends.length > 0 && node.kind === "seq") writeAppends(tree, plan, node, removed, add);
    if (plan.rewrite !== undefined && node.kind === "scalar")
      add(depth, plan.rewrite.owners, node.start, node.end, scalarAs(node, plan.rewrite.value, tree, inFlow(plan)));
    if (plan.fills.length > 0 && node.kind === "scalar") writeFills(tree, plan, node, add);
    if (plan.become !== undefined) writeBecome(tree, plan, plan.become.value, plan.become.owners, add);
  }
  const gone = removal(tree, plans);
  for (const { start, end, owners } of gone) add(0, owners, start, end, "");
  return spots
    .map((spot) => aside(spot, gone, tree))
    .map((spot, order) => ({ spot, order }))
    .sort((a, b) => a.spot.at - b.spot.at || b.spot.depth - a.spot.depth || a.order - b.order)
    .flatMap(({ spot }) => spot.edits);
}

/** A line that was to go behind one that is removed goes behind the line before. */
function aside(spot: Spot, gone: readonly Span[], tree: SyntaxTree): Spot {
  let { at } = spot;
  for (;;) {
    const span = gone.find(({ start, end }) => start < at && at < end);
    if (span === undefined) break;
    // In flow style a span begins within a line.
    at = Math.min(
      span.start,
      lineEnd(tree.text, Math.max(0, span.start - 1 - (tree.text[span.start - 2] === "\r" ? 1 : 0))),
    );
  }
  if (at === spot.at) return spot;
  const edits = spot.edits.map(({ edit, owners }) => ({
    edit: { ...edit, range: { ...edit.range, start: at, end: at } },
    owners,
  }));
  return { ...spot, at, edits };
}

type Add = (depth: number, owners: Owners, start: number, end: number, text: string) => void;

function inFlow(plan: NodePlan): boolean {
  return plan.at.holders.some((holder) => (holder.kind === "pair" ? holder.map.flow : holder.seq.flow));
}

function writePuts(tree: SyntaxTree, plan: NodePlan, map: MapSyntax, { gone }: Forecast, add: Add): void {
  const style = styleInside(tree, map);
  const depth = plan.at.holders.length;
  const staying = map.pairs.flatMap((pair, index) =>
    gone.has(pair.key.start) ? [] : [{ name: keyText(pair) ?? "", index }],
  );
  let after = -1;
  const runs = new Map<number, string[]>();
  for (const { key, isNew } of arrange(
    staying.map(({ name }) => name),
    [...plan.puts.keys()],
  )) {
    if (!isNew) after++;
    else runs.set(staying[after]?.index ?? -1, [...(runs.get(staying[after]?.index ?? -1) ?? []), key]);
  }
  for (const [index, keys] of runs) {
    const items = keys.flatMap((key) => {
      const put = plan.puts.get(key);
      return put === undefined ? [] : [{ key, draft: put.value, owners: put.owners }];
    });
    if (map.flow) {
      const texts = items.map(({ key, draft, owners }) => ({ text: flowPair(key, draft, style), owners }));
      const next = map.pairs[index + 1];
      const nextGoes = next !== undefined && gone.has(next.key.start);
      for (const part of insertInFlow(tree, map, index, texts, nextGoes))
        add(depth, part.owners, part.at, part.at, part.text);
      continue;
    }
    const indent = indentOf(tree, map);
    const pair = map.pairs[index];
    const at = pair === undefined ? headOf(tree, plan, map) : endOfEntry(tree.text, pair.value, pair.key.end, indent);
    for (const { key, draft, owners } of items) {
      const text = renderPair(key, draft, indent, style);
      if (at === undefined) {
        const first = map.pairs[0]?.key.propsStart ?? map.start;
        add(depth, owners, first, first, `${text}${style.eol}${" ".repeat(indent)}`);
      } else add(depth, owners, at, at, `${style.eol}${" ".repeat(indent)}${text}`);
    }
  }
}

/** The line in front of a mapping's first key, where it has one to itself. */
function headOf(tree: SyntaxTree, plan: NodePlan, map: MapSyntax): number | undefined {
  const holder = plan.at.holders.at(-1);
  const first = map.pairs[0];
  if (holder?.kind !== "pair" || first === undefined) return undefined;
  const end = lineEnd(tree.text, holder.pair.key.end);
  return end < first.key.propsStart ? end : undefined;
}

function flowPair(key: string, draft: Draft, style: Style): string {
  return renderFlow({ kind: "map", entries: new Map([[key, draft]]) }, style).slice(1, -1);
}

function writeAppends(
  tree: SyntaxTree,
  plan: NodePlan,
  seq: SeqSyntax,
  removed: ReadonlySet<SyntaxNode>,
  add: Add,
): void {
  const { text } = tree;
  const style = styleOf(tree);
  const depth = plan.at.holders.length;
  const kept = seq.items.filter((item) => !removed.has(item));
  // Where all go and a comment stays, the new ones take the place of the last.
  const model = kept.at(-1) ?? seq.items.at(-1);
  const like = quoteLike(model, style);
  if (seq.flow) {
    const texts = plan.appends.map(({ value, owners }) => ({
      text: itemText(value, like, true) ?? renderFlow(value, style),
      owners,
    }));
    for (const part of insertInFlow(tree, seq, seq.items.length - 1, texts))
      add(depth, part.owners, part.at, part.at, part.text);
    return;
  }
  if (model === undefined) return;
  const dash = columnAt(text, seq.start);
  const gap = /-([ \t]+)$/.exec(text.slice(Math.max(0, model.propsStart - 20), model.propsStart))?.[1] ?? " ";
  const at = endOfEntry(text, model, model.end, dash - 1);
  const compact = isCompact(tree, plan, dash);
  const place = compact ? endOfCompact(text, model, dash) : at;
  for (const { value, owners } of plan.appends) {
    const item = itemText(value, like, false) ?? renderItem(value, dash + 1 + gap.length, style);
    add(depth, owners, place, place, `${style.eol}${" ".repeat(dash)}-${gap}${item}`);
  }
}

/** Dashes in the column of their key. */
function isCompact(tree: SyntaxTree, plan: NodePlan, dash: number): boolean {
  const holder = plan.at.holders.at(-1);
  return holder?.kind === "pair" && indentOf(tree, holder.map) === dash;
}

/** In a compact list a comment in the dashes' column belongs to the list only when it is a member commented out. */
function endOfCompact(text: string, last: SyntaxNode, dash: number): number {
  const own = endOfEntry(text, last, last.end, dash);
  let end = own;
  for (let next = text.indexOf("\n", end) + 1; next > 0 && next < text.length; next = text.indexOf("\n", end) + 1) {
    const stop = lineEnd(text, next);
    const comment = /^( *)#[\s#]*-\s/.exec(text.slice(next, stop));
    if (comment === null || (comment[1]?.length ?? 0) !== dash) break;
    end = stop;
  }
  return end;
}

type Quote = '"' | "'" | undefined;

function quoteLike(model: SyntaxNode | undefined, style: Style): Quote {
  if (style.json) return '"';
  if (model?.kind !== "scalar") return undefined;
  return model.style === "double" ? '"' : model.style === "single" ? "'" : undefined;
}

/** A new string in its neighbour's quotes; undefined for anything else. */
function itemText(item: Draft, quote: Quote, flow: boolean): string | undefined {
  if (item.kind !== "scalar" || typeof item.value !== "string") return undefined;
  if (quote !== undefined) return quoted(item.value, quote);
  return isPlainSafe(item.value, flow) ? item.value : undefined;
}

/** A scalar's new text in its old style, where that style can hold it. */
export function scalarAs(node: ScalarSyntax, text: string, tree: SyntaxTree, flow: boolean): string {
  const style = styleOf(tree);
  switch (node.style) {
    case "plain": {
      const wasText = isPlainSafe(node.text, flow) || /[:${]/.test(node.text);
      return wasText && isPlainSafe(text, flow) ? text : quoted(text, style.quote);
    }
    case "single":
      return quoted(text, "'");
    case "double":
      return JSON.stringify(text);
    case "literal":
    case "folded":
      return quoted(text, style.quote);
    default:
      return node.style satisfies never;
  }
}

/** Pieces of a scalar, each where it stands; in a text of one line the scalar is written anew, in its old style. */
function writeFills(tree: SyntaxTree, plan: NodePlan, node: ScalarSyntax, add: Add): void {
  const depth = plan.at.holders.length;
  const owners = new Set(plan.fills.flatMap((fill) => [...fill.owners]));
  const pieces = plan.fills.map(({ value }) => value).sort((a, b) => b.start - a.start);
  const isWhole = pieces.some(({ start, end }) => start === 0 && end === node.text.length);
  const written = tree.text.slice(node.start, node.end);
  if (isWhole || !written.includes("\n")) {
    const text = pieces.reduce(
      (old, piece) => old.slice(0, piece.start) + piece.text + old.slice(piece.end),
      node.text,
    );
    add(depth, owners, node.start, node.end, scalarAs(node, text, tree, inFlow(plan)));
    return;
  }
  for (const piece of pieces) {
    const old = node.text.slice(piece.start, piece.end);
    const nth = node.text.slice(0, piece.start).split(old).length - 1;
    const places = [...written.matchAll(new RegExp(old.replace(/[^\w]/g, "\\$&"), "g"))];
    const place = places[nth];
    if (place === undefined || places.length !== node.text.split(old).length - 1)
      throw new Unwritable("unsupported-syntax", "it is written in another way than it is read");
    const start = node.start + place.index;
    add(depth, owners, start, start + old.length, piece.text);
  }
}

function writeBecome(tree: SyntaxTree, plan: NodePlan, draft: Draft, owners: Owners, add: Add): void {
  const { text } = tree;
  const { node, holders } = plan.at;
  const holder = holders.at(-1);
  const depth = holders.length;
  const style = holder?.kind === "pair" ? styleInside(tree, holder.map) : styleOf(tree);
  // `!reset` goes with what it stands before.
  const begin = node.tag === "!reset" ? node.propsStart : node.start;
  const gap = isMissing(node) && begin === node.start ? " " : "";
  if (holder === undefined) throw new Unwritable("unsupported-syntax", "the document has no mapping at its top");
  if (inFlow(plan) || holder.kind === "item") {
    add(depth, owners, begin, node.end, gap + renderFlow(draft, style));
    return;
  }
  if (draft.kind === "scalar" || draft.kind === "verbatim") {
    const value = renderBlock(draft, 0, style).slice(1);
    add(depth, owners, begin, node.end, gap + value);
    return;
  }
  const rendered = renderBlock(draft, indentOf(tree, holder.map), style);
  // The old value goes with the blanks in front of it.
  let start = begin;
  while (start > 0 && /\s/.test(text.charAt(start - 1))) start--;
  start = Math.max(start, holder.pair.key.end);
  if (!rendered.includes(style.eol)) {
    const isBlock = node.kind === "seq" && !node.flow;
    add(depth, owners, isBlock ? start : begin, node.end, isBlock ? rendered : gap + rendered.slice(1));
    return;
  }
  // A comment on its line stays, the new lines go below.
  const feed = rendered.indexOf(style.eol);
  add(depth, owners, start, node.end, rendered.slice(0, feed));
  add(depth, owners, lineEnd(text, node.end), lineEnd(text, node.end), rendered.slice(feed));
}
