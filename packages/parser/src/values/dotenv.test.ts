import { describe, expect, test } from "vitest";
import { parseDotenv } from "./dotenv.js";
import { parseRawEnv } from "./rawenv.js";

const none = (): undefined => undefined;

describe("parseDotenv", () => {
  test("tells where each key and value was written", () => {
    const text = "# head\nexport A = 'x\ny' # c\n\nB=${A}z  # c\nHOME\n";
    const file = parseDotenv(text, (name) => (name === "HOME" ? "/root" : undefined));
    if (!file.ok) throw new Error(file.message);
    const shown = [...file.entries].map(([name, entry]) => [
      name,
      entry.value,
      entry.line,
      text.slice(entry.key.start, entry.key.end),
      text.slice(entry.source.start, entry.source.end),
      entry.inherited,
    ]);
    expect(shown).toEqual([
      ["A", "x\ny", 2, "A", "'x\ny'", false],
      ["B", "x\nyz", 5, "B", "${A}z", false],
      ["HOME", "/root", 6, "HOME", "HOME", true],
    ]);
  });

  test("keeps offsets right behind a byte-order mark", () => {
    const file = parseDotenv("\ufeffA=1", none);
    expect(file.ok && file.entries.get("A")).toMatchObject({ key: { start: 1, end: 2 }, source: { start: 3, end: 4 } });
  });

  test("places a repeated key where it was written last", () => {
    const file = parseDotenv("A=1\nB=2\nA=3", none);
    expect(file.ok && file.entries.get("A")).toMatchObject({ value: "3", line: 3 });
  });

  test("lets the lookup win over earlier keys", () => {
    const file = parseDotenv("A=1\nB=$A", (name) => (name === "A" ? "outside" : undefined));
    expect(file.ok && file.entries.get("B")?.value).toBe("outside");
  });

  test("collects the names that became blank, also when the file fails later", () => {
    expect(parseDotenv("A=$X\n?", none)).toEqual({
      ok: false,
      message: 'line 2: unexpected character "?" in variable name "?"',
      unset: ["X"],
    });
  });
});

describe("parseRawEnv", () => {
  test("keeps quotes and comments, and tells places", () => {
    const text = '# c\n A="x" # y\r\nB\nC\n';
    const file = parseRawEnv(text, (name) => (name === "C" ? "c" : undefined));
    if (!file.ok) throw new Error(file.message);
    expect(
      file.entries.map((entry) => [
        entry.name,
        entry.value,
        entry.line,
        text.slice(entry.source.start, entry.source.end),
      ]),
    ).toEqual([
      ["A", '"x" # y', 2, '"x" # y'],
      ["C", "c", 4, "C"],
    ]);
  });

  test("refuses a line that does not fit the reader's buffer", () => {
    expect(parseRawEnv(`A=${"x".repeat(65_533)}`, none).ok).toBe(true);
    expect(parseRawEnv(`A=${"x".repeat(65_534)}`, none)).toMatchObject({ ok: false });
    expect(parseRawEnv(`A=${"é".repeat(32_767)}`, none)).toMatchObject({ ok: false });
  });
});
