import type { Node } from "../tree/node.js";

/** Takes the values at the given paths out of a model; a `*` written in the path stands for any key. */
export function applyResets(model: Node, resets: readonly (readonly string[])[]): void {
  for (const path of resets) {
    remove(model, path, 0);
    const promoted = promotedPath(path);
    if (promoted !== undefined) remove(model, promoted, 0);
  }
}

function remove(node: Node, path: readonly string[], depth: number): void {
  // Members of lists have no names, so no path reaches into a list.
  if (node.kind !== "map") return;
  const step = path[depth];
  if (step === undefined) return;
  const keys = step === "*" ? [...node.entries.keys()] : [step];
  for (const key of keys) {
    if (depth === path.length - 1) node.entries.delete(key);
    else {
      const next = node.entries.get(key);
      if (next !== undefined) remove(next, path, depth + 1);
    }
  }
}

/** Earlier documents hold the attributes that `x-develop` and `x-initialSync` stand for under their own names. */
function promotedPath(path: readonly string[]): readonly string[] | undefined {
  if (path[0] !== "services" || path[2] !== "x-develop") return undefined;
  return path.map((step, i) => (i === 2 ? "develop" : step));
}
