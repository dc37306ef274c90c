import { type Intent, isList, type KeyPath, type Origin, type Refusal, sameJson, valueAt } from "@compose-harden/model";
import type { SyntaxNode } from "@compose-harden/parser";
import type { Renewal } from "../secrets/renew.js";
import { type Draft, draftOf, type ListDraft } from "../write/draft.js";
import { childAt, children, keyText, type Placed } from "../write/nodes.js";
import type { Write } from "../write/write.js";
import { type Leaf, writeBelow } from "./below.js";
import { type ItemChange, itemChanges } from "./item.js";
import { type Ground, indexOfMember } from "./project.js";

/** One way to bring an intent about. */
export interface Placement {
  readonly kind: "placement";
  readonly writes: readonly Write[];
  /** True when the text is used more than once, and all its users asked for the change. */
  readonly shared: boolean;
  /** Variables that the env file is to define. */
  readonly variables?: readonly (readonly [name: string, value: string])[];
  /** A secret of the data that becomes another. */
  readonly renewal?: Renewal;
}

/** Why a place was not taken. */
export interface Reason {
  readonly kind: "reason";
  readonly refusal: Refusal;
  readonly detail: string;
}

/** Where there is nothing left to change. */
export const takenAway: Reason = { kind: "reason", refusal: "conflict", detail: "another fix takes the value away" };

/** The ways to bring an intent about, the one a careful person would choose first, and why other places were not taken. */
export interface Choice {
  readonly placements: readonly Placement[];
  readonly reasons: readonly Reason[];
}

type Found = Iterable<Placement | Reason>;

/** Finds where an intent can be written. */
export function choose(intent: Intent, ground: Ground): Choice {
  const found = [...placesFor(intent, ground)];
  return {
    placements: found.filter((place) => place.kind === "placement"),
    reasons: found.filter((place) => place.kind === "reason"),
  };
}

function placesFor(intent: Intent, ground: Ground): Found {
  if (intent.path[0] !== "services" || intent.path.length < 3) return inDocuments(intent, ground);
  if (holds(intent, ground)) return [{ kind: "placement", writes: [], shared: false }];
  if (intent.op === "replace" || intent.op === "drop") return changeMember(intent, ground);
  return intent.op === "add" ? addMember(intent, ground) : changeValue(intent, ground);
}

/** True when the project is already as the intent asks. */
function holds(intent: Intent, { data }: Ground): boolean {
  const value = valueAt(data, intent.path);
  switch (intent.op) {
    case "set":
      return sameJson(value, intent.value);
    case "unset":
      return value === undefined;
    case "add":
      return isList(value) && value.some((item) => sameJson(item, intent.item));
    case "drop":
    case "replace":
      return !isList(value) || !value.some((item) => sameJson(item, intent.item));
    default:
      return intent satisfies never;
  }
}

/** True when a service loses nothing by what an intent asks for another: it wants the same, or has it already. */
function agrees(intent: Intent, service: string, ground: Ground): boolean {
  if (ground.wanted(intent, service)) return true;
  const [section = "", , ...below] = intent.path;
  return holds({ ...intent, path: [section, service, ...below] }, ground);
}

/** Changes a member where it is written, or in a copy of the list when the list is not this service's alone. */
function* changeMember(intent: Extract<Intent, { op: "replace" | "drop" }>, ground: Ground): Found {
  const [, service = "", ...below] = intent.path;
  const index = indexOfMember(ground.data, intent.path, intent.item);
  const origin = index === undefined ? undefined : ground.project.originsOf([...intent.path, index]).at(-1);
  const at = origin && ground.node(origin);
  if (origin === undefined || at === undefined) {
    yield reason("unsupported-syntax", "the list member stands nowhere as such");
    return;
  }
  const changes = changesOf(intent, at);
  if (changes.length === 0) {
    yield at.node.kind === "scalar" && at.node.text.includes("$")
      ? reason("interpolated", `\`${at.node.text}\` takes this part from a variable`)
      : reason("unsupported-syntax", "the member's form offers no place for the change");
    return;
  }
  const same = twins(intent.path, at, ground);
  const alike = intent.path.at(-1) === "ports" ? twinPorts(intent.path, at, ground) : same;
  // Without what it stands for an alias would lead nowhere.
  const isAliased = origin.via.some(({ kind }) => kind === "alias") && at.holders.at(-1)?.kind !== "item";
  if (intent.op === "replace" || !isAliased) yield* inPlace(intent, [at, ...same], changes.length, ground);
  if (alike.length > same.length) yield* inPlace(intent, [at, ...alike], changes.length, ground);
  if (!origin.via.some(({ kind }) => kind === "alias" || kind === "merge-key" || kind === "extends")) return;
  for (const change of changes) {
    const members: Leaf = { kind: "members", added: [], changed: new Map([[at.node, change]]) };
    if (!origin.via.some(({ kind }) => kind === "extends")) yield* atSites(ground, service, below, members);
    yield* atSites(ground, service, below, wholeList(ground, intent.path, at.node, change));
  }
}

