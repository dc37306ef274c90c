import type { Json } from "@compose-harden/model";
import type { MapNode, Node, ScalarNode } from "../tree/node.js";
import { timestampJson } from "../values/timestamp.js";

/**
 * A decoded model as plain data: what `docker compose config --format json` prints of it. `x-…` attributes below the top
 * level and the top-level `models` are only printed as YAML; `everything` keeps them.
 */
export function dataOf(model: MapNode, everything = false): { readonly [key: string]: Json } {
  const data: Record<string, Json> = {};
  for (const [key, node] of model.entries) {
    if (key === "models" && !everything) continue;
    define(data, key, key.startsWith("x-") ? plainData(node, true) : section(key, node, everything));
  }
  return data;
}

/** Sections whose keys are the user's, so that `x-…` there is a name. */
const NAMED: ReadonlySet<string> = new Set(["services", "networks", "volumes", "secrets", "configs"]);

function section(key: string, node: Node, everything: boolean): Json {
  if (node.kind !== "map" || !NAMED.has(key)) return plainData(node, everything);
  const data: Record<string, Json> = {};
  for (const [name, resource] of node.entries) {
    define(data, name, key === "services" ? service(resource, everything) : plainData(resource, everything));
  }
  return data;
}

function service(node: Node, everything: boolean): Json {
  if (node.kind !== "map") return plainData(node, everything);
  const data: Record<string, Json> = {};
  for (const [key, value] of node.entries) {
    if (key === "depends_on" && value.kind === "map") {
      const dependencies: Record<string, Json> = {};
      for (const [name, dependency] of value.entries) define(dependencies, name, plainData(dependency, everything));
      data[key] = dependencies;
    } else if (everything || !key.startsWith("x-")) define(data, key, plainData(value, everything));
  }
  return data;
}

/** Any node as plain data; `x-…` keys at any depth are left out unless `everything` is wanted. */
export function plainData(node: Node, everything = false): Json {
  switch (node.kind) {
    case "scalar":
      return scalarData(node);
    case "seq":
      return node.items.map((item) => plainData(item, everything));
    case "map": {
      const data: Record<string, Json> = {};
      for (const [key, value] of node.entries) {
        if (everything || !key.startsWith("x-")) define(data, key, plainData(value, everything));
      }
      return data;
    }
  }
  return node satisfies never;
}

/** Sets a key that may be `__proto__`. */
function define(data: Record<string, Json>, key: string, value: Json): void {
  if (key === "__proto__")
    Object.defineProperty(data, key, { value, enumerable: true, writable: true, configurable: true });
  else data[key] = value;
}

/**
 * A big integer loses digits here, as it does in any reader of JSON; a number that JSON cannot say becomes null. Dates are left as
 * such in `x-…` only.
 */
function scalarData({ tag, value }: ScalarNode): Json {
  if (tag === "timestamp" && typeof value === "string") return timestampJson(value);
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" && !Number.isFinite(value) ? null : value;
}
