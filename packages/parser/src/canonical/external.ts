import { formatPath } from "@compose-harden/model";
import { originOf } from "../tree/edit.js";
import { bool, derived } from "../tree/make.js";
import type { Node } from "../tree/node.js";
import { type Place, refused } from "./rewrite.js";

/** `external: {name: x}`, long deprecated, → `external: true` and `name: x`. */
export function external(node: Node, place: Place): Node | undefined {
  if (node.kind !== "map") return node;
  const outer = node.entries.get("external");
  if (outer?.kind !== "map") return node;
  node.entries.set("external", bool(true, derived(originOf(outer))));
  const inner = outer.entries.get("name");
  if (inner === undefined) return node;
  place.warn(`${formatPath(place.path)}: external.name is deprecated. Please set name and external: true`);
  const name = node.entries.get("name");
  if (name === undefined) node.entries.set("name", inner);
  else if (name.kind !== "scalar" || inner.kind !== "scalar" || name.value !== inner.value) {
    return refused("names the resource twice, in `name` and in `external.name`", inner, place);
  }
  return node;
}
