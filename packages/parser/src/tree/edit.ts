import type { Hop, Origin } from "@compose-harden/model";
import type { MapNode, Node } from "./node.js";

/** The value of a text scalar; undefined for anything else. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.kind === "scalar" && node.tag === "str" ? String(node.value) : undefined;
}

/** True for a scalar that is null. */
export function isNull(node: Node | undefined): boolean {
  return node?.kind === "scalar" && node.tag === "null";
}

/** The mapping under a key; undefined when there is none or it is no mapping. */
export function mapAt(map: MapNode, key: string): MapNode | undefined {
  const node = map.entries.get(key);
  return node?.kind === "map" ? node : undefined;
}

/** The place in force: where a scalar, or the last contribution to a mapping or list, was written. */
export function originOf(node: Node): Origin | undefined {
  return node.kind === "scalar" ? node.origin : node.origins.at(-1);
}

/**
 * The contributions of an earlier and a later value together, each place once: what comes by several ways is told by its
 * last, or files that include each other over and over would multiply it.
 */
export function joinOrigins(earlier: readonly Origin[], later: readonly Origin[]): readonly Origin[] {
  if (earlier.length === 0) return later;
  if (later.length === 0) return earlier;
  return [...earlier.filter((origin) => !later.some((other) => samePlace(origin, other))), ...later];
}

function samePlace({ value: a }: Origin, { value: b }: Origin): boolean {
  return a.start === b.start && a.end === b.end && a.file === b.file;
}

/** Deep equality of values and their types, origins aside; the order of keys does not count. */
export function sameNode(a: Node, b: Node): boolean {
  if (a === b) return true;
  if (a.kind === "scalar") return b.kind === "scalar" && a.tag === b.tag && a.value === b.value;
  if (a.kind === "seq") {
    if (b.kind !== "seq" || a.items.length !== b.items.length) return false;
    for (const [i, item] of a.items.entries()) {
      const other = b.items[i];
      if (other === undefined || !sameNode(item, other)) return false;
    }
    return true;
  }
  if (b.kind !== "map" || a.entries.size !== b.entries.size) return false;
  for (const [key, value] of a.entries) {
    const other = b.entries.get(key);
    if (other === undefined || !sameNode(value, other)) return false;
  }
  return true;
}

/** Hops kept of one value; longer ways are cut at their end, or chains of extensions would grow with their square. */
const MAX_HOPS = 64;

/** How many nodes a tree has. */
export function sizeOf(node: Node): number {
  if (node.kind === "scalar") return 1;
  let size = 1;
  for (const child of node.kind === "seq" ? node.items : node.entries.values()) size += sizeOf(child);
  return size;
}

/** A copy that shares nothing that stages change; every written value of it gets one more hop, if one is given. */
export function copyTree(node: Node, hop?: Hop): Node {
  const longer = new Map<readonly Hop[], readonly Hop[]>();

  function viaOf(via: readonly Hop[], added: Hop): readonly Hop[] {
    if (via.length >= MAX_HOPS) return via;
    let next = longer.get(via);
    if (next === undefined) {
      next = [...via, added];
      longer.set(via, next);
    }
    return next;
  }

  function moved(origin: Origin): Origin {
    return hop === undefined ? origin : { ...origin, via: viaOf(origin.via, hop) };
  }

  function copy(from: Node): Node {
    switch (from.kind) {
      case "scalar":
        return hop === undefined || from.origin === undefined ? from : { ...from, origin: moved(from.origin) };
      case "seq":
        return { kind: "seq", items: from.items.map(copy), origins: from.origins.map(moved) };
      case "map": {
        const entries = new Map<string, Node>();
        for (const [key, value] of from.entries) entries.set(key, copy(value));
        return { kind: "map", entries, origins: from.origins.map(moved) };
      }
      default:
        return from satisfies never;
    }
  }

  return copy(node);
}
