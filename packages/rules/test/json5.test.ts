import { expect, it } from "vitest";
import { parseJson5 } from "../src/programs/json5.js";

it.each([
  ["{}", {}],
  ["// a\n{ a: 1, /* b */ 'c': \"d\", }", { a: 1, c: "d" }],
  ["[1, -2.5, +3, 0x10, true, false, null,]", [1, -2.5, 3, 16, true, false, null]],
  ["{a: {b: ['x', {c: []}]}}", { a: { b: ["x", { c: [] }] } }],
  ["'a\\n\\u0041\\x42\\'\\\nb'", "a\nAB'b"],
  ['{"http://x": "y // no comment"}', { "http://x": "y // no comment" }],
  ["\ufeff{a: 1}", { a: 1 }],
])("reads %j", (text, value) => {
  expect(parseJson5(text)).toEqual(value);
});

it.each(["", "{", "{a}", "{a: }", "[1 2]", "{a: 1} b", "'a", "{,}", "[,]", "a: 1", "{a: ${B}}"])(
  "refuses %j",
  (text) => {
    expect(parseJson5(text)).toBeUndefined();
  },
);
