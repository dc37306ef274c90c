import { originOf } from "../tree/edit.js";
import { bool, derived, text } from "../tree/make.js";
import type { MapNode, Node } from "../tree/node.js";
import { patternOf } from "../tree/pattern.js";
import { type Rewrite, rewrite } from "./rewrite.js";

const DEFAULTS = patternOf<Rewrite>([
  ...["services", "jobs"].flatMap((section): [string, Rewrite][] => [
    [`${section}.*.build`, missing(["context", "."])],
    [`${section}.*.secrets.*`, secretTarget],
    [`${section}.*.ports.*`, missing(["protocol", "tcp"], ["mode", "ingress"])],
    [`${section}.*.gpus.*`, deviceCount],
    [`${section}.*.volumes.*.bind`, createHostPath],
  ]),
  ["services.*.deploy.resources.reservations.devices.*", deviceCount],
]);

/** Fills in what Compose assumes where nothing is written. Values set here have no origin. Source: compose-go, transform/defaults.go. */
export function setDefaults(model: MapNode): void {
  rewrite(model, DEFAULTS, { path: [], report: () => {}, warn: () => {} });
}

function missing(...defaults: readonly (readonly [key: string, value: string])[]): Rewrite {
  return (node) => {
    if (node.kind !== "map") return node;
    for (const [key, value] of defaults) if (!node.entries.has(key)) node.entries.set(key, text(value, undefined));
    return node;
  };
}

function secretTarget(node: Node): Node {
  if (node.kind !== "map" || node.entries.has("target")) return node;
  const source = node.entries.get("source");
  const name = source?.kind === "scalar" ? String(source.value) : "<nil>";
  node.entries.set("target", text(`/run/secrets/${name}`, source && derived(originOf(source))));
  return node;
}

function deviceCount(node: Node): Node {
  if (node.kind === "map" && !node.entries.has("count") && !node.entries.has("device_ids")) {
    node.entries.set("count", text("all", undefined));
  }
  return node;
}

function createHostPath(node: Node): Node {
  if (node.kind === "map" && !node.entries.has("create_host_path")) {
    node.entries.set("create_host_path", bool(true, undefined));
  }
  return node;
}