/** Changes a member where it stands, and where it stands again. */
function* inPlace(
  intent: Extract<Intent, { op: "replace" | "drop" }>,
  places: readonly Placed[],
  levels: number,
  ground: Ground,
): Found {
  const [, service = "", ...below] = intent.path;
  // A list written as one scalar is its own member.
  const users = places
    .flatMap((place) => ground.users(place, below))
    .filter(({ index: member }) => member !== undefined);
  const agreed = users.every((user) => {
    const path = ["services", user.service, ...below, user.index ?? ""];
    const item = valueAt(ground.data, path);
    return item !== undefined && ground.wanted(intent, user.service, item);
  });
  const outside = places.find((place) => !ground.writable(place.tree.file));
  const names = users.map((user) => user.service);
  if (outside !== undefined) yield reason("unwritable-file", `\`${outside.tree.file}\` is outside the project`);
  else if (!agreed) yield reason("shared-definition", sharedBy(names, service));
  else
    for (let level = 0; level < levels; level++) {
      const writes = places.flatMap((place): readonly Write[] => {
        const own = changesOf(intent, place);
        const change = own[Math.min(level, own.length - 1)];
        return change?.inPlace ?? [{ kind: "remove", at: place }];
      });
      yield { kind: "placement", writes, shared: users.length > 1 };
    }
}

/** The ways to change a member; undefined drops it. */
function changesOf(
  intent: Extract<Intent, { op: "replace" | "drop" }>,
  at: Placed,
): readonly (ItemChange | undefined)[] {
  return intent.op === "drop" ? [undefined] : itemChanges(at, intent);
}

/** The same text in other lists that are merged into one: Docker keeps one of them, and would keep the other if this one changed. */
function twins(path: KeyPath, at: Placed, ground: Ground): readonly Placed[] {
  const said = saidBy(at, ground);
  return ground.project.originsOf(path).flatMap((origin) => {
    const list = ground.node(origin);
    const items = list === undefined ? [] : children(list);
    return items.filter((other) => other.node !== at.node && said !== undefined && saidBy(other, ground) === said);
  });
}

/** Ports of the same number in the container, in other lists: a variable may make them equal. */
function twinPorts(path: KeyPath, at: Placed, ground: Ground): readonly Placed[] {
  const target = targetOf(at);
  return ground.project.originsOf(path).flatMap((origin) => {
    const list = ground.node(origin);
    const items = list === undefined ? [] : children(list);
    return items.filter((other) => other.node !== at.node && target !== undefined && targetOf(other) === target);
  });
}

function targetOf(at: Placed): string | undefined {
  const target = at.node.kind === "map" ? childAt(at, "target")?.node : at.node;
  return target?.kind === "scalar" ? target.text.split(":").at(-1) : undefined;
}

function saidBy(at: Placed, ground: Ground): string | undefined {
  const copy = at.node.kind === "scalar" ? at.node.text : ground.copy(at);
  return copy === undefined
    ? undefined
    : JSON.stringify(copy, (_key, item) => (item instanceof Map ? [...item] : item));
}

/** The list in force, written out once more with `!override`, so that nothing is merged into it. */
function wholeList(ground: Ground, path: KeyPath, node: SyntaxNode, change: ItemChange | undefined): Leaf {
  return { kind: "set", draft: overridingList(ground, path, new Map([[node, change?.copy]])) };
}

