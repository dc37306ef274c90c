import type { Json } from "@compose-harden/model";
import type { Node } from "./node.js";

/** The plain data of a tree. */
export function toJson(node: Node): Json {
  switch (node.kind) {
    case "scalar":
      return typeof node.value === "bigint" ? Number(node.value) : node.value;
    case "seq":
      return node.items.map(toJson);
    case "map": {
      const out: Record<string, Json> = {};
      for (const [key, value] of node.entries) {
        // A key of that name must not reach the prototype.
        if (key === "__proto__") Object.defineProperty(out, key, { value: toJson(value), enumerable: true });
        else out[key] = toJson(value);
      }
      return out;
    }
    default:
      return node satisfies never;
  }
}
