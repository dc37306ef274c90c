import { applyIntents, differences } from "@compose-harden/fixer";
import { formatPath } from "@compose-harden/model";
import { discover } from "@compose-harden/parser";
import { describe, expect, it } from "vitest";
import { misapplied } from "./apply.js";
import { alone, fixAll, type Outcome, ruleByRule, violationsOf } from "./laws.js";
import { linesOf } from "./minimality.js";
import { corpusSamples, hasCorpus, loadSample, type Sample, thinned } from "./sample.js";
import { VARIANTS, variantOf } from "./variants.js";

/** Refusals that a person of the file agrees with, but that are not the syntax's fault, are few. */
const MOST_REFUSED = 0.03;
/** Of the runs rule by rule, the share in which one fix changes what another rule wants, so that nothing can be said. */
const MOST_CHANGED = 0.03;

/** Of all findings, the share that a fix mends, proven and written. */
const LEAST_FIXED = 0.5;

describe.skipIf(!hasCorpus)("the laws on all real projects", () => {
  const samples = hasCorpus ? corpusSamples() : [];

  it("hold for all fixes together, and nearly all are written", { timeout: 900_000 }, () => {
    const violations = [];
    const table = new Map<string, { written: number; refused: number; reasons: Map<string, number> }>();
    const lines = { changed: 0, fewest: 0 };
    const found = new Map<string, number>();
    for (const sample of samples) {
      const outcome = fixAll(sample);
      violations.push(...violationsOf(outcome));
      tally(outcome, table);
      for (const { rule } of outcome.findings) found.set(rule, (found.get(rule) ?? 0) + 1);
      const { changed, fewest } = linesOf(outcome.patch);
      lines.changed += changed;
      lines.fewest += fewest;
    }
    print(table);
    const share = shareFixed(found, table, () => true);
    const explicit = shareFixed(found, table, (rule) => !ABSENT.has(rule));
    console.log(`fixed: ${share.text} of all findings, ${explicit.text} of those that are not about something absent`);
    expect(share.part).toBeGreaterThanOrEqual(LEAST_FIXED);
    console.log(`${lines.changed} changed lines, ${lines.fewest} needed: ${(lines.changed / lines.fewest).toFixed(3)}`);
    expect(violations).toEqual([]);
    const rows = [...table.values()];
    const refused = rows.reduce((sum, row) => sum + row.refused, 0);
    const written = rows.reduce((sum, row) => sum + row.written, 0);
    expect(refused / (refused + written)).toBeLessThan(MOST_REFUSED);
    expect(lines.changed / lines.fewest).toBeLessThanOrEqual(1.1);
  });

  it.each(VARIANTS)("hold with $name", { timeout: 900_000 }, (variant) => {
    const rewritten = thinned(samples, 100).flatMap((sample) => variantOf(sample, variant) ?? []);
    expect(rewritten.flatMap((sample) => violationsOf(fixAll(sample)))).toEqual([]);
  });

  it("give the same files rule by rule in any order", { timeout: 900_000 }, () => {
    const orders = [
      (rules: readonly string[]) => rules.toReversed(),
      (rules: readonly string[]) => rules.filter((_, i) => i % 2 === 0).concat(rules.filter((_, i) => i % 2 === 1)),
    ];
    const outcomes = thinned(samples, 250).map((sample) => fixAll(sample));
    const results = outcomes.flatMap((outcome) => orders.map((order) => ruleByRule(outcome, order)));
    expect(results.flatMap((wrong) => wrong ?? [])).toEqual([]);
    expect(results.filter((wrong) => wrong === undefined).length / results.length).toBeLessThan(MOST_CHANGED);
  });

  it("hold for override files", { timeout: 900_000 }, () => {
    const wrong = thinned(samples, 100).flatMap((sample) => overlayProblems(sample));
    expect(wrong).toEqual([]);
  });

  it("hold for every fix by itself", { timeout: 900_000 }, () => {
    expect(thinned(samples, 120).flatMap((sample) => [...alone(fixAll(sample))])).toEqual([]);
  });

  it("give patches that git and patch take", { timeout: 900_000 }, () => {
    const wrong = thinned(samples, 120).flatMap((sample) => {
      const { patch } = fixAll(sample);
      return patch.changes.length === 0 ? [] : misapplied(patch).map((problem) => `${sample.name}: ${problem}`);
    });
    expect(wrong).toEqual([]);
  });
});

/** Rules about what is missing, which a fix can nearly always add; they make up most findings. */
const ABSENT: ReadonlySet<string> = new Set(
  "cap-drop-all cpu-limit log-rotation memory-limit no-new-privileges pids-limit read-only-root".split(" "),
);

function shareFixed(
  found: ReadonlyMap<string, number>,
  table: ReadonlyMap<string, { readonly written: number }>,
  counts: (rule: string) => boolean,
): { readonly part: number; readonly text: string } {
  const rules = [...found.keys()].filter(counts);
  const all = rules.reduce((sum, rule) => sum + (found.get(rule) ?? 0), 0);
  const written = rules.reduce((sum, rule) => sum + (table.get(rule)?.written ?? 0), 0);
  return { part: written / all, text: `${written} of ${all} (${((100 * written) / all).toFixed(1)} %)` };
}

/** All changes in one new override file: the files stay as they are, and a second fix changes nothing. */
function overlayProblems(sample: Sample): readonly string[] {
  const overlay = `${loadSample(sample).directory}/hardening.of.this.yaml`;
  const { project, patch, after } = fixAll(sample, { unsafe: true, overlay });
  const [change] = patch.changes;
  if (change === undefined) return [];
  const files = discover(project.entry, sample.read).files;
  const entry = { ...project.entry, files: [...files, overlay], projectDirectory: project.directory };
  const together = { ...after, entry };
  const intents = patch.applied.flatMap(({ finding }) => finding.fix?.intents ?? []);
  const [place] = differences(applyIntents(project.data, intents), loadSample(together).data, intents);
  const again = fixAll(together, { unsafe: true, overlay }).patch.changes;
  return [
    ...(patch.changes.length === 1 && change.path === overlay ? [] : [`${sample.name}: another file changes`]),
    ...(place === undefined ? [] : [`${sample.name}: ${formatPath(place)}`]),
    ...(again.length === 0 ? [] : [`${sample.name}: a second fix changes it again`]),
  ];
}

function tally(
  { patch }: Outcome,
  table: Map<string, { written: number; refused: number; reasons: Map<string, number> }>,
): void {
  const row = (rule: string) => {
    const known = table.get(rule) ?? { written: 0, refused: 0, reasons: new Map<string, number>() };
    table.set(rule, known);
    return known;
  };
  for (const { finding } of patch.applied) row(finding.rule).written++;
  for (const { finding, refusal } of patch.refused) {
    const entry = row(finding.rule);
    entry.refused++;
    entry.reasons.set(refusal, (entry.reasons.get(refusal) ?? 0) + 1);
  }
}

function print(
  table: ReadonlyMap<string, { written: number; refused: number; reasons: ReadonlyMap<string, number> }>,
): void {
  for (const [rule, { written, refused, reasons }] of [...table].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const why = [...reasons].map(([reason, count]) => `${reason} ${count}`).join(", ");
    console.log(
      `${rule.padEnd(32)} ${String(written).padStart(6)} written ${String(refused).padStart(5)} refused  ${why}`,
    );
  }
}