/** A list with `!override` that repeats all members in force as they are written, some of them changed. */
export function overridingList(
  ground: Ground,
  path: KeyPath,
  changes: ReadonlyMap<SyntaxNode, Draft | undefined>,
  added: readonly Draft[] = [],
): ListDraft {
  const value = valueAt(ground.data, path);
  const nodes = new Map<SyntaxNode, Draft>();
  const loose: Draft[] = [];
  for (const [index, item] of (isList(value) ? value : []).entries()) {
    const origin = ground.project.originsOf([...path, index]).at(-1);
    const at = origin && ground.node(origin);
    const copy = at && ground.copy(at);
    if (at === undefined || copy === undefined) loose.push(draftOf(item));
    else nodes.set(at.node, copy);
  }
  const copied = [...nodes.values(), ...loose];
  const changed = new Map([...changes].map(([node, draft]) => [[...nodes.keys()].indexOf(node), draft]));
  return { kind: "list", tag: "!override", copied, changed, added };
}

/** Adds to the service's own list, to a shared one that all its users want longer, or starts a list of its own. */
function* addMember(intent: Extract<Intent, { op: "add" }>, ground: Ground): Found {
  const [, service = "", ...below] = intent.path;
  const leaf: Leaf = { kind: "members", added: [draftOf(intent.written ?? intent.item)], changed: new Map() };
  const lists = ground.project.originsOf(intent.path);
  if (lists.length === 0) {
    yield* newKey(intent, ground, leaf);
    return;
  }
  const inherited = lists.filter(isInherited);
  const own = lists.filter((origin) => !isInherited(origin));
  yield* atDefinitions(ground, intent, inherited.toReversed(), leaf, true);
  yield* atDefinitions(ground, intent, own, leaf, false);
  if (own.length === 0) yield* atSites(ground, service, below, leaf);
}

/** Sets or removes a value where it is written, for all who share it, or by a key of the service's own. */
function* changeValue(intent: Extract<Intent, { op: "set" | "unset" }>, ground: Ground): Found {
  const [, service = "", ...below] = intent.path;
  const leaf: Leaf =
    intent.op === "unset" ? { kind: "unset" } : { kind: "set", draft: draftOf(intent.written ?? intent.value) };
  if (intent.op === "unset") yield* everywhere(ground, intent);
  const origin = ground.project.originsOf(intent.path).at(-1);
  if (origin === undefined || origin.derived) {
    yield* newKey(intent, ground, leaf);
    return;
  }
  yield* atDefinitions(ground, intent, [origin], leaf, false);
  if (isInherited(origin)) yield* atSites(ground, service, below, leaf);
}

/** Removes a key from every mapping of the service's own that writes it: what is left of it would count again. */
function* everywhere(ground: Ground, intent: Intent): Found {
  const [, service = "", ...below] = intent.path;
  const found = ground.sites(service).flatMap((site) => pathBelow(site, below) ?? []);
  if (found.length < 2) return;
  const alone = found.every((at) => ground.users(at, below).every((user) => ground.wanted(intent, user.service)));
  if (alone && found.every(({ tree }) => ground.writable(tree.file)))
    yield { kind: "placement", writes: found.map((at): Write => ({ kind: "remove", at })), shared: false };
}

function pathBelow(at: Placed, path: KeyPath): Placed | undefined {
  return path.reduce<Placed | undefined>((here, key) => here && childAt(here, key), at);
}

/** Changes values that exist, where all who use them want it. */
function* atDefinitions(
  ground: Ground,
  intent: Intent,
  origins: readonly Origin[],
  leaf: Leaf,
  onlyShared: boolean,
): Found {
  const [, service = "", ...below] = intent.path;
  for (const origin of origins) {
    const at = ground.node(origin);
    if (at === undefined) continue;
    const users = ground.users(at, below).map((user) => user.service);
    if (!users.every((user) => agrees(intent, user, ground)))
      yield reason("shared-definition", sharedBy(users, service));
    else if (!ground.writable(origin.value.file))
      yield reason("unwritable-file", `\`${origin.value.file}\` is outside the project`);
    else if (!onlyShared || users.length > 1 || origin.via.some(({ kind }) => kind === "alias" || kind === "merge-key"))
      yield* placed(writeBelow(at, [], leaf), users.length > 1);
  }
}

/** A key that is nowhere yet: in a mapping shared by services that all want it, else in the service's own, as where it waits empty. */
function* newKey(intent: Intent, ground: Ground, leaf: Leaf): Found {
  const [, service = "", ...below] = intent.path;
  const waiting = ground.sites(service).filter((site) => pathBelow(site, below) !== undefined);
  const block = waiting.length > 0 ? undefined : sharedBlock(intent, ground);
  if (block !== undefined) yield* placed(writeBelow(block, below, leaf), true);
  for (const site of waiting) if (ground.writable(site.tree.file)) yield* placed(writeBelow(site, below, leaf), false);
  yield* atSites(ground, service, below, leaf);
}

