import { type Place, problem, type Rewrite, rewrite } from "../canonical/rewrite.js";
import type { MapNode, Node } from "../tree/node.js";
import { patternOf } from "../tree/pattern.js";
import type { Report } from "../tree/problem.js";
import { isIpAddress } from "../values/ip.js";

type Check = (node: Node, place: Place) => void;

const CHECKS = patternOf<Rewrite>(
  (
    [
      ["volumes.*", externalAlone],
      ["configs.*", oneSource("file", "environment", "content")],
      ["secrets.*", oneSource("file", "environment")],
      ["services.*.ports.*", hostAddress],
      ["services.*.develop.watch.*.path", notBlank],
      ["services.*.deploy.resources.reservations.devices.*", countOrIds],
      ["services.*.gpus.*", countOrIds],
    ] satisfies [string, Check][]
  ).map(([path, check]): [string, Rewrite] => [
    path,
    (node, place) => {
      check(node, place);
      return node;
    },
  ]),
);

/** Checks what the schema cannot say. Values stay as they are. Source: compose-go, validation/. */
export function validateSemantics(model: MapNode, report: Report): void {
  rewrite(model, CHECKS, { path: [], report, warn: () => {} });
}

function refuse(message: string, node: Node, place: Place): void {
  place.report(problem("semantic", message, node, place.path));
}

function externalAlone(node: Node, place: Place): void {
  if (node.kind !== "map") return;
  const external = node.entries.get("external");
  if (external?.kind !== "scalar" || external.value !== true) return;
  for (const [key, value] of node.entries) {
    if (key === "name" || key === "external" || key.startsWith("x-")) continue;
    refuse(`is external and cannot have \`${key}\` as well`, value, place);
    return;
  }
}

function oneSource(...keys: readonly string[]): Check {
  const names = keys.map((key) => `\`${key}\``).join(", ");
  return (node, place) => {
    if (node.kind !== "map") return;
    const count = keys.filter((key) => node.entries.has(key)).length;
    if (count > 1) refuse(`can have only one of ${names}`, node, place);
    else if (count === 0 && !node.entries.has("driver") && !node.entries.has("external")) {
      refuse(`needs one of ${names}`, node, place);
    }
  };
}

function hostAddress(node: Node, place: Place): void {
  const address = node.kind === "map" ? node.entries.get("host_ip") : undefined;
  if (address?.kind === "scalar" && !isIpAddress(String(address.value))) {
    refuse(`is no IP address: ${JSON.stringify(String(address.value))}`, address, {
      ...place,
      path: [...place.path, "host_ip"],
    });
  }
}

function notBlank(node: Node, place: Place): void {
  if (node.kind === "scalar" && node.value === "") refuse("must not be blank", node, place);
}

function countOrIds(node: Node, place: Place): void {
  if (node.kind === "map" && node.entries.has("count") && node.entries.has("device_ids")) {
    refuse("can have only one of `count` and `device_ids`", node, place);
  }
}
