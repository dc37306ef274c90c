import type { MapSyntax, ScalarSyntax, SeqSyntax, SyntaxNode } from "@compose-harden/parser";
import { type Draft, mergeDrafts } from "./draft.js";
import type { Placed } from "./nodes.js";

/** One change to one node of one file; the bytes are found later, together with all other changes of that node. */
export type Write =
  | { readonly kind: "put"; readonly at: Placed<MapSyntax>; readonly key: string; readonly value: Draft }
  | { readonly kind: "append"; readonly at: Placed<SeqSyntax>; readonly item: Draft }
  | { readonly kind: "rewrite"; readonly at: Placed<ScalarSyntax>; readonly text: string }
  /** A piece of the text of a scalar becomes another. */
  | { readonly kind: "fill"; readonly at: Placed<ScalarSyntax>; readonly piece: TextPiece }
  | { readonly kind: "become"; readonly at: Placed; readonly value: Draft }
  | { readonly kind: "remove"; readonly at: Placed };

/** A piece of a scalar's text, as YAML reads it, and what stands there afterwards. */
export interface TextPiece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Who asked for something: indexes of findings. */
export type Owners = ReadonlySet<number>;

/** Something to write, with who asked for it. */
export interface Owned<T> {
  readonly value: T;
  readonly owners: Owners;
}

/** All that is to happen to one node. */
export interface NodePlan {
  readonly at: Placed;
  readonly puts: Map<string, Owned<Draft>>;
  readonly appends: Owned<Draft>[];
  readonly fills: Owned<TextPiece>[];
  rewrite: Owned<string> | undefined;
  become: Owned<Draft> | undefined;
  remove: Owners | undefined;
}

/** Plans by node. */
export type Plans = Map<SyntaxNode, NodePlan>;

/** Adds one write to the plans; false, and nothing done, when it contradicts what is planned already. */
export function addWrite(plans: Plans, write: Write, owner: number): boolean {
  const plan = plans.get(write.at.node) ?? {
    at: write.at,
    puts: new Map(),
    appends: [],
    fills: [],
    rewrite: undefined,
    become: undefined,
    remove: undefined,
  };
  if (!addTo(plan, write, owner)) return false;
  plans.set(write.at.node, plan);
  return true;
}

function addTo(plan: NodePlan, write: Write, owner: number): boolean {
  if (write.kind !== "remove" && plan.remove !== undefined) return false;
  if (write.kind !== "become" && plan.become !== undefined) return false;
  switch (write.kind) {
    case "put": {
      const merged = merge(plan.puts.get(write.key), write.value, owner);
      if (merged === undefined) return false;
      plan.puts.set(write.key, merged);
      return true;
    }
    case "append": {
      const index = plan.appends.findIndex((known) => mergeDrafts(known.value, write.item) !== undefined);
      const merged = merge(plan.appends[index], write.item, owner);
      if (merged === undefined) return false;
      plan.appends.splice(index === -1 ? plan.appends.length : index, index === -1 ? 0 : 1, merged);
      return true;
    }
    case "fill": {
      if (plan.rewrite !== undefined) return false;
      const { start, end, text } = write.piece;
      const index = plan.fills.findIndex(({ value }) => value.start < end && start < value.end);
      const known = plan.fills[index];
      if (known !== undefined && (known.value.start !== start || known.value.end !== end || known.value.text !== text))
        return false;
      plan.fills.splice(index === -1 ? plan.fills.length : index, index === -1 ? 0 : 1, {
        value: write.piece,
        owners: joined(known?.owners, owner),
      });
      return true;
    }
    case "rewrite":
      if (plan.fills.length > 0) return false;
      if (plan.rewrite !== undefined && plan.rewrite.value !== write.text) return false;
      plan.rewrite = { value: write.text, owners: joined(plan.rewrite?.owners, owner) };
      return true;
    case "become": {
      if (isWritten(plan)) return false;
      const merged = merge(plan.become, write.value, owner);
      if (merged === undefined) return false;
      plan.become = merged;
      return true;
    }
    case "remove":
      if (isWritten(plan) || plan.become !== undefined) return false;
      plan.remove = joined(plan.remove, owner);
      return true;
    default:
      return write satisfies never;
  }
}

/** True when something inside the node changes. */
function isWritten({ puts, appends, fills, rewrite }: NodePlan): boolean {
  return puts.size > 0 || appends.length > 0 || fills.length > 0 || rewrite !== undefined;
}

function merge(known: Owned<Draft> | undefined, value: Draft, owner: number): Owned<Draft> | undefined {
  const merged = known === undefined ? value : mergeDrafts(known.value, value);
  return merged === undefined ? undefined : { value: merged, owners: joined(known?.owners, owner) };
}

function joined(owners: Owners | undefined, owner: number): Owners {
  return new Set([...(owners ?? []), owner]);
}