/** The mapping that most services have in common, all of which want the same key; a fragment of one key is no home for it. */
function sharedBlock(intent: Intent, ground: Ground): Placed | undefined {
  const blocks = ground.blocks(intent.path[1] ?? "");
  let best: Placed | undefined;
  let most = 1;
  for (const origin of blocks) {
    const at = ground.node(origin);
    if (at?.node.kind !== "map" || isFragment(at) || !ground.writable(origin.value.file)) continue;
    const users = ground.blockUsers(at);
    const wanting = users.filter((user) => ground.wanted(intent, user));
    if (wanting.length <= most || !users.every((user) => agrees(intent, user, ground))) continue;
    // A list of a service's own replaces one that comes by `<<`; by `extends` it adds to it.
    const isReplaced = origin.via.every(({ kind }) => kind !== "extends");
    if (intent.op === "add" && isReplaced && !ground.addsAlike(intent.path, wanting)) continue;
    best = at;
    most = wanting.length;
  }
  return best;
}

/** True for a mapping of one key that is no service of its own: it is named for that key. */
function isFragment({ node, holders: [section, ...below] }: Placed): boolean {
  if (node.kind !== "map" || node.pairs.length > 1) return false;
  return !(section?.kind === "pair" && keyText(section.pair) === "services" && below.length === 1);
}

/** In the service's own mappings: the first that writes it, then the others. */
function* atSites(ground: Ground, service: string, below: KeyPath, leaf: Leaf): Found {
  const sites = ground.sites(service);
  if (sites.length === 0) yield reason("unsupported-syntax", `\`${service}\` has no mapping of its own`);
  for (const site of sites) {
    if (ground.writable(site.tree.file)) yield* placed(writeBelow(site, below, leaf), false);
    else yield reason("unwritable-file", `\`${site.tree.file}\` is outside the project`);
  }
}

/** Outside services: in the documents that write the place already, else in the first. */
function* inDocuments(intent: Intent, ground: Ground): Found {
  const roots = ground.roots();
  const key = intent.path[0] ?? "";
  const writing = roots.filter(
    ({ node }) => node.kind === "map" && node.pairs.some((pair) => pair.key.kind === "scalar" && pair.key.text === key),
  );
  const leaf: Leaf =
    intent.op === "unset"
      ? { kind: "unset" }
      : intent.op === "set"
        ? { kind: "set", draft: draftOf(intent.written ?? intent.value) }
        : {
            kind: "members",
            added: intent.op === "add" ? [draftOf(intent.written ?? intent.item)] : [],
            changed: new Map(),
          };
  if (intent.op === "drop" || intent.op === "replace") {
    yield reason("unsupported-syntax", "list members are changed in services only");
    return;
  }
  const places = writing.length > 0 ? writing : roots.slice(0, 1);
  const writable = places.filter(({ tree }) => ground.writable(tree.file));
  if (writable.length === 0) yield reason("unwritable-file", "the file is outside the project");
  if (intent.op !== "unset") {
    for (const root of writable) yield* placed(writeBelow(root, intent.path, leaf), false);
    return;
  }
  const all = writable.map((root) => writeBelow(root, intent.path, leaf));
  yield* placed(
    all.flatMap((writes) => ("refusal" in writes ? [] : writes)),
    false,
  );
}

function* placed(writes: ReturnType<typeof writeBelow>, shared: boolean): Found {
  if ("refusal" in writes) yield reason(writes.refusal, writes.detail);
  else yield { kind: "placement", writes, shared };
}

function reason(refusal: Refusal, detail: string): Reason {
  return { kind: "reason", refusal, detail };
}

/** True when a value came by an alias, `<<` or `extends`: then it stands in somebody's definition. */
function isInherited({ via }: Origin): boolean {
  return via.some(({ kind }) => kind === "alias" || kind === "merge-key" || kind === "extends");
}

function sharedBy(users: readonly string[], service: string): string {
  const others = [...new Set(users)].filter((user) => user !== service).map((user) => `\`${user}\``);
  return others.length === 0
    ? "other entries come from the same text"
    : `it is shared with ${others.join(", ")}, for which nothing is to change`;
}
