import type { KeyPath } from "@compose-harden/model";
import type { MapSyntax, SyntaxNode, SyntaxTree } from "@compose-harden/parser";
import { copyOf, type Draft, type ListDraft, list, nested } from "../write/draft.js";
import { childAt, inheritedValue, isMissing, keyText, type Placed, resolved } from "../write/nodes.js";
import type { Write } from "../write/write.js";
import { withDefault } from "./port.js";

/** What is to hold at the end of a path. */
export type Leaf =
  | { readonly kind: "set"; readonly draft: Draft }
  /** Members of a list: new ones, and by node those that change (undefined: go). */
  | {
      readonly kind: "members";
      readonly added: readonly Draft[];
      readonly changed: ReadonlyMap<
        SyntaxNode,
        { readonly copy: Draft; readonly inPlace: readonly Write[] } | undefined
      >;
    }
  | { readonly kind: "unset" };

/** Why a path cannot be followed: words for a reader of the file. */
export interface Blocked {
  readonly refusal: "unsupported-syntax" | "interpolated";
  readonly detail: string;
}

/**
 * The writes that make something hold below a node. Keys on the way that are missing are created. What arrives there by an
 * alias or by `<<` would be replaced whole by a key of its own: it is repeated in the new one.
 */
export function writeBelow(at: Placed, path: KeyPath, leaf: Leaf): readonly Write[] | Blocked {
  const [key, ...rest] = path;
  if (key === undefined) return writeHere(at, leaf);
  const { node, tree } = at;
  switch (node.kind) {
    case "map": {
      const child = childAt(at, key);
      if (child !== undefined) return writeBelow(child, rest, leaf);
      const inherited = inheritedValue(node, key);
      const value = inherited === undefined ? fresh(rest, leaf) : shadow(tree, inherited, rest, leaf);
      if (value === undefined)
        return unsupported(
          inherited === undefined && leaf.kind === "unset"
            ? "it comes from elsewhere than the Compose files"
            : `\`${key}\` cannot be written a second time`,
        );
      if (node.pairs.length === 0) return [{ kind: "become", at, value: nested([key], value) }];
      return [{ kind: "put", at: { ...at, node }, key, value }];
    }
    case "alias": {
      const target = resolved(node);
      if (target === undefined || target.kind !== "map") return unsupported(`\`*${node.name}\` is no mapping`);
      const value = extended(tree, node, target, [key, ...rest], leaf);
      return value === undefined
        ? unsupported(`\`*${node.name}\` cannot be repeated`)
        : [{ kind: "become", at, value }];
    }
    case "scalar": {
      const value = isNothing(node) ? fresh(path, leaf) : undefined;
      return value === undefined
        ? unsupported("a plain value stands where a mapping is needed")
        : [{ kind: "become", at, value }];
    }
    case "seq":
      return rest.length === 0 ? writeEntry(at, key, leaf) : unsupported("a list stands where a mapping is needed");
    default:
      return node satisfies never;
  }
}

function writeHere(at: Placed, leaf: Leaf): readonly Write[] | Blocked {
  const { node, tree } = at;
  if (node.tag === "!reset" && leaf.kind !== "unset") return [{ kind: "become", at, value: inPlaceOfReset(leaf) }];
  switch (leaf.kind) {
    case "set":
      return writeValue(at, leaf.draft);
    case "unset":
      return [{ kind: "remove", at }];
    case "members": {
      if (node.kind === "seq" && node.items.length > 0) {
        const changes = [...leaf.changed].flatMap(([item, change]): readonly Write[] => {
          const index = node.items.findIndex((other) => resolved(other) === item);
          const member = node.items[index];
          if (member === undefined || (member === item && change !== undefined)) return change?.inPlace ?? [];
          const place: Placed = { tree, node: member, holders: [...at.holders, { kind: "item", seq: node, index }] };
          // An alias among the members is no place for a change of what it stands for.
          return [
            change === undefined ? { kind: "remove", at: place } : { kind: "become", at: place, value: change.copy },
          ];
        });
        return [...changes, ...leaf.added.map((item): Write => ({ kind: "append", at: { ...at, node }, item }))];
      }
      const value = isNothing(node) || node.kind === "seq" ? list(leaf.added) : shadow(tree, node, [], leaf);
      return value === undefined ? unsupported("the list cannot be repeated") : [{ kind: "become", at, value }];
    }
    default:
      return leaf satisfies never;
  }
}

/** What stands where `!reset` stood: it takes the place of what earlier files say, as a list with `!override`. */
function inPlaceOfReset(leaf: Exclude<Leaf, { kind: "unset" }>): Draft {
  const draft = leaf.kind === "set" ? leaf.draft : list(leaf.added);
  return draft.kind === "list" ? { ...draft, tag: "!override" } : draft;
}

