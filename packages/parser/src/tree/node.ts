import type { Origin } from "@compose-harden/model";

/**
 * The loader's working model: plain data in which every node remembers where it was written. Stages change maps and lists
 * in place; scalars are replaced, never changed.
 */
export type Node = ScalarNode | MapNode | SeqNode;

/** A scalar with its YAML type; `int` beyond 2^53 keeps its digits in `value` as a bigint. */
export interface ScalarNode {
  readonly kind: "scalar";
  readonly tag: "null" | "bool" | "int" | "float" | "str" | "timestamp";
  readonly value: null | boolean | number | bigint | string;
  /** Absent for a value nobody wrote. */
  readonly origin: Origin | undefined;
}

/** A mapping in order of first appearance. */
export interface MapNode {
  readonly kind: "map";
  readonly entries: Map<string, Node>;
  /** Every written mapping that contributed, in merge order. */
  origins: readonly Origin[];
}

/** A list. */
export interface SeqNode {
  readonly kind: "seq";
  items: Node[];
  /** Every written list that contributed, in merge order. */
  origins: readonly Origin[];
}
