import type { Json, JsonMap } from "@compose-harden/model";
import type { MapNode, Node } from "../src/tree/node.js";

/** A tree from plain data, as if nobody had written it: for tests. */
export function nodeOf(value: JsonMap): MapNode;
export function nodeOf(value: Json): Node;
export function nodeOf(value: Json): Node {
  if (value === null) return { kind: "scalar", tag: "null", value, origin: undefined };
  if (typeof value === "boolean") return { kind: "scalar", tag: "bool", value, origin: undefined };
  if (typeof value === "number")
    return { kind: "scalar", tag: Number.isInteger(value) ? "int" : "float", value, origin: undefined };
  if (typeof value === "string") return { kind: "scalar", tag: "str", value, origin: undefined };
  if (Array.isArray(value)) return { kind: "seq", items: value.map((item) => nodeOf(item)), origins: [] };
  return {
    kind: "map",
    entries: new Map(Object.entries(value).map(([key, item]) => [key, nodeOf(item)])),
    origins: [],
  };
}
