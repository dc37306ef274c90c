import { originOf } from "../tree/edit.js";
import { derived, map, nothing, partOf, text } from "../tree/make.js";
import type { Node } from "../tree/node.js";
import { parseSshKey } from "../values/device.js";
import { splitKeyValue } from "../values/mapping.js";
import { type Place, refused } from "./rewrite.js";

/** `build: .` → `build: {context: .}`. */
export function build(node: Node, place: Place): Node | undefined {
  if (node.kind === "map") return node;
  if (node.kind === "scalar" && node.tag === "str") return map([["context", node]], originOf(node));
  return refused("must be a path or a mapping", node, place);
}

/** Attributes that take a string or a boolean are kept as text. */
export function printed(node: Node): Node {
  if (node.kind !== "scalar" || node.tag === "str") return node;
  return text(node.value === null ? "<nil>" : String(node.value), node.origin);
}

/** `[name=context]` → `{name: context}`. */
export function additionalContexts(node: Node, place: Place): Node | undefined {
  if (node.kind !== "seq") return node;
  const entries: [string, Node][] = [];
  for (const [i, item] of node.items.entries()) {
    if (item.kind !== "scalar") continue;
    const { key, value, parts } = splitKeyValue(String(item.value));
    if (value === null || parts.value === undefined) {
      refused("must have the form `name=context`", item, { ...place, path: [...place.path, i] });
    } else entries.push([key, text(value, partOf(item, parts.value.start, parts.value.end))]);
  }
  return map(entries, node.origins);
}

/** `[default, id=path]` → `{default: null, id: path}`; only `default` may stand without a path. */
export function sshKeys(node: Node, place: Place): Node | undefined {
  if (node.kind !== "seq") return node;
  const entries: [string, Node][] = [];
  for (const [i, item] of node.items.entries()) {
    if (item.kind !== "scalar") continue;
    const written = String(item.value);
    const key = parseSshKey(written);
    if (!key.ok) refused("must be `default` or have the form `id=path`", item, { ...place, path: [...place.path, i] });
    else if (key.value.path === null) entries.push([key.value.id, nothing(derived(item.origin))]);
    else {
      const at = partOf(item, key.value.id.length + 1, written.length);
      entries.push([key.value.id, text(key.value.path, at)]);
    }
  }
  return map(entries, node.origins);
}
