import { check, checkWith, rules } from "@compose-harden/rules";
import { expect, it } from "vitest";
import { corpusSamples, hasCorpus, loadSample, thinned } from "./laws/sample.js";

it.skipIf(!hasCorpus)("asks no rule in vain: without what it says it reads, it finds nothing", () => {
  const always = rules.map(({ reads: _, ...rule }) => rule);
  for (const sample of thinned(corpusSamples(), 150)) {
    const project = loadSample(sample);
    expect(checkWith(always, project), sample.name).toEqual(check(project));
  }
});
