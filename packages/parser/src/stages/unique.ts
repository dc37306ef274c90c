import { formatPath, type Path } from "@compose-harden/model";
import { isNull, originOf, textOf } from "../tree/edit.js";
import type { MapNode, Node, ScalarNode, SeqNode } from "../tree/node.js";
import { below, type Pattern, patternOf } from "../tree/pattern.js";
import type { Report } from "../tree/problem.js";
import { parseVolume } from "../values/volume.js";
import { keyOfEntry, uniqueBy } from "./merge.js";

/** What makes two entries of a list the same; undefined for an entry that equals no other. */
type KeyOf = (item: Node) => string | undefined;

const KEYS: Pattern<KeyOf> = patternOf<KeyOf>([
  ["networks.*.labels", keyOfEntry],
  ["networks.*.ipam.options", keyOfEntry],
  ...[
    "annotations",
    "build.args",
    "build.additional_contexts",
    "build.platform",
    "build.tags",
    "build.labels",
    "cap_add",
    "cap_drop",
    "deploy.labels",
    "dns",
    "dns_opt",
    "dns_search",
    "environment",
    "labels",
    "links",
    "networks.*.aliases",
    "networks.*.link_local_ips",
    "profiles",
    "sysctls",
    "tmpfs",
  ].map((path): readonly [string, KeyOf] => [`services.*.${path}`, keyOfEntry]),
  ["services.*.configs", (item) => mountKey(item, "")],
  ["services.*.secrets", (item) => mountKey(item, "/run/secrets")],
  ["services.*.devices", deviceKey],
  ["services.*.env_file", (item) => textOf(item) ?? fieldOf(item, "path")],
  ["services.*.expose", exposeKey],
  ["services.*.ports", portKey],
  ["services.*.volumes", volumeKey],
]);

/** Attributes whose entries are told apart by their `target`, which long syntax must therefore give. */
const TARGETED: ReadonlySet<KeyOf> = new Set([portKey, volumeKey, deviceKey]);

/**
 * Keeps one of the entries that mean the same: the last, at the place of the first. Entries that cannot be told apart are
 * reported and dropped (compose-go `override/uncity.go`).
 */
export function enforceUnique(model: MapNode, report: Report): void {
  walk(model, KEYS, [], report);
}

function walk(node: Node, keys: Pattern<KeyOf>, path: Path, report: Report): void {
  if (node.kind === "map") {
    if (keys.children.size === 0) return;
    for (const [key, value] of node.entries) {
      const next = below(keys, key);
      if (next !== undefined) walk(value, next, [...path, key], report);
    }
  } else if (node.kind === "seq" && keys.value !== undefined) {
    dropUnknown(node, keys.value, path, report);
    if (node.items.length > 1) node.items = uniqueBy(node.items, keys.value);
  }
}

function dropUnknown(list: SeqNode, keyOf: KeyOf, path: Path, report: Report): void {
  const lost = new Set<Node>();
  for (const [i, item] of list.items.entries()) {
    const lack = lackOf(item, keyOf);
    if (lack === undefined) continue;
    lost.add(item);
    const at = originOf(item)?.value;
    const message = `\`${formatPath([...path, i])}\` ${lack}`;
    report({ reason: "merge", message, path: [...path, i], ...(at === undefined ? {} : { at }) });
  }
  if (lost.size > 0) list.items = list.items.filter((item) => !lost.has(item));
}

/** Why an entry cannot be told from others; undefined when it can. */
function lackOf(item: Node, keyOf: KeyOf): string | undefined {
  if (TARGETED.has(keyOf)) {
    return item.kind === "map" && !isTarget(item.entries.get("target")) ? "needs a `target`" : undefined;
  }
  if (keyOf === exposeKey) return exposeKey(item) === undefined ? "must be a port" : undefined;
  return keyOf === keyOfEntry && textOf(item) === undefined ? "must be a text" : undefined;
}

function isTarget(node: Node | undefined): boolean {
  return node !== undefined && !isNull(node) && !(node.kind === "scalar" && node.value === 0);
}

function fieldOf(item: Node, key: string): string | undefined {
  return item.kind === "map" ? textOf(item.entries.get(key)) : undefined;
}

/** A scalar with its type: Compose does not take `8080` for `"8080"` here. */
function typed(node: Node | undefined, absent: string): string {
  if (node === undefined) return absent;
  if (node.kind !== "scalar") return "?";
  return node.tag === "str" ? String(node.value) : `${node.tag}=${String((node as ScalarNode).value)}`;
}

function portKey(item: Node): string | undefined {
  if (item.kind === "scalar") return item.tag === "str" || item.tag === "int" ? String(item.value) : undefined;
  if (item.kind !== "map" || !item.entries.has("target")) return undefined;
  const { entries } = item;
  const host = typed(entries.get("host_ip"), "0.0.0.0");
  const protocol = typed(entries.get("protocol"), "tcp");
  return `${host}:${typed(entries.get("published"), "null=")}:${typed(entries.get("target"), "")}/${protocol}`;
}

function volumeKey(item: Node): string | undefined {
  const text = textOf(item);
  if (text === undefined) return fieldOf(item, "target");
  const volume = parseVolume(text);
  return volume.ok ? (volume.value.mount.target ?? "") : undefined;
}

function deviceKey(item: Node): string | undefined {
  const text = textOf(item);
  if (text === undefined) return fieldOf(item, "target");
  const [source, target] = text.split(":");
  return target ?? source;
}

function exposeKey(item: Node): string | undefined {
  return item.kind === "scalar" && (item.tag === "str" || item.tag === "int") ? String(item.value) : undefined;
}

function mountKey(item: Node, directory: string): string | undefined {
  const text = textOf(item);
  if (text !== undefined) return `${directory}/${text}`;
  if (item.kind !== "map") return undefined;
  const target = item.entries.get("target");
  return target === undefined ? `${directory}/${typed(item.entries.get("source"), "")}` : textOf(target);
}
