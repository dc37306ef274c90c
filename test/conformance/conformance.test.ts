import { describe, expect, test } from "vitest";
import type { Suite } from "./case.js";
import { compareCase } from "./compare.js";
import { corpus } from "./corpus.js";
import { EXPECTED } from "./expected.js";
import { borrowed, probes } from "./suites.js";

describe("loads agree with Docker's", () => {
  checkSuite("probes", probes());
  const others = [...borrowed(), corpus()].filter((suite) => suite !== undefined);
  for (const name of ["compose-go-testdata", "compose-go-inline", "compose-cli-e2e", "awesome-compose", "corpus"]) {
    const suite = others.find((other) => other.name === name);
    if (suite === undefined) test.skip(`${name} (the folder ../shared is not there)`);
    else checkSuite(name, suite);
  }
});

function checkSuite(name: string, suite: Suite): void {
  test(name, { timeout: 120_000 }, () => {
    const expected = EXPECTED.filter((difference) => difference.suite === name);
    const found = suite.cases.flatMap((one) => compareCase(suite, one));
    const isExpected = (id: string, output: string): boolean =>
      expected.some((difference) => difference.id === id && (difference.output ?? output) === output);
    const differed = found.filter(({ id, output }) => !isExpected(id, output));
    const met = expected.filter(({ id, output }) =>
      found.some((one) => one.id === id && (output ?? one.output) === one.output),
    );
    const agreed = suite.cases.length - new Set(found.map(({ id }) => id)).size;
    const accepted = suite.cases.filter(({ outcomes }) => !("refused" in outcomes.config)).length;
    process.stdout.write(
      `${name}: ${suite.cases.length} loads (${accepted} that Docker accepts), ${agreed} agreed, ${differed.length} differed, ${met.length} expected to differ\n`,
    );
    expect(differed.map(({ id, output, kind, detail }) => `${id} ${output} ${kind} ${detail}`)).toEqual([]);
    expect(expected.filter((difference) => !met.includes(difference))).toEqual([]);
  });
}
