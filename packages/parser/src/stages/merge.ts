import type { Path } from "@compose-harden/model";
import { printed } from "../normalize/extensions.js";
import { isNull, joinOrigins, originOf, sameNode, textOf } from "../tree/edit.js";
import { derived, nothing, text } from "../tree/make.js";
import type { MapNode, Node, ScalarNode, SeqNode } from "../tree/node.js";
import { below, type Pattern, patternOf } from "../tree/pattern.js";
import type { Report } from "../tree/problem.js";
import { compareBytes } from "../values/unicode.js";

/**
 * How an attribute is merged where that differs from the general rule (mappings key by key, lists appended without
 * repeating, scalars replaced, null keeps what stands).
 */
export type MergeRule =
  /** The later value replaces the earlier, null included. */
  | "replace"
  /** `KEY=VALUE` entries by key, in either spelling. */
  | "key-values"
  /** A text or a mapping becomes a list, then lists are appended. */
  | "list"
  /** A list of names becomes a mapping, then mappings are merged. */
  | "names"
  /** As `names`, with the defaults of `depends_on`. */
  | "dependencies"
  /** A text is the build context. */
  | "build"
  /** Options are only merged under the same driver. */
  | "logging"
  /** Merged when both are mappings, else replaced. */
  | "ulimit"
  /** Address pools by subnet. */
  | "ipam";

const WORKLOAD: readonly (readonly [string, MergeRule])[] = [
  ["annotations", "key-values"],
  ["build", "build"],
  ["build.args", "key-values"],
  ["build.additional_contexts", "key-values"],
  ["build.extra_hosts", "list"],
  ["build.labels", "key-values"],
  ["command", "replace"],
  ["depends_on", "dependencies"],
  ["dns", "list"],
  ["dns_opt", "list"],
  ["dns_search", "list"],
  ["entrypoint", "replace"],
  ["env_file", "list"],
  ["label_file", "list"],
  ["environment", "key-values"],
  ["extra_hosts", "list"],
  ["healthcheck.test", "replace"],
  ["labels", "key-values"],
  ["volumes.*.volume.labels", "key-values"],
  ["logging", "logging"],
  ["models", "names"],
  ["networks", "names"],
  ["sysctls", "key-values"],
  ["tmpfs", "list"],
  ["ulimits.*", "ulimit"],
];

/** The merge table (compose-go `override/merge.go`). */
const MERGE_RULES: Pattern<MergeRule> = patternOf<MergeRule>([
  ["networks.*.ipam.config", "ipam"],
  ["networks.*.labels", "key-values"],
  ["volumes.*.labels", "key-values"],
  ["secrets.*.labels", "key-values"],
  ["configs.*.labels", "key-values"],
  ...["services", "jobs"].flatMap((kind) =>
    WORKLOAD.map(([path, rule]): readonly [string, MergeRule] => [`${kind}.*.${path}`, rule]),
  ),
  ["services.*.deploy.labels", "key-values"],
]);

/** Merges a model over another, which is changed; what cannot be merged is reported and the later value taken. */
export function mergeModels(base: MapNode, over: MapNode, report: Report): MapNode {
  mergeMaps(base, over, MERGE_RULES, [], report);
  return base;
}

/** Merges the value at a path over an earlier one. */
export function mergeAt(base: Node, over: Node, path: Path, report: Report): Node {
  let rules: Pattern<MergeRule> | undefined = MERGE_RULES;
  for (const step of path) rules = below(rules, String(step));
  return mergeNodes(base, over, rules, path, report);
}

function mergeNodes(base: Node, over: Node, rules: Pattern<MergeRule> | undefined, path: Path, report: Report): Node {
  if (rules?.value !== undefined) return mergeByRule(rules.value, base, over, rules, path, report);
  if (isNull(over)) return base;
  if (base.kind === "map") {
    if (over.kind !== "map") return mismatch(over, path, "a mapping", report);
    mergeMaps(base, over, rules, path, report);
    return base;
  }
  if (base.kind === "seq") {
    if (over.kind !== "seq") return mismatch(over, path, "a list", report);
    return append(base, over);
  }
  return over;
}

function mismatch(over: Node, path: Path, expected: string, report: Report): Node {
  const at = originOf(over)?.value;
  const message = `the earlier value is ${expected}, this one is not, so they cannot be merged`;
  report({ reason: "merge", message, path, ...(at === undefined ? {} : { at }) });
  return over;
}

function mergeMaps(
  base: MapNode,
  over: MapNode,
  rules: Pattern<MergeRule> | undefined,
  path: Path,
  report: Report,
): void {
  for (const [key, value] of over.entries) {
    const before = base.entries.get(key);
    if (before === undefined) base.entries.set(key, value);
    else base.entries.set(key, mergeNodes(before, value, below(rules, key), [...path, key], report));
  }
  base.origins = joinOrigins(base.origins, over.origins);
}

function append(base: SeqNode, over: SeqNode): SeqNode {
  const items = [...base.items];
  const known = new Set(items.map(identify));
  for (const item of over.items) {
    const identity = identify(item);
    if (known.has(identity)) continue;
    known.add(identity);
    items.push(item);
  }
  return { kind: "seq", items, origins: joinOrigins(base.origins, over.origins) };
}

/** A text that is equal for two nodes exactly when `sameNode` holds. */
function identify(node: Node): string {
  if (node.kind === "scalar") return `${node.tag}:${JSON.stringify(String(node.value))}`;
  if (node.kind === "seq") return `[${node.items.map(identify).join()}]`;
  const pairs = [...node.entries].map(([key, value]) => `${JSON.stringify(key)}${identify(value)}`);
  return `{${pairs.sort().join()}}`;
}

