import {
  type Intent,
  isList,
  isMap,
  type Json,
  type KeyPath,
  type Origin,
  type Project,
  type SourceFile,
  sameJson,
  valueAt,
} from "@compose-harden/model";
import { parseSyntax, type SyntaxTree } from "@compose-harden/parser";
import { copyOf, type Draft } from "../write/draft.js";
import { children, keyText, nodeAt, type Placed } from "../write/nodes.js";
import { changedFields } from "./item.js";

/** Who takes a value from a piece of text: a service, and the place in the list where it is a member of one. */
export interface User {
  readonly service: string;
  readonly index: number | undefined;
}

/** A project as the planner sees it: its files' syntax, and who uses which piece of text. */
export interface Ground {
  readonly project: Project;
  readonly data: Json;
  /** The syntax of a file of the project. */
  tree(file: string): SyntaxTree | undefined;
  /** The node an origin points to. */
  node(origin: Origin): Placed | undefined;
  /** True when the file may be written. */
  writable(file: string): boolean;
  /** Everyone who has something from a node at the same attribute (`below` the service). */
  users(at: Placed, below: KeyPath): readonly User[];
  /** The services that have a mapping among their blocks. */
  blockUsers(at: Placed): readonly string[];
  /** All mappings that write a service, those it inherits included. */
  blocks(service: string): readonly Origin[];
  /** The mappings of its own that a service is written in, in merge order. */
  sites(service: string): readonly Placed[];
  /** The documents of the project's files. */
  roots(): readonly Placed[];
  /** What a node says, to be said again elsewhere. */
  copy(at: Placed): Draft | undefined;
  /** True when some intent of this run asks the same of another service. */
  wanted(intent: Intent, service: string, item?: Json): boolean;
  /** True when the intents of this run add the same members to a list of each of these services. */
  addsAlike(path: KeyPath, services: readonly string[]): boolean;
}

/** The syntax of a project's files, each parsed once; `more` are files that are to be part of it. */
export function treesOf(project: Project, more: readonly SourceFile[] = []): Ground["tree"] {
  const trees = new Map<string, SyntaxTree>();
  const texts = new Map([...project.files, ...more].map((file) => [file.path, file.text]));
  return (file) => {
    const text = texts.get(file);
    const known = trees.get(file);
    if (known !== undefined || text === undefined) return known;
    const parsed = parseSyntax(file, text);
    trees.set(file, parsed);
    return parsed;
  };
}

/** Prepares a project for planning. */
export function groundOf(
  project: Project,
  writable: (file: string) => boolean,
  intents: readonly Intent[],
  tree: Ground["tree"],
): Ground {
  const { data } = project;
  const node = (origin: Origin): Placed | undefined => {
    const { file, start, end } = origin.value;
    const found = tree(file);
    return found && nodeAt(found, start, end);
  };
  const names = Object.keys(mapOr(valueAt(data, ["services"])));
  const indexes = new Map<string, ReadonlyMap<string, readonly User[]>>();
  const wishes = new Set(intents.map((intent) => wishKey(intent, intent.path[1] ?? "", memberOf(intent))));
  let added: ReadonlyMap<string, string> | undefined;
  let services: Map<string, readonly Origin[]> | undefined;
  let blocks: Map<string, string[]> | undefined;
  let sites: Map<string, readonly Placed[]> | undefined;
  return {
    project,
    data,
    tree,
    node,
    writable,
    users: (at, below) => {
      const key = JSON.stringify(below);
      const index = indexes.get(key) ?? usersBelow(project, names, below);
      indexes.set(key, index);
      return index.get(placeKey(at)) ?? [];
    },
    blockUsers: (at) => {
      blocks ??= blocksOf(project);
      return blocks.get(placeKey(at)) ?? [];
    },
    blocks: (service) => {
      services ??= new Map(project.services.map(({ name, blocks: own }) => [name, own]));
      return services.get(service) ?? [];
    },
    sites: (service) => {
      sites ??= sitesOf(project, tree);
      return sites.get(service) ?? [];
    },
    roots: () =>
      project.files.flatMap((file) => {
        const syntax = tree(file.path);
        return (syntax?.documents ?? []).flatMap(({ root: node }) =>
          syntax === undefined || node === undefined ? [] : [{ tree: syntax, node, holders: [] }],
        );
      }),
    copy: (at) => copyOf(at.tree, at.node),
    wanted: (intent, service, item = memberOf(intent)) => wishes.has(wishKey(intent, service, item)),
    addsAlike: ([, , ...below], names) => {
      added ??= addedMembers(intents);
      return new Set(names.map((name) => added?.get(listKey(name, below)))).size <= 1;
    },
  };
}

function mapOr(value: Json | undefined): Readonly<Record<string, Json>> {
  return isMap(value) ? value : {};
}

/** The list member an intent names. */
function memberOf(intent: Intent): Json | undefined {
  return intent.op === "drop" || intent.op === "replace" ? intent.item : undefined;
}

/** What an intent asks, whoever it asks it of. */
function wishKey(intent: Intent, service: string, item: Json | undefined): string {
  return JSON.stringify([
    intent.op,
    service,
    intent.path[0],
    intent.path.slice(2),
    item === undefined ? 0 : sorted(item),
    changeOf(intent),
  ]);
}

