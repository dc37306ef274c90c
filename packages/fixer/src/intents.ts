import {
  type Intent,
  isList,
  isMap,
  type Json,
  type JsonMap,
  type KeyPath,
  type Patch,
  sameJson,
} from "@compose-harden/model";

/** JSON under construction. */
type Draft = null | boolean | number | string | Draft[] | { [key: string]: Draft };
type DraftMap = { [key: string]: Draft };

/**
 * The definition of the operations: what a project's data is after a list of intents, in order. Maps on the way are created;
 * a member that is already there is not added twice; a list that loses its last member goes, and so do settings that lose their
 * last entry, because the canonical form has neither empty. An operation whose target does not exist changes nothing.
 */
export function applyIntents(data: Json, intents: readonly Intent[]): Json {
  const result = clone(data);
  for (const intent of intents) applyOne(result, intent);
  return result;
}

/** What a patch says it changes, in the services that share a new secret too. */
export function intentsOf({ applied }: Pick<Patch, "applied">): readonly Intent[] {
  return applied.flatMap(({ finding, renewed = [] }) => [...(finding.fix?.intents ?? []), ...renewed]);
}

function applyOne(root: Draft, intent: Intent): void {
  const key = intent.path.at(-1);
  if (key === undefined) return;
  const creates = intent.op === "set" || intent.op === "add";
  const parent = mapAt(root, intent.path.slice(0, -1), creates);
  if (parent === undefined) return;
  const list = Object.hasOwn(parent, key) ? parent[key] : undefined;
  switch (intent.op) {
    case "set":
      parent[key] = clone(intent.value);
      return;
    case "unset":
      if (Object.hasOwn(parent, key) && isNetworkMode(intent.path)) joinDefault(root, parent);
      delete parent[key];
      if (Object.keys(parent).length === 0) dropEmpty(root, intent.path.slice(0, -1));
      return;
    case "add":
      if (Array.isArray(list) && list.some((item) => sameJson(item, intent.item))) return;
      parent[key] = [...(Array.isArray(list) ? list : []), clone(intent.item)];
      return;
    case "drop": {
      if (!Array.isArray(list)) return;
      const kept = list.filter((item) => !sameJson(item, intent.item));
      if (kept.length === 0) delete parent[key];
      else parent[key] = kept;
      return;
    }
    case "replace":
      if (!Array.isArray(list)) return;
      parent[key] = list.map((item) => (sameJson(item, intent.item) ? clone(intent.by) : item));
      return;
    default:
      intent satisfies never;
  }
}

/** Attributes that hold settings by names of the user's. */
const SETTINGS: ReadonlySet<string> = new Set(
  "annotations args driver_opts environment extra_hosts labels options storage_opt sysctls".split(" "),
);

function dropEmpty(root: Draft, path: KeyPath): void {
  const key = path.at(-1);
  const parent = mapAt(root, path.slice(0, -1), false);
  if (path.length > 2 && key !== undefined && SETTINGS.has(key) && parent !== undefined) delete parent[key];
}

function isNetworkMode([section, , key, ...below]: KeyPath): boolean {
  return section === "services" && key === "network_mode" && below.length === 0;
}

/** A service that names no network is on the project's default one, which Docker then prints. */
function joinDefault(root: Draft, service: DraftMap): void {
  if (!isDraftMap(root) || service.networks !== undefined) return;
  service.networks = { default: null };
  const networks = isDraftMap(root.networks ?? null) ? (root.networks as DraftMap) : {};
  if (!Object.hasOwn(networks, "default")) networks.default = { name: `${String(root.name)}_default`, ipam: {} };
  root.networks = networks;
}

function mapAt(root: Draft, path: KeyPath, create: boolean): DraftMap | undefined {
  let here = root;
  for (const [depth, step] of path.entries()) {
    if (!isDraftMap(here)) return undefined;
    let next: Draft | undefined = Object.hasOwn(here, step) ? here[step] : undefined;
    if (next === undefined || next === null) {
      if (!create) return undefined;
      next = isDeploy(path, depth) ? { resources: {}, placement: {} } : {};
      here[step] = next;
    }
    here = next;
  }
  return isDraftMap(here) ? here : undefined;
}

function clone(value: Json): Draft {
  if (isList(value)) return value.map(clone);
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, clone(item)]));
  return value as Draft;
}

function isDraftMap(value: Draft): value is DraftMap {
  return isMap(value as Json);
}

/** Docker prints `resources` and `placement` of every `deploy` block, written or not. */
function isDeploy(path: KeyPath, depth: number): boolean {
  return depth === 2 && path[0] === "services" && path[2] === "deploy";
}

/** A place in data. */
export type Place = readonly (string | number)[];

/** Enough differences to see what is wrong. */
const MOST = 100;

/**
 * Where two data trees differ, as paths; empty when they agree. Members that an intent adds or writes may stand anywhere in
 * their list, since a definition shared by several services decides their place; all else keeps its order. Top-level `x-…`
 * attributes are left out: they hold the shared definitions and mean nothing to Docker by themselves.
 */
export function differences(expected: Json, actual: Json, intents: readonly Intent[]): readonly Place[] {
  const free = new Map<string, Json[]>();
  for (const intent of intents) {
    if (intent.op !== "add" && intent.op !== "replace") continue;
    const key = JSON.stringify(intent.path);
    free.set(key, [...(free.get(key) ?? []), intent.op === "add" ? intent.item : intent.by]);
  }
  const found: Place[] = [];
  differ(expected, actual, [], free, found);
  return found;
}

function differ(
  a: Json | undefined,
  b: Json | undefined,
  path: Place,
  free: ReadonlyMap<string, readonly Json[]>,
  found: Place[],
): void {
  if (a === b || found.length >= MOST) return;
  if (isList(a) && isList(b)) {
    const moved = free.get(JSON.stringify(path));
    const [left, right] = moved === undefined ? [a, b] : [settle(a, moved), settle(b, moved)];
    if (left.length !== right.length) found.push(path);
    else for (const [i, item] of left.entries()) differ(item, right[i], [...path, i], free, found);
  } else if (a === undefined || b === undefined || !isMap(a) || !isMap(b)) found.push(path);
  else
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      if (path.length === 0 && key.startsWith("x-")) continue;
      differ(own(a, key), own(b, key), [...path, key], free, found);
    }
}

function own(map: JsonMap, key: string): Json | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** The list with the movable members at its end, in one order. */
function settle(list: readonly Json[], moved: readonly Json[]): readonly Json[] {
  const isMoved = (item: Json) => moved.some((other) => sameJson(item, other));
  const text = (item: Json) => JSON.stringify(sortKeys(item));
  return [
    ...list.filter((item) => !isMoved(item)),
    ...list.filter(isMoved).sort((x, y) => (text(x) < text(y) ? -1 : 1)),
  ];
}

function sortKeys(value: Json): Json {
  if (isList(value)) return value.map(sortKeys);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([x], [y]) => (x < y ? -1 : 1))
      .map(([key, item]) => [key, sortKeys(item)]),
  );
}
