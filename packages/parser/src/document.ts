import type { Json, Path, Remark, SourceFile, SourceRange } from "@compose-harden/model";
import { parseSyntax } from "./syntax/parse.js";
import type { SyntaxNode } from "./syntax/tree.js";
import { resolvePlain } from "./values/scalar.js";

/** A YAML or JSON file as plain data, with the place of every value. */
export interface Document {
  readonly data: Json;
  readonly problems: readonly Remark[];
  /** Where the value at a path, or the nearest one around it, is written. */
  placeOf(path: Path): SourceRange;
}

/** Reads a file that is no Compose file, such as a configuration. Aliases are followed; tags and merge keys mean nothing. */
export function readDocument({ path, text }: SourceFile): Document {
  const { documents, problems } = parseSyntax(path, text);
  const root = documents[0]?.root;
  const rangeOf = ({ start, end }: { readonly start: number; readonly end: number }) => ({ file: path, start, end });
  const duplicates: Remark[] = [];
  const data = root === undefined ? null : dataOf(root, (key) => duplicates.push(duplicate(key, rangeOf(key))), 0);
  const extra = documents[1];
  return {
    data,
    problems: [
      ...problems.map((problem) => ({ message: problem.message, at: rangeOf(problem) })),
      ...duplicates,
      ...(extra === undefined ? [] : [{ message: "a second document begins here", at: rangeOf(extra) }]),
    ],
    placeOf: (steps) => rangeOf(root === undefined ? { start: 0, end: 0 } : nodeAt(root, steps)),
  };
}

function duplicate(key: SyntaxNode, at: SourceRange): Remark {
  return { message: `the key \`${key.kind === "scalar" ? key.text : ""}\` is written twice`, at };
}

/** Deeper than any configuration; aliases that lead to themselves end here. */
const MAX_DEPTH = 20;

function dataOf(node: SyntaxNode, onDuplicate: (key: SyntaxNode) => void, depth: number): Json {
  if (depth > MAX_DEPTH) return null;
  switch (node.kind) {
    case "scalar": {
      if (node.style !== "plain") return node.text;
      const { tag, value } = resolvePlain(node.text);
      // A date, as in `until: 2027-01-31`, stays as it is written.
      if (tag === "timestamp") return node.text;
      return typeof value === "bigint" ? Number(value) : value;
    }
    case "seq":
      return node.items.map((item) => dataOf(item, onDuplicate, depth + 1));
    case "map": {
      const members = new Map<string, Json>();
      for (const { key, value } of node.pairs) {
        const name = key.kind === "scalar" ? key.text : "";
        if (members.has(name)) onDuplicate(key);
        members.set(name, dataOf(value, onDuplicate, depth + 1));
      }
      return Object.fromEntries(members);
    }
    case "alias":
      return node.target === undefined ? null : dataOf(node.target, onDuplicate, depth + 1);
    default:
      return node satisfies never;
  }
}

function nodeAt(node: SyntaxNode, [step, ...rest]: Path): SyntaxNode {
  if (step === undefined) return node;
  if (node.kind === "seq" && typeof step === "number") {
    const item = node.items[step];
    return item === undefined ? node : nodeAt(item, rest);
  }
  if (node.kind === "map") {
    const pair = node.pairs.find(({ key }) => key.kind === "scalar" && key.text === step);
    return pair === undefined ? node : nodeAt(rest.length === 0 ? pair.key : pair.value, rest);
  }
  return node;
}
