import { bool, derived, map, text } from "../tree/make.js";
import type { Node } from "../tree/node.js";
import { type Place, refused } from "./rewrite.js";

/** `[db]` → `{db: {condition: service_started, required: true}}`; the long form is completed. */
export function dependsOn(node: Node, place: Place): Node | undefined {
  if (node.kind === "map") {
    for (const [name, dependency] of node.entries) {
      if (dependency.kind !== "map") {
        refused("must be a mapping", dependency, { ...place, path: [...place.path, name] });
        node.entries.delete(name);
        continue;
      }
      if (!dependency.entries.has("condition")) dependency.entries.set("condition", text("service_started", undefined));
      if (!dependency.entries.has("required")) dependency.entries.set("required", bool(true, undefined));
    }
    return node;
  }
  if (node.kind === "scalar") return refused("must be a list or a mapping", node, place);
  return map(
    node.items.map((item): [string, Node | undefined] => {
      if (item.kind !== "scalar") return ["", undefined];
      const entry = map(
        [
          ["condition", text("service_started", undefined)],
          ["required", bool(true, undefined)],
        ],
        derived(item.origin),
      );
      return [String(item.value), entry];
    }),
    node.origins,
  );
}
