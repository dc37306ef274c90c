import { arrange } from "../place/order.js";
import type { Draft, ListDraft, MapDraft } from "./draft.js";
import { quoted, type Style, scalarText } from "./style.js";

/** A draft in flow style, on one line. */
export function renderFlow(draft: Draft, style: Style): string {
  switch (draft.kind) {
    case "scalar":
      return scalarText(draft.value, style, true);
    case "verbatim":
      return draft.text;
    case "list":
      return `${tagOf(draft)}[${membersOf(draft)
        .map((item) => renderFlow(item, style))
        .join(", ")}]`;
    case "map":
      return `{${entriesOf(draft)
        .map(([key, value]) => `${keyOf(key, style, true)}: ${renderFlow(value, style)}`)
        .join(", ")}}`;
    default:
      return draft satisfies never;
  }
}

/** What follows `key:` in block style, the blank or line ending in front included; `indent` is the key's column. */
export function renderBlock(draft: Draft, indent: number, style: Style): string {
  if (draft.kind === "list" && !style.flowLists && membersOf(draft).length > 0) {
    const tag = draft.tag === undefined ? "" : ` ${draft.tag}`;
    const dash = indent + style.dash;
    return (
      tag +
      membersOf(draft)
        .map((item) => `${style.eol}${" ".repeat(dash)}- ${renderItem(item, dash + 2, style)}`)
        .join("")
    );
  }
  if (draft.kind === "map" && entriesOf(draft).length > 0) return renderEntries(draft, indent + style.step, style);
  if (draft.kind === "scalar") return ` ${scalarText(draft.value, style, false)}`;
  return ` ${renderFlow(draft, style)}`;
}

/** The pairs of a mapping in block style, each with the line ending in front of it. */
function renderEntries(draft: MapDraft, indent: number, style: Style): string {
  return entriesOf(draft)
    .map(([key, value]) => `${style.eol}${" ".repeat(indent)}${renderPair(key, value, indent, style)}`)
    .join("");
}

/** `key: value` in block style. */
export function renderPair(key: string, value: Draft, indent: number, style: Style): string {
  return `${keyOf(key, style, false)}:${renderBlock(value, indent, style)}`;
}

/** A member of a block list; `indent` is the column behind `- `. */
export function renderItem(item: Draft, indent: number, style: Style): string {
  if (item.kind === "scalar") return scalarText(item.value, style, false);
  if (item.kind === "map" && entriesOf(item).length > 0)
    return renderEntries(item, indent, style).slice(style.eol.length + indent);
  return renderFlow(item, style);
}

/** What a list draft comes to. */
function membersOf(draft: ListDraft): readonly Draft[] {
  const kept = draft.copied.map((item, index) => (draft.changed.has(index) ? draft.changed.get(index) : item));
  return [...kept.filter((item) => item !== undefined), ...draft.added];
}

function entriesOf(draft: MapDraft): readonly (readonly [string, Draft])[] {
  const merge: readonly (readonly [string, Draft])[] =
    draft.merge === undefined ? [] : [["<<", { kind: "verbatim", text: draft.merge }]];
  if (draft.isCopy) return [...merge, ...draft.entries];
  const keys = arrange([], [...draft.entries.keys()]).map(({ key }) => key);
  return [...merge, ...keys.flatMap((key) => pairOf(key, draft.entries.get(key)))];
}

function pairOf(key: string, value: Draft | undefined): readonly (readonly [string, Draft])[] {
  return value === undefined ? [] : [[key, value]];
}

function keyOf(key: string, style: Style, inFlow: boolean): string {
  if (key === "<<") return key;
  const quote = style.json ? '"' : style.keyQuote;
  return quote === undefined ? scalarText(key, style, inFlow) : quoted(key, quote);
}

function tagOf(draft: ListDraft): string {
  return draft.tag === undefined ? "" : `${draft.tag} `;
}
