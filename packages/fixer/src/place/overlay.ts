import type { Intent, Refusal, SourceFile } from "@compose-harden/model";
import type { SyntaxNode } from "@compose-harden/parser";
import { type Draft, draftOf } from "../write/draft.js";
import type { Placed } from "../write/nodes.js";
import { type Leaf, writeBelow } from "./below.js";
import { type ItemChange, itemChanges } from "./item.js";
import { type Choice, choose, overridingList } from "./place.js";
import { type Ground, indexOfMember } from "./project.js";

/** What a new override file holds before anything is written into it. */
export function emptyOverlay(path: string): SourceFile {
  return { path, text: "# Hardening of this project; its other files stay as they are.\nservices: {}\n" };
}

/**
 * Finds where an intent can be written when all changes go to one override file. Compose appends there to most lists and has
 * no way to take away, so that other changes of a list repeat it under `!override`, and a key is removed by `!reset`.
 */
export function chooseInOverlay(
  intent: Intent,
  ground: Ground,
  overlay: string,
  replaced: ReadonlySet<string>,
): Choice {
  const tree = ground.tree(overlay);
  const root = tree?.documents[0]?.root;
  if (tree === undefined)
    return refused("unwritable-file", `\`${overlay}\` is there, but was not loaded with the other files`);
  if (root === undefined) return refused("unsupported-syntax", `\`${overlay}\` holds no mapping`);
  const at: Placed = { tree, node: root, holders: [] };
  if (standsThere(intent, ground, overlay)) return choose(intent, ground);
  const leaf = leafFor(intent, ground, replaced);
  if (leaf === undefined) return refused("unsupported-syntax", "the member's form offers no place for the change");
  const writes = writeBelow(at, intent.path, leaf);
  return "refusal" in writes
    ? refused(writes.refusal, writes.detail)
    : { placements: [{ kind: "placement", writes, shared: false }], reasons: [] };
}

function refused(refusal: Refusal, detail: string): Choice {
  return { placements: [], reasons: [{ kind: "reason", refusal, detail }] };
}

/** True when what the intent changes is written in the override file already. */
function standsThere(intent: Intent, ground: Ground, overlay: string): boolean {
  if (intent.op === "unset") return false;
  if (intent.op === "replace" || intent.op === "drop") {
    const index = indexOfMember(ground.data, intent.path, intent.item);
    return index !== undefined && ground.project.originsOf([...intent.path, index]).at(-1)?.value.file === overlay;
  }
  return intent.op === "set" && ground.project.originsOf(intent.path).at(-1)?.value.file === overlay;
}

function leafFor(intent: Intent, ground: Ground, replaced: ReadonlySet<string>): Leaf | undefined {
  switch (intent.op) {
    case "set":
      return { kind: "set", draft: overriding(draftOf(intent.written ?? intent.value)) };
    case "unset":
      return { kind: "set", draft: { kind: "verbatim", text: "!reset null" } };
    case "add": {
      const added = [draftOf(intent.written ?? intent.item)];
      return replaced.has(JSON.stringify(intent.path))
        ? { kind: "set", draft: overridingList(ground, intent.path, new Map(), added) }
        : { kind: "members", added, changed: new Map() };
    }
    case "drop":
    case "replace": {
      const node = memberNode(intent, ground);
      if (node === undefined) return undefined;
      const change: ItemChange | undefined = intent.op === "replace" ? itemChanges(node, intent)[0] : undefined;
      if (intent.op === "replace" && change === undefined) return undefined;
      const changes = new Map<SyntaxNode, Draft | undefined>([[node.node, change?.copy]]);
      return { kind: "set", draft: overridingList(ground, intent.path, changes) };
    }
    default:
      return intent satisfies never;
  }
}

function overriding(draft: Draft): Draft {
  return draft.kind === "list" ? { ...draft, tag: "!override" } : draft;
}

function memberNode(intent: Extract<Intent, { op: "drop" | "replace" }>, ground: Ground): Placed | undefined {
  const index = indexOfMember(ground.data, intent.path, intent.item);
  const origin = index === undefined ? undefined : ground.project.originsOf([...intent.path, index]).at(-1);
  return origin && ground.node(origin);
}

/** The paths of lists that lose or change members in this run. */
export function changedLists(intents: readonly Intent[]): ReadonlySet<string> {
  return new Set(
    intents.flatMap((intent) => (intent.op === "replace" || intent.op === "drop" ? [JSON.stringify(intent.path)] : [])),
  );
}
