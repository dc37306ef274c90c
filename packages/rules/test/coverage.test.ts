import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { Coverage } from "../generate/coverage.js";
import { rules } from "../src/index.js";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const rows: readonly Coverage[] = JSON.parse(readFileSync(path("../../../docs/coverage.json"), "utf8"));
const list = path("../../../../shared/peers/PEERS.md");

it.each(rows)("$check, $what: is answered", (row) => {
  // Rules or a reason, and a reason that says something.
  expect(row.rules === undefined).toBe(row.reason !== undefined);
  expect(row.rules ?? ["-"]).not.toEqual([]);
  expect(row.reason ?? row.what).not.toHaveLength(0);
  const known = rules.map(({ id }) => id);
  for (const id of row.rules ?? []) expect(known).toContain(id);
});

it("names each check once", () => {
  expect(new Set(rows.map(({ check }) => check)).size).toBe(rows.length);
});

it.skipIf(!existsSync(list))("leaves no line of the list of known checks open", () => {
  const known = Array.from(readFileSync(list, "utf8").matchAll(/^\| (U\d+) \|/gm), ([, check]) => check);
  expect(rows.map(({ check }) => check)).toEqual(known);
});
