import type { Origin } from "@compose-harden/model";
import type { MapNode, Node, ScalarNode, SeqNode } from "./node.js";

/** A string scalar. */
export function text(value: string, origin: Origin | undefined): ScalarNode {
  return { kind: "scalar", tag: "str", value, origin };
}

/** A boolean scalar. */
export function bool(value: boolean, origin: Origin | undefined): ScalarNode {
  return { kind: "scalar", tag: "bool", value, origin };
}

/** An integer scalar. */
export function int(value: number | bigint, origin: Origin | undefined): ScalarNode {
  return { kind: "scalar", tag: "int", value, origin };
}

/** A float scalar. */
export function float(value: number, origin: Origin | undefined): ScalarNode {
  return { kind: "scalar", tag: "float", value, origin };
}

/** A null scalar. */
export function nothing(origin: Origin | undefined): ScalarNode {
  return { kind: "scalar", tag: "null", value: null, origin };
}

/** A mapping; entries without a node are left out. */
export function map(
  entries: Iterable<readonly [string, Node | undefined]>,
  origins: readonly Origin[] | Origin | undefined,
): MapNode {
  const kept = new Map<string, Node>();
  for (const [key, node] of entries) if (node !== undefined) kept.set(key, node);
  return { kind: "map", entries: kept, origins: listOf(origins) };
}

/** A list. */
export function seq(items: Node[], origins: readonly Origin[] | Origin | undefined): SeqNode {
  return { kind: "seq", items, origins: listOf(origins) };
}

function listOf(origins: readonly Origin[] | Origin | undefined): readonly Origin[] {
  if (origins === undefined) return [];
  return "value" in origins ? [origins] : origins;
}

/** A computed value's origin: the text it was computed from. */
export function derived(origin: Origin | undefined): Origin | undefined {
  return origin === undefined || origin.derived ? origin : { ...origin, derived: true };
}

/**
 * The origin of a part of a scalar: the part's own bytes where the scalar stands as it is, plain or in quotes, with nothing
 * escaped or substituted; else the whole scalar.
 */
export function partOf(scalar: ScalarNode, start: number, end: number): Origin | undefined {
  const origin = derived(scalar.origin);
  if (origin === undefined || origin.interpolated || typeof scalar.value !== "string") return origin;
  const { value } = origin;
  const surplus = value.end - value.start - scalar.value.length;
  if (surplus !== 0 && surplus !== 2) return origin;
  const from = value.start + surplus / 2;
  return { ...origin, value: { ...value, start: from + start, end: from + end } };
}
