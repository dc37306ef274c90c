import { expect, it } from "vitest";
import { parseSyntax } from "./parse.js";

it("keeps the text of a tagged merge key", () => {
  const { documents } = parseSyntax("compose.yaml", "a: &a {b: 1}\nc:\n  !!merge <<: *a\n");
  const root = documents[0]?.root;
  const c = root?.kind === "map" ? root.pairs[1]?.value : undefined;
  const key = c?.kind === "map" ? c.pairs[0]?.key : undefined;
  expect(key).toMatchObject({ kind: "scalar", text: "<<", tag: "!!merge" });
});
