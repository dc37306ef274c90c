import { originOf } from "../tree/edit.js";
import { derived, map, seq, text } from "../tree/make.js";
import type { Node } from "../tree/node.js";
import { type Place, refused } from "./rewrite.js";

/** `all` → `[{count: all}]`. */
export function gpus(node: Node, place: Place): Node | undefined {
  if (node.kind !== "scalar") return node;
  if (node.tag !== "str") return refused("must be `all` or a list", node, place);
  return seq([map([["count", text("all", derived(node.origin))]], originOf(node))], originOf(node));
}

/** An integer for both limits, or `{soft, hard}`. */
export function ulimit(node: Node, place: Place): Node | undefined {
  if (node.kind === "map" || (node.kind === "scalar" && node.tag === "int")) return node;
  return refused("must be an integer, or a mapping of `soft` and `hard`", node, place);
}
