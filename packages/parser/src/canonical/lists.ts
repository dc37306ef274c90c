import { originOf } from "../tree/edit.js";
import { bool, derived, map, nothing, seq } from "../tree/make.js";
import type { Node } from "../tree/node.js";

/** `a` → `[a]`. */
export function listOfText(node: Node): Node {
  return node.kind === "scalar" && node.tag === "str" ? seq([node], originOf(node)) : node;
}

/** `[a, b]` → `{a: null, b: null}`. */
export function namesToMap(node: Node): Node {
  if (node.kind !== "seq") return node;
  return map(
    node.items.map((item): [string, Node | undefined] =>
      item.kind === "scalar" ? [String(item.value), nothing(derived(item.origin))] : ["", undefined],
    ),
    node.origins,
  );
}

/** `a` and `[a]` → `[{path: a, required: true}]`; long entries are completed. */
export function envFile(node: Node): Node {
  const list = node.kind === "scalar" ? seq([node], originOf(node)) : node;
  if (list.kind === "seq") list.items = list.items.map(envFileEntry);
  return list;
}

function envFileEntry(node: Node): Node {
  if (node.kind === "scalar") {
    return map(
      [
        ["path", node],
        ["required", bool(true, undefined)],
      ],
      originOf(node),
    );
  }
  if (node.kind === "map" && !node.entries.has("required")) node.entries.set("required", bool(true, undefined));
  return node;
}

/** `extends: a` → `extends: {service: a}`. */
export function serviceName(node: Node): Node {
  return node.kind === "scalar" ? map([["service", node]], originOf(node)) : node;
}

/** `0 0 * * *` → `{cron: 0 0 * * *}`. */
export function schedule(node: Node): Node {
  return node.kind === "scalar" ? map([["cron", node]], originOf(node)) : node;
}

/** Empty and null members of a list mean nothing and go. */
export function withoutEmpty(node: Node): Node {
  if (node.kind === "seq") {
    node.items = node.items.filter((item) => item.kind !== "scalar" || (item.value !== null && item.value !== ""));
  }
  return node;
}
