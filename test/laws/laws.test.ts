import { describe, expect, it } from "vitest";
import { fixAll, ruleByRule, violationsOf } from "./laws.js";
import { corpusSamples, hasCorpus, thinned } from "./sample.js";
import { VARIANTS, variantOf } from "./variants.js";

describe.skipIf(!hasCorpus)("the laws on real projects", () => {
  const samples = hasCorpus ? thinned(corpusSamples(), 40) : [];

  it("hold for all fixes together", { timeout: 60_000 }, () => {
    expect(samples.length).toBeGreaterThan(30);
    const outcomes = samples.map((sample) => fixAll(sample));
    expect(outcomes.flatMap(violationsOf)).toEqual([]);
    expect(outcomes.flatMap(({ patch }) => patch.applied).length).toBeGreaterThan(200);
  });

  it("give the same files rule by rule in any order", { timeout: 60_000 }, () => {
    const outcomes = thinned(samples, 12).map((sample) => fixAll(sample));
    const turned = (rules: readonly string[]) => rules.toReversed();
    const verdicts = outcomes.flatMap((outcome) => [ruleByRule(outcome, turned) ?? []]);
    expect(verdicts.flat()).toEqual([]);
  });

  it.each(VARIANTS)("hold with $name", { timeout: 60_000 }, (variant) => {
    const rewritten = thinned(samples, 10).flatMap((sample) => variantOf(sample, variant) ?? []);
    expect(rewritten.length).toBeGreaterThan(0);
    expect(rewritten.flatMap((sample) => violationsOf(fixAll(sample)))).toEqual([]);
  });
});
