import { describe, expect, it } from "vitest";
import { parseSyntax } from "./parse.js";
import type { SyntaxNode } from "./tree.js";

/** A tree in brief: scalars as style and text, aliases with `*`, flow collections marked. */
function brief(node: SyntaxNode | undefined): unknown {
  if (node === undefined) return undefined;
  switch (node.kind) {
    case "scalar":
      return node.style === "plain" ? node.text : `${node.style}:${node.text}`;
    case "alias":
      return `*${node.name}`;
    case "seq":
      return node.items.map(brief);
    case "map":
      return Object.fromEntries(node.pairs.map(({ key, value }) => [String(brief(key)), brief(value)]));
    default:
      return node satisfies never;
  }
}

function root(text: string): SyntaxNode | undefined {
  const tree = parseSyntax("f", text);
  expect(tree.problems).toEqual([]);
  return tree.documents[0]?.root;
}

describe("what is written", () => {
  const table: readonly (readonly [name: string, text: string, tree: unknown])[] = [
    ["block", "a:\n  b: 1\n  c: [x, {y: z}]\n", { a: { b: "1", c: ["x", { y: "z" }] } }],
    ["compact lists", "a:\n- 1\n- b: 2\n  c: 3\n", { a: ["1", { b: "2", c: "3" }] }],
    ["missing values", "a:\nb: \n- c", undefined],
    ["empty values", "a:\nb:\n  -\n  - x\n", { a: "", b: ["", "x"] }],
    ["plain over lines", "a: one\n  two\n\n  three # c\n", { a: "one two\nthree" }],
    ["signs inside plain", "a: x:y\nb: c#d\nc: http://e/?f=g&h\n", { a: "x:y", b: "c#d", c: "http://e/?f=g&h" }],
    ["single quotes", "a: 'it''s\n  two'\n", { a: "single:it's two" }],
    ["double quotes", 'a: "\\x41\\u00e9\\n\\\n  b \\\n   c"\n', { a: "double:Aé\nb c" }],
    ["literal", "a: |\n  x\n   y\n\n  z\n\nb: 1\n", { a: "literal:x\n y\n\nz\n", b: "1" }],
    ["folded", "a: >-\n  x\n  y\n\n  z\n", { a: "folded:x y\nz" }],
    ["kept breaks", "a: |+\n  x\n\nb: 1\n", { a: "literal:x\n\n", b: "1" }],
    ["indicated indentation", "a: |2\n   x\n", { a: "literal: x\n" }],
    ["CRLF", "a: 1\r\nb:\r\n- c\r\n", { a: "1", b: ["c"] }],
    ["byte-order mark", "\ufeffa: 1\n", { a: "1" }],
    ["tab in front of a comment", "a: 1\t# c\n# d\n\t# e\nb: 2\n", { a: "1", b: "2" }],
    ["JSON", '{"a": [1, "b"], "c":null}', { "double:a": ["1", "double:b"], "double:c": "null" }],
    ["alias", "a: &x 1\nb: *x\n", { a: "1", b: "*x" }],
    ["pair in a list", "[a: 1, ? b : 2, c]", [{ a: "1" }, { b: "2" }, "c"]],
    ["keys of one line", "? a\n: b\n", { a: "b" }],
  ];
  it.each(table.filter(([, , tree]) => tree !== undefined))("%s", (_, text, tree) => {
    expect(brief(root(text))).toEqual(tree);
  });
});

describe("where it stands", () => {
  const text = "a: &x !t\n  k: 'v'  # c\nb: |\n  text\n\nc: [1, 2]\nd:\n";
  const top = root(text);
  const under = (name: string): SyntaxNode | undefined =>
    top?.kind === "map" ? top.pairs.find(({ key }) => key.kind === "scalar" && key.text === name)?.value : undefined;
  const slice = (node: SyntaxNode | undefined): string | undefined => node && text.slice(node.start, node.end);

  it("gives a mapping from its first key to its last value, without anchor and tag", () => {
    const node = under("a");
    expect(slice(node)).toBe("k: 'v'");
    expect(node).toMatchObject({ anchor: "x", tag: "!t", propsStart: 3 });
  });
  it("ends a block of text with its last line", () => expect(slice(under("b"))).toBe("|\n  text"));
  it("includes brackets", () => expect(slice(under("c"))).toBe("[1, 2]"));
  it("puts a missing value behind the colon", () => {
    expect(under("d")).toMatchObject({ start: text.length - 1, end: text.length - 1, text: "" });
  });
  it("keeps the text of a tagged merge key", () => {
    const node = root("a: &a {b: 1}\nc:\n  !!merge <<: *a\n");
    const c = node?.kind === "map" ? node.pairs[1]?.value : undefined;
    expect(c?.kind === "map" ? c.pairs[0]?.key : undefined).toMatchObject({ text: "<<", tag: "!!merge" });
  });
});

describe("documents", () => {
  it("are separate, but see earlier anchors", () => {
    const tree = parseSyntax("f", "a: &x 1\n---\nb: *x\n...\n---\n");
    expect(tree.documents.map((document) => brief(document.root))).toEqual([{ a: "1" }, { b: "*x" }, undefined]);
    const second = tree.documents[1]?.root;
    const alias = second?.kind === "map" ? second.pairs[0]?.value : undefined;
    expect(alias).toMatchObject({ kind: "alias", target: { text: "1" } });
  });
  it("are none in a file of comments", () => expect(parseSyntax("f", "# a\n").documents).toEqual([]));
});

describe("what libyaml refuses", () => {
  const table: readonly (readonly [name: string, text: string, at: number, rest: unknown])[] = [
    ["a tab as indentation", "a:\n\tb: 1\nc: 2\n", 3, { a: "", c: "2" }],
    ["a second colon", "a: b: c\nd: 1\n", 4, { d: "1" }],
    ["a line between the levels", "a:\n    b: 1\n  c: 2\nd: 3\n", 14, { a: { b: "1" }, d: "3" }],
    ["an open quote", "a: 1\nb: 'x\n", 11, { a: "1" }],
    ["an open bracket", "a: 1\nb: [x\nc: 2\n", 12, { a: "1", c: "2" }],
    ["an unknown escape", 'a: "\\q"\nb: 1\n', 4, { b: "1" }],
    ["a reserved sign", "a: @b\nc: 1\n", 3, { c: "1" }],
    ["a lost key", "a: 1\nb\nc: 2\n", 5, { a: "1", c: "2" }],
    ["YAML 1.2 in words", "%YAML 1.2\n---\na: 1\n", 0, { a: "1" }],
    ["control characters", "a: \u0001\nb: 1\n", 3, { b: "1" }],
  ];
  it.each(table)("%s, and the rest is read", (_, text, at, rest) => {
    const tree = parseSyntax("f", text);
    expect(tree.problems.map(({ start }) => start)).toEqual([at]);
    expect(brief(tree.documents[0]?.root)).toEqual(rest);
  });
  it("an alias without an anchor", () => {
    expect(parseSyntax("f", "a: *b\n").problems).toEqual([
      { message: "no anchor `&b` stands before the alias `*b`", start: 3, end: 5 },
    ]);
  });
  it("nesting without end, in time", () => {
    expect(parseSyntax("f", `a: ${"[".repeat(100_000)}`).problems).toHaveLength(1);
  });
});
