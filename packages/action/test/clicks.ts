import { readFileSync } from "node:fs";
import { linesOf } from "@compose-harden/fixer";
import { expect } from "vitest";
import { folder } from "../../../test/cli/program.js";
import { hostFor } from "../src/host.js";
import { fingerprintsOf, fixWanted, inspect } from "../src/program.js";
import { type Suggestion, suggest } from "../src/suggestions.js";

/** Everything that fixes change in these files, as suggestions on files that are new as a whole. */
async function suggestionsFor(files: Readonly<Record<string, string>>, unsafe: boolean) {
  const host = hostFor(folder(files), {}, new Date("2026-01-31"));
  const { reading, results } = inspect([], {}, host);
  const fix = fixWanted(reading, { unsafe }, host);
  const prints = new Set(results.flatMap((result) => [...fingerprintsOf(result, host).values()]));
  const setting = { fix, isShown: () => true, secrets: [], isSecretLine: () => false };
  return { cwd: host.cwd, fix, ...(await suggest(prints, setting)) };
}

/** Texts after clicks on suggestions, from the last line up. */
function clicked(text: string, suggestions: readonly Suggestion[]): string {
  const lines = [...linesOf(text)];
  let limit = Number.POSITIVE_INFINITY;
  for (const { first, last, lines: by } of [...suggestions].sort((a, b) => b.first - a.first)) {
    expect(last).toBeLessThan(limit);
    limit = first;
    const isEnd = last === lines.length && !text.endsWith("\n");
    const now = by.map((line, index) => (isEnd && index === by.length - 1 ? line : `${line}\n`));
    lines.splice(first - 1, last - first + 1, ...now);
  }
  return lines.join("");
}

/** Suggestions for these files hold together and each by itself; their number. */
export async function holds(files: Readonly<Record<string, string>>, unsafe: boolean): Promise<number> {
  const { cwd, fix, suggestions, withheld } = await suggestionsFor(files, unsafe);
  const prints = suggestions.flatMap((one) => one.prints);
  // No finding in two suggestions, and none with a reason against it.
  expect(new Set(prints).size).toBe(prints.length);
  expect(prints.filter((print) => withheld.has(print))).toEqual([]);
  const of = (path: string, some: readonly Suggestion[]) => some.filter((one) => one.path === path);
  const whole = await fix(new Set(prints));
  for (const { path, before, after } of whole.changes) {
    expect(clicked(before?.text ?? "", of(path, suggestions))).toBe(after);
  }
  for (const suggestion of suggestions.slice(0, 4)) {
    const [change] = (await fix(new Set(suggestion.prints))).changes;
    expect(clicked(readFileSync(suggestion.path, "utf8"), [suggestion])).toBe(change?.after);
  }
  expect(suggestions.every(({ path }) => path.startsWith(cwd))).toBe(true);
  return suggestions.length;
}
