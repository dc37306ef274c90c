import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { isInstalled } from "../../../test/installed.js";
import { blobSha, type DiffFile, hunksBetween, hunksOfPatch, isAdded, lineMap, shownLines } from "../src/changes.js";

const withGit = it.skipIf(!isInstalled("git"));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "compose-harden-changes-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The hunks that git shows between two texts, without their head. */
function patchOf(before: string, after: string): string {
  writeFileSync(join(folder, "a"), before);
  writeFileSync(join(folder, "b"), after);
  try {
    execFileSync("git", ["diff", "--no-index", "-U3", "a", "b"], { cwd: folder, encoding: "utf8", stdio: "pipe" });
    return "";
  } catch (error) {
    const { stdout } = error as { stdout: string };
    return stdout.slice(stdout.indexOf("\n@@ ") + 1);
  }
}

// Few different lines, so that they repeat, and each a place of its own often enough.
const text = fc
  .array(fc.constantFrom("a", "b", "c", "", " x", "+y", "-z", "@@ -1 +1 @@"), { maxLength: 40 })
  .chain((lines) => fc.constantFrom(lines.join("\n"), `${lines.join("\n")}\n`));

withGit("reads what git writes: the added lines are those that the old text plus the rest lacks", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const hunks = hunksOfPatch(patchOf(before, after));
      const lines = after.split("\n");
      const added = new Set(hunks.flatMap((hunk) => [...hunk.added]));
      for (const { first, last } of hunks) {
        expect(first).toBeGreaterThan(0);
        expect(last).toBeLessThanOrEqual(lines.length);
        for (const line of added) expect(hunks.some((hunk) => hunk.first <= line && line <= hunk.last)).toBe(true);
      }
      // What is not added was there before, in this order.
      const kept = lines.filter((_, index) => !added.has(index + 1));
      expect(
        isPartOf(
          kept.filter((line) => line !== ""),
          before.split("\n"),
        ),
      ).toBe(true);
    }),
    { numRuns: 60 },
  );
});

function isPartOf(some: readonly string[], all: readonly string[]): boolean {
  let at = 0;
  for (const line of some) {
    at = all.indexOf(line, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

withGit("finds the same hunks as git where GitHub gives no diff", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.array(fc.nat(59), { maxLength: 6 }), (size, changed) => {
      const lines = Array.from({ length: size }, (_, index) => `line ${index}\n`);
      const now = lines.map((line, index) => (changed.includes(index) ? `${line}new ${index}\n` : line));
      const [before, after] = [lines.join(""), now.join("")];
      expect(hunksBetween(before, after)).toEqual(hunksOfPatch(patchOf(before, after)));
    }),
    { numRuns: 60 },
  );
});

it("takes everything in a file that was not there as new", () => {
  expect(hunksBetween(undefined, "a\nb\n")).toEqual([{ first: 1, last: 2, added: new Set([1, 2]) }]);
  expect(hunksBetween(undefined, "")).toEqual([]);
  expect(hunksBetween("a\n", "")).toEqual([]);
});

it.each<[string, string, readonly (number | undefined)[]]>([
  ["a\nb\nc\n", "a\nb\nc\n", [1, 2, 3]],
  ["a\nb\nc\n", "x\na\nb\nc\n", [2, 3, 4]],
  ["a\nb\nc\n", "a\nc\n", [1, undefined, 2]],
  ["a\nb\nc\n", "a\nB\nB\nc\n", [1, undefined, 4]],
  ["a\r\nb\r\n", "x\na\nb\n", [2, 3]],
  ["a\nb", "a\nb\n", [1, 2]],
])("lines of %j in %j: %j", (here, there, lines) => {
  const map = lineMap(here, there);
  const found = lines.map((_, index) => map(index + 1));
  // A last line without a line break is another line to git.
  if (here.endsWith("\n")) expect(found).toEqual(lines);
  else expect(found[0]).toBe(lines[0]);
});

it("shows lines that are in one hunk and in one piece", () => {
  const file: DiffFile = {
    name: "a",
    hunks: hunksOfPatch("@@ -1,3 +1,4 @@\n a\n+b\n c\n d\n@@ -20 +21,2 @@ x\n-e\n+f\n+g\n\\ No newline at end of file"),
    lineThere: (line) => (line === 30 ? undefined : line),
  };
  expect(file.hunks).toEqual([
    { first: 1, last: 4, added: new Set([2]) },
    { first: 21, last: 22, added: new Set([21, 22]) },
  ]);
  expect(shownLines(file, 1, 4)).toEqual({ first: 1, last: 4 });
  expect(shownLines(file, 4, 5)).toBeUndefined();
  expect(shownLines(file, 4, 21)).toBeUndefined();
  expect(shownLines(file, 30, 30)).toBeUndefined();
  expect(isAdded(file, 2)).toBe(true);
  expect(isAdded(file, 3)).toBe(false);
  expect(isAdded(file, 30)).toBe(false);
});

withGit("names contents as git does", () => {
  expect(blobSha(Buffer.from("hello\n"))).toBe("ce013625030ba8dba906f756967f9e9ca394464a");
});
