import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { rules } from "../src/generated/rules.js";

/** One check that linters for Compose files have: which rules answer it, or why none does. */
interface Line {
  readonly check: string;
  readonly rules?: readonly string[];
  readonly reason?: string;
}

const coverage = JSON.parse(
  readFileSync(fileURLToPath(new URL("../coverage.json", import.meta.url)), "utf8"),
) as Readonly<Record<string, Line>>;
const union = fileURLToPath(new URL("../../../../shared/peers/PEERS.md", import.meta.url));

it("answers each line by rules that exist, or by a reason", () => {
  const ids = new Set(rules.map(({ id }) => id));
  for (const [number, { check, rules: named = [], reason }] of Object.entries(coverage)) {
    expect(number).toMatch(/^U\d+$/);
    expect(check).not.toBe("");
    expect(named.length > 0 || reason !== undefined, `${number} is open`).toBe(true);
    expect(named.filter((id) => !ids.has(id), `${number} names rules that do not exist`)).toEqual([]);
  }
});

it.skipIf(!existsSync(union))("has every line of the union list, and no other", () => {
  const lines = Array.from(readFileSync(union, "utf8").matchAll(/^\| (U\d+) \|/gm), ([, number]) => number);
  expect(lines.length).toBeGreaterThan(80);
  expect(Object.keys(coverage)).toEqual(lines);
});
