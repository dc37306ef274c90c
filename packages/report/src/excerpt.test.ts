import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnsOf, wrap } from "./columns.js";
import { escapeText } from "./escape.js";
import { excerpt } from "./excerpt.js";
import type { Sources } from "./place.js";

const ACTIVE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** Sources of one file; offsets are found the slow way. */
function sourceOf(text: string, isEnvFile = false): Sources {
  return {
    textOf: () => text,
    isEnvFile: () => isEnvFile,
    secretsIn: () => [],
    positionAt: (_, offset) => {
      const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
      return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
    },
  };
}

function shown(text: string, part: string, width = 80) {
  const start = text.indexOf(part);
  return excerpt({ file: "f", start, end: start + part.length }, width, sourceOf(text));
}

describe("escapeText", () => {
  test.each([
    ["a\u001b[31mb", "a\\u001b[31mb"],
    ["a\nb\r\tc", "a\\nb\\r\\tc"],
    ["\u202eevil", "\\u202eevil"],
    ["\ud800", "\\ud800"],
    ["\u{e0041}", "\\u{e0041}"],
    ["grün 日本 🎉", "grün 日本 🎉"],
  ])("%j", (text, escaped) => {
    expect(escapeText(text)).toBe(escaped);
  });

  test("leaves nothing that acts", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const escaped = escapeText(text);
        expect(escaped).not.toMatch(ACTIVE);
        expect(() => encodeURIComponent(escaped)).not.toThrow();
      }),
    );
  });
});

describe("excerpt", () => {
  test("marks the span below its line", () => {
    expect(shown('services:\n  web:\n    - "80:80"\n', '"80:80"')).toEqual({
      line: 3,
      text: '    - "80:80"',
      marks: "      ^^^^^^^",
    });
  });

  test("expands tabs, counts wide characters double, and drops a byte-order mark", () => {
    expect(shown("\ufeffa:\t日本: x", "x")).toEqual({ line: 1, text: "a:  日本: x", marks: "          ^" });
  });

  test("cuts long lines around the span", () => {
    const line = `text: ${"x".repeat(300)} here ${"y".repeat(300)}`;
    const { text = "", marks = "" } = shown(line, "here", 60) ?? {};
    expect(columnsOf(text)).toBeLessThanOrEqual(60);
    expect(text.slice(marks.indexOf("^"), marks.length)).toBe("here");
  });

  test("shows the first line of a longer span", () => {
    expect(shown("a:\n  b: 1\n  c: 2\n", "b: 1\n  c: 2")).toEqual({ line: 2, text: "  b: 1", marks: "  ^^^^" });
  });

  test("hides every value of an env file", () => {
    const range = { file: "f", start: 0, end: 5 };
    expect(excerpt(range, 80, sourceOf("PLAIN=value\n", true))?.text).toBe("PLAIN=*****");
  });

  test("fits the width and marks at least one column, whatever the text", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary" }),
        fc.nat(),
        fc.nat(200),
        fc.integer({ min: 24, max: 120 }),
        (text, at, length, width) => {
          const start = text.length === 0 ? 0 : at % text.length;
          const result = excerpt({ file: "f", start, end: start + length }, width, sourceOf(text));
          if (text === "") return;
          expect(columnsOf(result?.text ?? "")).toBeLessThanOrEqual(width);
          expect(result?.text).not.toMatch(ACTIVE);
          expect(result?.marks).toMatch(/^ *\^+$/);
        },
      ),
    );
  });
});

test("wrap keeps every word, and lines within the width unless a word is longer", () => {
  const words = fc.array(fc.stringMatching(/^[a-z日]{1,12}$/), { maxLength: 40 });
  fc.assert(
    fc.property(words, fc.integer({ min: 24, max: 80 }), (list, width) => {
      const lines = wrap(list.join(" "), width);
      expect(lines.join(" ")).toBe(list.join(" "));
      for (const line of lines) expect(columnsOf(line)).toBeLessThanOrEqual(width);
    }),
  );
});
