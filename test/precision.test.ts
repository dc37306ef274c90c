import { beforeAll, describe, expect, it } from "vitest";
import { CORPUS, hasCorpus } from "./laws/sample.js";
import { findingsOf, fingerprintOf } from "./precision/draw.js";
import { projectOf } from "./precision/projects.js";
import { type Judged, readSheet, readUnseen, type Verdict } from "./precision/sheet.js";

const sheet = readSheet();
const count = (rows: readonly Judged[], verdict: Verdict): number =>
  rows.filter((row) => row.verdict === verdict).length;
/** Of the findings that are true or false, the share that is true. */
const precisionOf = (rows: readonly Judged[]): number => {
  const [right, wrong] = [count(rows, "right"), count(rows, "wrong")];
  return right + wrong === 0 ? 1 : right / (right + wrong);
};
const rules = [...new Set(sheet.map(({ rule }) => rule))].sort();

describe.each([
  { name: "the judged findings", rows: sheet, least: 300 },
  { name: "those of files that nobody had seen", rows: readUnseen(), least: 150 },
])("$name", ({ rows, least }) => {
  it("are enough, each judged once, with a reason and nothing of the file's content", () => {
    expect(rows.length).toBeGreaterThanOrEqual(least);
    expect(new Set(rows.map(({ fingerprint }) => fingerprint)).size).toBe(rows.length);
    for (const { reason, verdict } of rows) {
      expect(reason).toMatch(/^[^\n]{7,120}$/);
      expect(["right", "wrong", "arguable"]).toContain(verdict);
    }
  });

  it("97 of 100 are right, counted as they were found", () => {
    console.log(tally(rows));
    expect(precisionOf(rows)).toBeGreaterThanOrEqual(0.97);
  });
});

describe.skipIf(!hasCorpus)("of the judged findings, on the files they were drawn from,", () => {
  const reported = new Set<string>();
  const isReported = ({ fingerprint }: Judged): boolean => reported.has(fingerprint);

  beforeAll(() => {
    const projects = new Map(sheet.map(({ files }) => [files.join(" + "), files]));
    for (const files of projects.values())
      for (const { finding, at } of findingsOf(projectOf(CORPUS, files)))
        for (const rule of [finding.rule, ...(finding.standsInFor ?? [])]) reported.add(fingerprintOf(rule, at));
  });

  it("the wrong ones are no longer reported", () => {
    expect(names(sheet.filter((row) => row.verdict === "wrong" && isReported(row)))).toEqual([]);
  });

  it("the right ones still are", () => {
    expect(names(sheet.filter((row) => row.verdict === "right" && !isReported(row)))).toEqual([]);
  });

  it("97 of 100 are right, and 90 of 100 of each rule", () => {
    const now = sheet.filter(isReported);
    for (const rule of rules) {
      const [before, after] = [sheet, now].map((rows) => rows.filter((row) => row.rule === rule));
      console.log(`${rule}: ${tally(before ?? [])}, now ${tally(after ?? [])}`);
      expect(precisionOf(after ?? []), rule).toBeGreaterThanOrEqual(0.9);
    }
    console.log(`all: ${tally(sheet)}, now ${tally(now)}`);
    expect(precisionOf(now)).toBeGreaterThanOrEqual(0.97);
  });
});

function names(rows: readonly Judged[]): readonly string[] {
  return rows.map(({ rule, at }) => `${rule} ${at}`);
}

function tally(rows: readonly Judged[]): string {
  const share = (100 * precisionOf(rows)).toFixed(1);
  return `${rows.length} judged, ${count(rows, "wrong")} wrong, ${count(rows, "arguable")} arguable, ${share} % right`;
}
