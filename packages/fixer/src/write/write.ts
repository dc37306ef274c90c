import type { MapSyntax, ScalarSyntax, SeqSyntax, SyntaxNode } from "@compose-harden/parser";
import { type Draft, mergeDrafts } from "./draft.js";
import type { Placed } from "./nodes.js";

/** One change to one node of one file; the bytes are found later, together with all other changes of that node. */
export type Write =
  | { readonly kind: "put"; readonly at: Placed<MapSyntax>; readonly key: string; readonly value: Draft }
  | { readonly kind: "append"; readonly at: Placed<SeqSyntax>; readonly item: Draft }
  | { readonly kind: "rewrite"; readonly at: Placed<ScalarSyntax>; readonly text: string }
  | { readonly kind: "become"; readonly at: Placed; readonly value: Draft }
  | { readonly kind: "remove"; readonly at: Placed };

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
    case "rewrite":
      if (plan.rewrite !== undefined && plan.rewrite.value !== write.text) return false;
      plan.rewrite = { value: write.text, owners: joined(plan.rewrite?.owners, owner) };
      return true;
    case "become": {
      if (plan.puts.size > 0 || plan.appends.length > 0 || plan.rewrite !== undefined) return false;
      const merged = merge(plan.become, write.value, owner);
      if (merged === undefined) return false;
      plan.become = merged;
      return true;
    }
    case "remove":
      if (plan.puts.size > 0 || plan.appends.length > 0 || plan.rewrite !== undefined || plan.become !== undefined)
        return false;
      plan.remove = joined(plan.remove, owner);
      return true;
    default:
      return write satisfies never;
  }
}

function merge(known: Owned<Draft> | undefined, value: Draft, owner: number): Owned<Draft> | undefined {
  const merged = known === undefined ? value : mergeDrafts(known.value, value);
  return merged === undefined ? undefined : { value: merged, owners: joined(known?.owners, owner) };
}

function joined(owners: Owners | undefined, owner: number): Owners {
  return new Set([...(owners ?? []), owner]);
}