/** What the intents add to each list of a service, in one text. */
function addedMembers(intents: readonly Intent[]): ReadonlyMap<string, string> {
  const members = new Map<string, string[]>();
  for (const intent of intents) {
    if (intent.op !== "add") continue;
    const [, service = "", ...below] = intent.path;
    const key = listKey(service, below);
    members.set(key, [...(members.get(key) ?? []), JSON.stringify(changeOf(intent))]);
  }
  return new Map(Array.from(members, ([key, texts]) => [key, texts.toSorted().join()]));
}

function listKey(service: string, below: KeyPath): string {
  return JSON.stringify([service, ...below]);
}

function changeOf(intent: Intent): unknown {
  switch (intent.op) {
    case "set":
      return [sorted(intent.value), intent.written];
    case "add":
      return [sorted(intent.item), intent.written];
    case "replace":
      return isMap(intent.item) && isMap(intent.by)
        ? [
            changedFields(intent.item, intent.by),
            isMap(intent.written) ? changedFields(intent.by, intent.written) : intent.written,
          ]
        : [sorted(intent.by), intent.written];
    case "unset":
    case "drop":
      return 0;
    default:
      return intent satisfies never;
  }
}

function sorted(value: Json): Json {
  if (isList(value)) return value.map(sorted);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sorted(v)]),
  );
}

function placeKey(at: Placed): string {
  return `${at.tree.file}\0${at.node.start}\0${at.node.end}`;
}

function originKey({ value }: Origin): string {
  return `${value.file}\0${value.start}\0${value.end}`;
}

function usersBelow(project: Project, names: readonly string[], below: KeyPath): ReadonlyMap<string, readonly User[]> {
  const index = new Map<string, User[]>();
  const note = (origin: Origin, user: User) => {
    const key = originKey(origin);
    const known = index.get(key) ?? [];
    if (!known.some((other) => other.service === user.service && other.index === user.index)) known.push(user);
    index.set(key, known);
  };
  for (const service of names) {
    const path = ["services", service, ...below];
    for (const origin of project.originsOf(path)) note(origin, { service, index: undefined });
    const value = valueAt(project.data, path);
    if (!isList(value)) continue;
    for (let i = 0; i < value.length; i++)
      for (const origin of project.originsOf([...path, i])) note(origin, { service, index: i });
  }
  return index;
}

function blocksOf(project: Project): Map<string, string[]> {
  const blocks = new Map<string, string[]>();
  for (const { name, blocks: own } of project.services) {
    for (const origin of own) {
      const key = originKey(origin);
      const known = blocks.get(key) ?? [];
      if (!known.includes(name)) known.push(name);
      blocks.set(key, known);
    }
  }
  return blocks;
}

function sitesOf(project: Project, tree: Ground["tree"]): Map<string, readonly Placed[]> {
  const found = new Map<string, Placed[]>();
  for (const file of project.files) {
    const syntax = tree(file.path);
    for (const { root } of syntax?.documents ?? []) {
      if (syntax === undefined || root === undefined) continue;
      const top = children({ tree: syntax, node: root, holders: [] });
      const services = top.filter((child) => nameOf(child) === "services");
      for (const block of services.flatMap(children)) {
        const name = nameOf(block);
        if (name !== undefined) found.set(name, [...(found.get(name) ?? []), block]);
      }
    }
  }
  const result = new Map<string, readonly Placed[]>();
  for (const { name, blocks } of project.services) {
    const order = (site: Placed) => blocks.findIndex((origin) => isOwn(origin, site));
    const sites = (found.get(name) ?? []).map((site) => ({ site, at: order(site) }));
    const own = sites.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at);
    const named = (own.length > 0 ? own : sites).map(({ site }) => site);
    result.set(name, named.length > 0 ? named : blocks.flatMap((origin) => elsewhere(origin, tree)));
  }
  return result;
}

/** A mapping that becomes a service because `services` itself comes by an alias or by `<<`. */
function elsewhere(origin: Origin, tree: Ground["tree"]): readonly Placed[] {
  if (origin.via.some(({ kind }) => kind === "extends" || kind === "include")) return [];
  const { file, start, end } = origin.value;
  const found = tree(file);
  const at = found && nodeAt(found, start, end);
  return at?.node.kind === "map" ? [at] : [];
}

function nameOf({ holders }: Placed): string | undefined {
  const holder = holders.at(-1);
  return holder?.kind === "pair" ? keyText(holder.pair) : undefined;
}

function isOwn({ value, via }: Origin, { tree, node }: Placed): boolean {
  if (via.some((hop) => hop.kind === "extends")) return false;
  return [value, ...via.map((hop) => hop.at)].some(
    (range) => range.file === tree.file && node.propsStart <= range.start && range.end <= node.end,
  );
}

/** The place of a member in a list of the data; undefined when it is not there. */
export function indexOfMember(data: Json, path: KeyPath, item: Json): number | undefined {
  const list = valueAt(data, path);
  const index = isList(list) ? list.findIndex((other) => sameJson(other, item)) : -1;
  return index === -1 ? undefined : index;
}
