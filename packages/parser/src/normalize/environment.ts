import { derived, nothing, text } from "../tree/make.js";
import type { MapNode, Node } from "../tree/node.js";
import type { Lookup } from "../values/decoded.js";

/**
 * Gives the bare names of `environment` lists their value from the project's environment. Source: compose-go,
 * loader/environment.go.
 */
export function resolveEnvironment(model: MapNode, lookup: Lookup): void {
  for (const section of ["services", "jobs"]) {
    const containers = model.entries.get(section);
    if (containers?.kind !== "map") continue;
    for (const container of containers.entries.values()) {
      const environment = container.kind === "map" ? container.entries.get("environment") : undefined;
      if (environment?.kind !== "seq") continue;
      environment.items = environment.items
        .filter((item) => item.kind === "scalar" && item.tag === "str")
        .map((item) => withValue(item, lookup));
    }
  }
}

function withValue(item: Node, lookup: Lookup): Node {
  if (item.kind !== "scalar") return item;
  const name = String(item.value);
  const value = lookup(name);
  return value === undefined ? item : text(`${name}=${value}`, derived(item.origin));
}

/** Fills names without a value; `keep` says whether a name that nothing defines stays. */
export function fillFromEnvironment(node: Node, lookup: Lookup, keep: boolean): Node {
  if (node.kind === "seq") {
    node.items = node.items.flatMap((item) => {
      if (item.kind !== "scalar" || item.tag !== "str" || String(item.value).includes("=")) return [item];
      const filled = withValue(item, lookup);
      return filled === item && !keep ? [] : [filled];
    });
    return node;
  }
  if (node.kind !== "map") return node;
  for (const [name, value] of node.entries) {
    if (value.kind !== "scalar" || value.value !== null) continue;
    const found = lookup(name);
    if (found !== undefined) node.entries.set(name, text(found, derived(value.origin)));
    else if (keep) node.entries.set(name, nothing(value.origin));
    else node.entries.delete(name);
  }
  return node;
}
