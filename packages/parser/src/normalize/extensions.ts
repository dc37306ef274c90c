import type { MapNode, Node } from "../tree/node.js";
import { scalarText } from "../values/scalar.js";

/** The key under which Docker swallows `x-…` entries of mappings that are not structs. */
export const EXTENSIONS = "#extensions";

/** A mapping's own entries, and a mapping of its `x-…` entries if it has any. In a `named` one, such names are ordinary. */
export function withoutExtensions(
  node: MapNode,
  named: boolean,
): { readonly plain: ReadonlyMap<string, Node>; readonly extensions: MapNode | undefined } {
  if (named || ![...node.entries.keys()].some((key) => key.startsWith("x-"))) {
    return { plain: node.entries, extensions: undefined };
  }
  const plain = new Map<string, Node>();
  const extensions = new Map<string, Node>();
  for (const [key, value] of node.entries) (key.startsWith("x-") ? extensions : plain).set(key, value);
  return { plain, extensions: { kind: "map", entries: extensions, origins: node.origins } };
}

/** Any value as Go's `%v` prints it: `map[a:1 b:[x y]]`. */
export function printed(node: Node): string {
  switch (node.kind) {
    case "scalar":
      return scalarText(node as Parameters<typeof scalarText>[0]);
    case "seq":
      return `[${node.items.map(printed).join(" ")}]`;
    case "map":
      return `map[${[...node.entries]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${key}:${printed(value)}`)
        .join(" ")}]`;
  }
  return node satisfies never;
}