function writeValue(at: Placed, draft: Draft): readonly Write[] | Blocked {
  const { node } = at;
  if (draft.kind !== "scalar" || node.kind !== "scalar" || isMissing(node))
    return [{ kind: "become", at, value: draft }];
  if (/\$(?!\$)[{\w]/.test(node.text)) {
    const text = withDefault(node.text, String(draft.value));
    if (text === undefined)
      return { refusal: "interpolated", detail: `\`${node.text}\` takes its value from a variable` };
    return [{ kind: "rewrite", at: { ...at, node }, text }];
  }
  if (node.style === "plain" && typeof draft.value !== "string") return [{ kind: "become", at, value: draft }];
  return [{ kind: "rewrite", at: { ...at, node }, text: String(draft.value) }];
}

/** An entry of a list of `KEY=value`. */
function writeEntry(at: Placed, key: string, leaf: Leaf): readonly Write[] | Blocked {
  const { node, tree } = at;
  if (node.kind !== "seq") return unsupported("no list of `KEY=value`");
  const index = node.items.findIndex((item) => item.kind === "scalar" && item.text.split("=")[0] === key);
  const item = node.items[index];
  const place: Placed | undefined = item && {
    tree,
    node: item,
    holders: [...at.holders, { kind: "item", seq: node, index }],
  };
  if (leaf.kind === "unset") return place === undefined ? [] : [{ kind: "remove", at: place }];
  if (leaf.kind !== "set" || leaf.draft.kind !== "scalar")
    return unsupported("only plain values fit into a list of `KEY=value`");
  const text = leaf.draft.value === null ? key : `${key}=${leaf.draft.value}`;
  if (place?.node.kind === "scalar") return [{ kind: "rewrite", at: { ...place, node: place.node }, text }];
  return [{ kind: "append", at: { ...at, node }, item: { kind: "scalar", value: text } }];
}

/** A value for a place where there was none. */
function fresh(path: KeyPath, leaf: Leaf): Draft | undefined {
  if (leaf.kind === "unset" || (leaf.kind === "members" && leaf.changed.size > 0)) return undefined;
  return nested(path, leaf.kind === "set" ? leaf.draft : list(leaf.added));
}

/** An inherited value said again with a change below it. */
function shadow(tree: SyntaxTree, node: SyntaxNode, path: KeyPath, leaf: Leaf): Draft | undefined {
  const source = resolved(node);
  if (source === undefined) return undefined;
  if (path.length > 0) return source.kind === "map" ? extended(tree, node, source, path, leaf) : undefined;
  if (leaf.kind === "set") return leaf.draft;
  if (leaf.kind === "unset") return { kind: "verbatim", text: "!reset null" };
  const copy = copyOf(tree, source);
  if (copy === undefined || copy.kind === "map") return undefined;
  const base: ListDraft = copy.kind === "list" ? copy : { kind: "list", copied: [copy], changed: new Map(), added: [] };
  const items = source.kind === "seq" ? source.items : [source];
  const changed = new Map<number, Draft | undefined>();
  for (const [item, change] of leaf.changed) {
    const index = items.indexOf(item);
    if (index === -1) return undefined;
    changed.set(index, change?.copy);
  }
  return { ...base, changed, added: leaf.added };
}

/** A mapping that brings in another one by `<<`, or repeats it where it has no name, and changes something below one key. */
function extended(tree: SyntaxTree, use: SyntaxNode, source: MapSyntax, path: KeyPath, leaf: Leaf): Draft | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return undefined;
  const name = use.kind === "alias" ? use.name : source.anchor;
  const base =
    name === undefined ? copyOf(tree, source) : ({ kind: "map", merge: `*${name}`, entries: new Map() } as const);
  if (base?.kind !== "map") return undefined;
  const known = source.pairs.find((pair) => keyText(pair) === key)?.value ?? inheritedValue(source, key);
  const value = known === undefined ? fresh(rest, leaf) : shadow(tree, known, rest, leaf);
  return value === undefined ? undefined : { ...base, entries: new Map([...base.entries, [key, value]]) };
}

/** True for a value that stands for nothing: missing, `null`, `~`. */
function isNothing(node: SyntaxNode): boolean {
  return (
    node.kind === "scalar" &&
    node.style === "plain" &&
    node.tag === undefined &&
    /^(~|null|Null|NULL|)$/.test(node.text)
  );
}

function unsupported(detail: string): Blocked {
  return { refusal: "unsupported-syntax", detail };
}
