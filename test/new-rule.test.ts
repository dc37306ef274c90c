import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const copy = mkdtempSync(join(tmpdir(), "new-rule-"));
afterAll(() => rmSync(copy, { recursive: true, force: true }));

it("scaffolds a rule that passes its own test and its page's", { timeout: 120_000 }, () => {
  for (const name of readdirSync(root).filter((entry) => entry !== "node_modules" && entry !== ".git")) {
    cpSync(join(root, name), join(copy, name), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !/[\\/](dist|fixtures|goldens)$/.test(source),
    });
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const run = (...words: readonly string[]) =>
    spawnSync(process.execPath, words, {
      cwd: copy,
      encoding: "utf8",
      env: { ...process.env, VITEST: "", NO_COLOR: "1" },
    });

  const scaffold = run("scripts/new-rule.mjs", "guard-of-the-day");
  expect(scaffold.stderr).toContain("written: packages/rules/src/rules/guard-of-the-day.ts");
  expect(scaffold.status).toBe(0);
  expect(readdirSync(join(copy, "docs/rules"))).toContain("guard-of-the-day.md");
  expect(readFileSync(join(copy, "packages/rules/src/generated/rules.ts"), "utf8")).toContain("guardOfTheDay");
  expect(readFileSync(join(copy, "docs/rules/README.md"), "utf8")).toContain("(guard-of-the-day.md)");

  const tests = run(
    "node_modules/vitest/vitest.mjs",
    "run",
    "-t",
    "guard-of-the-day",
    "rule-pages",
    "guard-of-the-day",
  );
  expect(tests.stdout).toMatch(/Tests\s+\d+ passed/);
  expect(tests.status).toBe(0);
});

it("refuses ids that are not kebab-case, and those in use", () => {
  for (const id of ["", "Guard", "a--b", "../x", "memory-limit"])
    expect(spawnSync(process.execPath, [join(root, "scripts/new-rule.mjs"), id]).status).toBe(2);
});
