import { type Intent, isMap, type Json, type JsonMap, sameJson } from "@compose-harden/model";
import type { SyntaxTree } from "@compose-harden/parser";
import { scalarAs } from "../write/bytes.js";
import { copyOf, type Draft, draftOf } from "../write/draft.js";
import { type Placed, resolved } from "../write/nodes.js";
import { isPlainSafe } from "../write/style.js";
import type { Write } from "../write/write.js";
import { writeBelow } from "./below.js";
import { withHostAddress } from "./port.js";

/** The intent that changes a member of a list. */
export type Replace = Extract<Intent, { op: "replace" }>;

/** One way to write a changed member: where it stands, and as a copy somewhere else. */
export interface ItemChange {
  readonly inPlace: readonly Write[];
  readonly copy: Draft;
}

/** The ways to write a changed member, the likeliest first; empty when there is none. */
export function itemChanges(at: Placed, intent: Replace): readonly ItemChange[] {
  const node = resolved(at.node);
  if (node === undefined) return [];
  const target: Placed = { ...at, node };
  if (node.kind === "scalar") {
    return textsOf(intent, node.text).map((text) => ({
      inPlace: [{ kind: "rewrite", at: { ...target, node }, text }],
      copy: { kind: "verbatim", text: scalarAs(node, text, at.tree, !isPlainSafe(text, true)) },
    }));
  }
  if (node.kind !== "map" || !isMap(intent.item) || !isMap(intent.by)) return [];
  const fields = changedFields(intent.item, intent.by);
  const written = isMap(intent.written) ? intent.written : {};
  const inPlace: Write[] = [];
  const entries = new Map<string, Draft>();
  for (const [key, value] of fields) {
    if (value === undefined) return [];
    const draft = draftOf(Object.hasOwn(written, key) ? (written[key] ?? value) : value);
    entries.set(key, draft);
    const writes = writeBelow(target, [key], { kind: "set", draft });
    if (!Array.isArray(writes)) return [];
    inPlace.push(...writes);
  }
  const copy = withEntries(at.tree, at, entries);
  return copy === undefined ? [] : [{ inPlace, copy }];
}

function withEntries(tree: SyntaxTree, at: Placed, entries: ReadonlyMap<string, Draft>): Draft | undefined {
  const copy = copyOf(tree, at.node);
  return copy?.kind === "map" ? { ...copy, entries: new Map([...copy.entries, ...entries]) } : undefined;
}

/** The fields in which two mappings differ; undefined for one that goes. */
export function changedFields(item: JsonMap, by: JsonMap): readonly (readonly [string, Json | undefined])[] {
  return [...new Set([...Object.keys(item), ...Object.keys(by)])]
    .sort()
    .filter((key) => !sameJson(item[key], by[key]))
    .map((key) => [key, by[key]]);
}

function textsOf(intent: Replace, text: string): readonly string[] {
  const { item, by, written } = intent;
  if (typeof written === "string") return [written];
  if (typeof by === "string") return [by];
  if (!isMap(item) || !isMap(by)) return [];
  const [first, ...more] = changedFields(item, by);
  if (first === undefined || more.length > 0) return [];
  const [key, value] = first;
  const asWritten = isMap(written) && Object.hasOwn(written, key) ? written[key] : value;
  if (intent.path.at(-1) === "ports" && key === "host_ip" && typeof asWritten === "string")
    return withHostAddress(text, asWritten);
  if (intent.path.at(-1) === "volumes" && key === "read_only" && value === true) return readOnlyMount(text);
  if (intent.path.at(-1) === "volumes" && key === "bind")
    return withPropagation(text, isMap(value) ? value.propagation : undefined);
  return [];
}

function withPropagation(text: string, propagation: Json | undefined): readonly string[] {
  const [, mount, options = ""] = /^(.*:\/[^:]*):([^:/]*)$/.exec(text) ?? [];
  if (mount === undefined || typeof propagation !== "string") return [];
  return [`${mount}:${options.replace(/\br?(shared|slave|private)\b/, propagation)}`];
}

function readOnlyMount(text: string): readonly string[] {
  const options = /^(.*:\/[^:]*):([^:/]*)$/.exec(text);
  if (options === null) return text.includes(":") ? [`${text}:ro`] : [];
  const kept = (options[2] ?? "").split(",").filter((option) => option !== "rw" && option !== "");
  return [`${options[1]}:${["ro", ...kept].join(",")}`];
}
