import { diff } from "@compose-harden/fixer";
import type { Json, Patch } from "@compose-harden/model";
import { isList, isMap } from "@compose-harden/model";

/** Changed lines of patches, and the fewest that block-style edits of their settings need. */
export interface Lines {
  readonly changed: number;
  readonly fewest: number;
}

/** Adds up what a patch changes, and what the settings it writes need at least: a line each, and one for each new key around them. */
export function linesOf(patch: Patch): Lines {
  const lines = diff(patch).split("\n");
  const added = lines.filter((line) => line.startsWith("+") && !line.startsWith("+++")).length;
  return { changed: added, fewest: fewest(patch) };
}

function fewest({ changes, applied }: Patch): number {
  // Text that several services share is written once: settings count by the edit that writes them.
  const texts = new Map<string, number>();
  for (const { finding, edits } of applied) {
    const key = JSON.stringify(edits.map(({ range, text }) => [range, text]));
    const lists = new Set<string>();
    let needed = 0;
    for (const intent of finding.fix?.intents ?? []) {
      if (intent.op === "set") needed += linesFor(intent.written ?? intent.value);
      else if (intent.op === "add") {
        needed += 1;
        const list = JSON.stringify(intent.path);
        const isNew = edits.some(({ text }) => new RegExp(`^\\s*"?${intent.path.at(-1)}"?:`, "m").test(text));
        if (isNew && !lists.has(list)) needed += 1;
        lists.add(list);
      } else if (intent.op === "replace") needed += 1;
    }
    texts.set(key, Math.max(texts.get(key) ?? 0, needed));
  }
  return changes.length === 0 ? 0 : [...texts.values()].reduce((sum, lines) => sum + lines, 0);
}

function linesFor(value: Json): number {
  if (isList(value)) return 1 + value.length;
  if (isMap(value)) return Object.values(value).reduce<number>((sum, item) => sum + linesFor(item), 1);
  return 1;
}
