import { formatPath, type Path } from "@compose-harden/model";
import { originOf } from "../tree/edit.js";

import type { Node } from "../tree/node.js";
import { below, type Pattern } from "../tree/pattern.js";
import type { Problem, Report } from "../tree/problem.js";

/** Where a rewriting function stands, and whom it tells. */
export interface Place {
  readonly path: Path;
  readonly report: Report;
  /** Takes what Docker would print as a warning. */
  readonly warn: (text: string) => void;
}

/** Gives the value that takes a node's place; undefined drops it, after the reason was reported. */
export type Rewrite = (node: Node, place: Place) => Node | undefined;

/** Applies the functions of a pattern to all values at their paths, outer ones first; values nobody asks about stay. */
export function rewrite(node: Node, pattern: Pattern<Rewrite>, place: Place): Node | undefined {
  const here = pattern.value === undefined ? node : pattern.value(node, place);
  if (here === undefined || pattern.children.size === 0) return here;
  switch (here.kind) {
    case "map":
      for (const [key, value] of here.entries) {
        const next = below(pattern, key);
        if (next === undefined) continue;
        const replaced = rewrite(value, next, { ...place, path: [...place.path, key] });
        if (replaced === undefined) here.entries.delete(key);
        else if (replaced !== value) here.entries.set(key, replaced);
      }
      return here;
    case "seq": {
      const next = below(pattern, "[]");
      if (next === undefined) return here;
      const kept: Node[] = [];
      for (const [i, item] of here.items.entries()) {
        const replaced = rewrite(item, next, { ...place, path: [...place.path, i] });
        if (replaced !== undefined) kept.push(replaced);
      }
      here.items = kept;
      return here;
    }
    case "scalar":
      return here;
  }
  return here satisfies never;
}

/** A problem with the value at a place; `message` follows the path, in backticks. */
export function problem(reason: Problem["reason"], message: string, node: Node, path: Path): Problem {
  const origin = originOf(node);
  return {
    reason,
    message: `\`${formatPath(path)}\` ${message}`,
    path,
    ...(origin === undefined ? {} : { at: origin.value }),
  };
}

/** Reports why a value cannot be used, and drops it. */
export function refused(message: string, node: Node, place: Place): undefined {
  place.report(problem("semantic", message, node, place.path));
  return undefined;
}
