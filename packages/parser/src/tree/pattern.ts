/** A set of attribute paths with something attached to each, as a tree: one step down per key, no path is ever built. */
export interface Pattern<T> {
  readonly value: T | undefined;
  readonly children: ReadonlyMap<string, Pattern<T>>;
}

interface Draft<T> {
  value: T | undefined;
  children: Map<string, Draft<T>>;
}

/** Builds a pattern from dotted paths; `*` stands for any key, `[]` for any list item. */
export function patternOf<T>(rows: Iterable<readonly [path: string, value: T]>): Pattern<T> {
  const root: Draft<T> = { value: undefined, children: new Map() };
  for (const [path, value] of rows) {
    let here = root;
    for (const step of path.split(".")) {
      let next = here.children.get(step);
      if (next === undefined) {
        next = { value: undefined, children: new Map() };
        here.children.set(step, next);
      }
      here = next;
    }
    here.value = value;
  }
  return root;
}

/** The pattern one key (or `[]`) further down; undefined when nothing is attached there or below. */
export function below<T>(pattern: Pattern<T> | undefined, step: string): Pattern<T> | undefined {
  return pattern === undefined ? undefined : (pattern.children.get(step) ?? pattern.children.get("*"));
}