function mergeByRule(
  rule: MergeRule,
  base: Node,
  over: Node,
  rules: Pattern<MergeRule>,
  path: Path,
  report: Report,
): Node {
  switch (rule) {
    case "replace":
      return over;
    case "list":
      return append(toList(base), toList(over));
    case "key-values": {
      const all = toList(base).items.concat(toList(over).items);
      return { kind: "seq", items: uniqueBy(all, keyOfEntry), origins: joinOrigins(originsOf(base), originsOf(over)) };
    }
    case "names":
    case "dependencies":
    case "build": {
      const convert = rule === "build" ? toBuild : rule === "names" ? toNames : toDependencies;
      const before = convert(base);
      const after = convert(over);
      if (before === undefined || after === undefined) return mismatch(over, path, "of another kind", report);
      mergeMaps(before, after, rules, path, report);
      return before;
    }
    case "logging": {
      if (base.kind !== "map" || over.kind !== "map") return mismatch(over, path, "of another kind", report);
      const driver = base.entries.get("driver");
      const next = over.entries.get("driver");
      if (driver !== undefined && next !== undefined && !sameNode(driver, next)) return over;
      mergeMaps(base, over, rules, path, report);
      return base;
    }
    case "ulimit":
      if (base.kind !== "map" || over.kind !== "map") return over;
      mergeMaps(base, over, rules, path, report);
      return base;
    case "ipam":
      if (base.kind !== "seq" || over.kind !== "seq") return mismatch(over, path, "of another kind", report);
      return mergePools(base, over, rules, path, report);
    default:
      return rule satisfies never;
  }
}

function originsOf(node: Node): MapNode["origins"] {
  return node.kind === "scalar" ? (node.origin === undefined ? [] : [node.origin]) : node.origins;
}

/** A text becomes a list of one, a mapping a sorted list of `KEY=VALUE`; null and other scalars an empty one. */
function toList(node: Node): SeqNode {
  if (node.kind === "seq") return node;
  const origins = originsOf(node);
  if (node.kind === "scalar") return { kind: "seq", items: textOf(node) === undefined ? [] : [node], origins };
  const items: ScalarNode[] = [];
  for (const [key, value] of node.entries) {
    if (isNull(value)) items.push(text(key, derived(originOf(value))));
    else if (value.kind === "seq") for (const item of value.items) items.push(entryNode(key, item));
    else items.push(entryNode(key, value));
  }
  items.sort((a, b) => compareBytes(String(a.value), String(b.value)));
  return { kind: "seq", items, origins };
}

function entryNode(key: string, value: Node): ScalarNode {
  return text(`${key}=${printed(value)}`, derived(originOf(value)));
}

/** The entries with one per key: the last, at the place of the first. Entries without a key are all kept. */
export function uniqueBy(items: readonly Node[], keyOf: (item: Node) => string | undefined): Node[] {
  const places = new Map<string, number>();
  const out: Node[] = [];
  for (const item of items) {
    const key = keyOf(item);
    const place = key === undefined ? undefined : places.get(key);
    if (place !== undefined) out[place] = item;
    else {
      if (key !== undefined) places.set(key, out.length);
      out.push(item);
    }
  }
  return out;
}

/** The text before `=`. */
export function keyOfEntry(item: Node): string | undefined {
  const entry = textOf(item);
  if (entry === undefined) return undefined;
  const equals = entry.indexOf("=");
  return equals < 0 ? entry : entry.slice(0, equals);
}

function toBuild(node: Node): MapNode | undefined {
  if (node.kind === "map") return node;
  if (textOf(node) === undefined) return undefined;
  return { kind: "map", entries: new Map([["context", node]]), origins: originsOf(node) };
}

function toNames(node: Node): MapNode | undefined {
  return toMap(node, () => nothing(undefined));
}

function toDependencies(node: Node): MapNode | undefined {
  return toMap(node, (name) => ({
    kind: "map",
    entries: new Map<string, Node>([
      ["condition", text("service_started", undefined)],
      ["required", { kind: "scalar", tag: "bool", value: true, origin: undefined }],
    ]),
    origins: originsOf(name),
  }));
}

function toMap(node: Node, give: (name: Node) => Node): MapNode | undefined {
  if (node.kind === "map") return node;
  const names = isNull(node) ? [] : node.kind === "seq" ? node.items : [node];
  const entries = new Map<string, Node>();
  for (const name of names) {
    const key = textOf(name);
    if (key === undefined) return undefined;
    entries.set(key, give(name));
  }
  return { kind: "map", entries, origins: originsOf(node) };
}

/** Address pools pair up by subnet; the order of the outcome is compose-go's. */
function mergePools(base: SeqNode, over: SeqNode, rules: Pattern<MergeRule>, path: Path, report: Report): SeqNode {
  const pools: MapNode[] = [];
  const indexOf = (pool: MapNode): number => pools.findIndex((other) => sameSubnet(other, pool));
  for (const original of base.items) {
    const before = toNames(original);
    for (const item of over.items) {
      const after = toNames(item);
      if (before === undefined || after === undefined) {
        mismatch(item, path, "of another kind", report);
        continue;
      }
      if (!sameSubnet(before, after) && indexOf(after) < 0) {
        pools.push(after);
        continue;
      }
      mergeMaps(before, after, rules, path, report);
      const place = indexOf(before);
      if (place >= 0) pools[place] = before;
      else pools.push(before);
    }
  }
  return { kind: "seq", items: pools, origins: joinOrigins(base.origins, over.origins) };
}

function sameSubnet(a: MapNode, b: MapNode): boolean {
  const left = a.entries.get("subnet");
  const right = b.entries.get("subnet");
  if (left === undefined || right === undefined) return left === right;
  return sameNode(left, right);
}
