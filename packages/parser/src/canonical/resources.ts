import { originOf } from "../tree/edit.js";
import { derived, map, seq, text } from "../tree/make.js";
import type { Node } from "../tree/node.js";
import { type Place, refused } from "./rewrite.js";

/** `all` → `[{count: all}]`. */
export function gpus(node: Node): Node {
  if (node.kind !== "scalar") return node;
  return seq([map([["count", text("all", derived(node.origin))]], originOf(node))], originOf(node));
}

/** An integer for both limits, or `{soft, hard}`. */
export function ulimit(node: Node, place: Place): Node | undefined {
  if (node.kind === "map" || (node.kind === "scalar" && node.tag === "int")) return node;
  return refused("must be an integer, or a mapping of `soft` and `hard`", node, place);
}
