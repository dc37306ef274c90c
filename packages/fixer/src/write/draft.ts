import { isList, isMap, type Json } from "@compose-harden/model";
import type { SyntaxNode, SyntaxTree } from "@compose-harden/parser";
import { keyText, resolved } from "./nodes.js";

/** A value that is yet to be written. */
export type Draft = ScalarDraft | VerbatimDraft | ListDraft | MapDraft;

/** A scalar that takes the style of its surroundings. */
export interface ScalarDraft {
  readonly kind: "scalar";
  readonly value: null | boolean | number | string;
}

/** Text on one line, copied as it is written elsewhere. */
export interface VerbatimDraft {
  readonly kind: "verbatim";
  readonly text: string;
}

/** A list: members copied from another one, some of them changed or left out, and new ones behind them. */
export interface ListDraft {
  readonly kind: "list";
  readonly tag?: string;
  readonly copied: readonly Draft[];
  /** By place among the copied; undefined leaves the member out. */
  readonly changed: ReadonlyMap<number, Draft | undefined>;
  readonly added: readonly Draft[];
}

/** A mapping; `merge` is what `<<` brings in (`*base`). A copy keeps the order of its entries. */
export interface MapDraft {
  readonly kind: "map";
  readonly isCopy?: true;
  readonly merge?: string;
  readonly entries: ReadonlyMap<string, Draft>;
}

/** A value as a draft. */
export function draftOf(value: Json): Draft {
  if (isList(value)) return list(value.map(draftOf));
  if (isMap(value)) return { kind: "map", entries: new Map(Object.entries(value).map(([k, v]) => [k, draftOf(v)])) };
  return { kind: "scalar", value };
}

/** A list of new members. */
export function list(added: readonly Draft[]): ListDraft {
  return { kind: "list", copied: [], changed: new Map(), added };
}

/** A draft below a chain of new keys. */
export function nested(path: readonly string[], leaf: Draft): Draft {
  return path.reduceRight<Draft>((value, key) => ({ kind: "map", entries: new Map([[key, value]]) }), leaf);
}

/** What a node says, to be said again elsewhere; undefined where that cannot be done in other words. */
export function copyOf(tree: SyntaxTree, node: SyntaxNode): Draft | undefined {
  const source = resolved(node);
  if (source === undefined || source.tag !== undefined) return undefined;
  if (source.kind === "scalar") {
    const text = tree.text.slice(source.start, source.end);
    if (source.style === "literal" || source.style === "folded" || text.includes("\n"))
      return { kind: "scalar", value: source.text };
    return { kind: "verbatim", text };
  }
  if (source.kind === "seq") {
    const items = source.items.map((item) => copyOf(tree, item));
    return items.every((item) => item !== undefined)
      ? { kind: "list", copied: items, changed: new Map(), added: [] }
      : undefined;
  }
  if (source.kind === "alias") return undefined;
  const entries = new Map<string, Draft>();
  let merge: string | undefined;
  for (const pair of source.pairs) {
    const key = keyText(pair);
    if (key === undefined) return undefined;
    if (key === "<<") {
      if (pair.value.kind !== "alias") return undefined;
      merge = `*${pair.value.name}`;
      continue;
    }
    const value = copyOf(tree, pair.value);
    if (value === undefined) return undefined;
    entries.set(key, value);
  }
  return { kind: "map", isCopy: true, ...(merge === undefined ? {} : { merge }), entries };
}

/** Two drafts for one place as one; undefined when they contradict each other. */
export function mergeDrafts(a: Draft, b: Draft): Draft | undefined {
  if (a.kind === "map" && b.kind === "map") {
    if (a.merge !== b.merge) return undefined;
    const entries = new Map(a.entries);
    for (const [key, value] of b.entries) {
      const known = entries.get(key);
      const merged = known === undefined ? value : mergeDrafts(known, value);
      if (merged === undefined) return undefined;
      entries.set(key, merged);
    }
    return { ...a, entries };
  }
  if (a.kind === "list" && b.kind === "list") {
    if (a.tag !== b.tag || !sameDrafts(a.copied, b.copied)) return undefined;
    const changed = new Map(a.changed);
    for (const [index, value] of b.changed) {
      if (changed.has(index) && !sameDrafts([changed.get(index)], [value])) return undefined;
      changed.set(index, value);
    }
    const added = [...a.added, ...b.added.filter((item) => !a.added.some((other) => sameDrafts([item], [other])))];
    return { ...a, changed, added };
  }
  return sameDrafts([a], [b]) ? a : undefined;
}

function sameDrafts(a: readonly (Draft | undefined)[], b: readonly (Draft | undefined)[]): boolean {
  return JSON.stringify(a, plain) === JSON.stringify(b, plain);
}

function plain(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...value.entries()] : value;
}
