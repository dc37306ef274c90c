import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { interpolate, parseTemplate } from "./template.js";

const lookup = (name: string): string | undefined => ({ A: "va", EMPTY: "" })[name];

describe("interpolate", () => {
  test("answers a text without a dollar sign as it is", () => {
    expect(interpolate("plain", lookup)).toEqual({ ok: true, value: "plain", unset: [], used: [] });
  });

  test("tells which names it looked up and which were blank", () => {
    expect(interpolate("$A ${X} ${EMPTY:-${Y}} ${A:+$Z}", lookup)).toEqual({
      ok: true,
      value: "va   ",
      unset: ["X", "Y", "Z"],
      used: ["A", "X", "EMPTY", "Y", "A", "Z"],
    });
  });

  test("names the variable that is missing", () => {
    expect(interpolate("${X:?set ${A}}", lookup)).toMatchObject({
      ok: false,
      kind: "required",
      name: "X",
      message: "required variable X is missing a value: set va",
    });
  });

  test("answers the first of several errors", () => {
    expect(interpolate("${X:?one} ${Y:?two} ${", lookup)).toMatchObject({ kind: "required", name: "X" });
    expect(interpolate("${ ${X:?one}", lookup)).toMatchObject({ kind: "invalid" });
  });

  test("refuses defaults nested without end instead of running out of stack", () => {
    const depth = 20_000;
    expect(interpolate("${X:-".repeat(depth) + "}".repeat(depth), lookup)).toMatchObject({
      ok: false,
      kind: "invalid",
    });
  });

  test("takes a long line of expressions in linear time", () => {
    const text = "${X:-ab}".repeat(20_000);
    expect(interpolate(text, lookup)).toMatchObject({ ok: true, value: "ab".repeat(20_000) });
  });
});

describe("parseTemplate", () => {
  test("tells where name, operator and argument stand", () => {
    expect(parseTemplate("127.0.0.1:${PORT:-80}:80")).toEqual([
      { kind: "literal", start: 0, end: 10, value: "127.0.0.1:" },
      {
        kind: "variable",
        start: 10,
        end: 21,
        name: "PORT",
        operator: ":-",
        argument: { start: 18, end: 20 },
        matchEnd: 21,
      },
      { kind: "literal", start: 21, end: 24, value: ":80" },
    ]);
  });

  test("keeps an escaped dollar sign apart", () => {
    expect(parseTemplate("a$$b$1")).toEqual([
      { kind: "literal", start: 0, end: 1, value: "a" },
      { kind: "literal", start: 1, end: 3, value: "$" },
      { kind: "literal", start: 3, end: 6, value: "b$1" },
    ]);
  });

  test("marks a brace that opens nothing", () => {
    expect(parseTemplate("x${1}")[1]).toEqual({ kind: "invalid", start: 1, end: 3, context: { start: 0, end: 5 } });
  });

  test("covers every text without gaps", () => {
    const piece = fc.constantFrom("$", "{", "}", "${A", ":-", "-", "?", "A", "x", "\n", "$$", "${A:-");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join("");
        const segments = parseTemplate(text);
        expect(segments.map((segment) => text.slice(segment.start, segment.end)).join("")).toBe(text);
        for (const [index, segment] of segments.entries()) expect(segment.start).toBe(segments[index - 1]?.end ?? 0);
      }),
    );
  });
});
