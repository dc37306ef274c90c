import type { SeqSyntax, SyntaxTree } from "@compose-harden/parser";
import { copyOf } from "./draft.js";
import { lineEnd } from "./lines.js";
import { keysGone } from "./remove.js";
import type { NodePlan, Owners, Plans } from "./write.js";

/**
 * What all fixes of a file come to, those that other runs write included, as offsets in the file as it is. What one run
 * writes then does not depend on which run comes first.
 */
export interface Forecast {
  /** Keys that go as a whole: no neighbours for new ones. */
  readonly gone: ReadonlySet<number>;
  /** Lists that lose all their members and get others: they are written anew, in the style of the file. */
  readonly refilled: ReadonlySet<number>;
}

/** Looks ahead to the end of all plans for a file. */
export function forecastOf(tree: SyntaxTree, plans: Plans): Forecast {
  const refilled = new Set<number>();
  for (const { at, appends } of plans.values()) {
    const { node } = at;
    if (node.kind !== "seq" || node.items.length === 0 || appends.length === 0) continue;
    if (node.items.some((item) => plans.get(item)?.remove === undefined || copyOf(tree, item) === undefined)) continue;
    const holder = at.holders.at(-1);
    // What stands behind a list in flow style stays there.
    const text = tree.text.slice(
      holder?.kind === "pair" ? holder.pair.key.end : node.start,
      node.flow ? node.end : lineEnd(tree.text, node.end),
    );
    if (!text.includes("#")) refilled.add(node.start);
  }
  return { gone: keysGone(tree, plans), refilled };
}

/** The plans with one for each list that is written anew; one that is to be filled by another run stays as `[]`. */
export function refilled(tree: SyntaxTree, plans: Plans, forecast: Forecast): Plans {
  const result = new Map(plans);
  for (const { at } of plans.values()) {
    const holder = at.holders.at(-1);
    const list = at.node.kind === "seq" ? { seq: at.node, place: at } : undefined;
    const around =
      holder?.kind === "item"
        ? { seq: holder.seq, place: { ...at, node: holder.seq, holders: at.holders.slice(0, -1) } }
        : list;
    if (around === undefined || !forecast.refilled.has(around.seq.start)) continue;
    const { seq, place } = around;
    const become = anew(tree, seq, plans);
    if (become === undefined) continue;
    for (const item of seq.items) result.delete(item);
    result.set(seq, {
      at: place,
      puts: new Map(),
      appends: [],
      fills: [],
      rewrite: undefined,
      become,
      remove: undefined,
    });
  }
  return result;
}

function anew(tree: SyntaxTree, seq: SeqSyntax, plans: Plans): NodePlan["become"] {
  const kept = seq.items.filter((item) => plans.get(item)?.remove === undefined);
  const appends = plans.get(seq)?.appends ?? [];
  // Some members go, others stay for now: those lines alone change.
  if (appends.length === 0 && kept.length > 0) return undefined;
  const copied = kept.map((item) => copyOf(tree, item)).filter((copy) => copy !== undefined);
  const all: readonly (Owners | undefined)[] = [
    ...seq.items.map((item) => plans.get(item)?.remove),
    ...appends.map(({ owners }) => owners),
  ];
  return {
    value: { kind: "list", copied, changed: new Map(), added: appends.map(({ value }) => value) },
    owners: new Set(all.flatMap((owners) => [...(owners ?? [])])),
  };
}
