import { readFileSync } from "node:fs";
import { join } from "node:path";
import { check } from "@compose-harden/rules";
import { describe, expect, it } from "vitest";
import { run } from "./cli/program.js";
import { hardCases, loadSample } from "./laws/sample.js";

const cases = hardCases();

/** The rules that report a topic of the table. */
const RULES: Readonly<Record<string, readonly string[]>> = {
  PORT: ["published-on-all-interfaces"],
  NNP: ["no-new-privileges"],
  RO: ["read-only-root"],
  MEM: ["memory-limit"],
  SECCOMP: ["unconfined"],
  PRIV: ["privileged"],
  HOSTNET: ["host-network"],
  PIDHOST: ["host-namespaces"],
  SOCK: ["control-socket"],
  TAG: ["image-tag"],
  TMPFSEXEC: ["scratch-tmpfs"],
};

interface Expected {
  readonly must: readonly (readonly [service: string, topic: string])[];
  readonly mustnot: readonly (readonly [service: string, topic: string])[];
  readonly valid: boolean;
}

describe.skipIf(cases.length === 0)("the truth table", () => {
  it.each(cases)("$name", (sample) => {
    const { cwd } = sample.entry;
    const { must, mustnot, valid }: Expected = JSON.parse(readFileSync(join(cwd, "expect.json"), "utf8"));
    if (must.some(([service]) => service === "*")) {
      const started = performance.now();
      expect(run(["check"], { cwd })).toMatchObject({ code: 2, err: expect.stringMatching(/compose\.yaml:\d+:\d+/) });
      expect(performance.now() - started).toBeLessThan(10_000);
      return;
    }
    const project = loadSample(sample);
    const found = check(project);
    const isFound = ([service, topic]: readonly [string, string]) =>
      found.some(
        (finding) => finding.service === service && (RULES[topic] ?? expect.fail(topic)).includes(finding.rule),
      );
    expect(must.filter((row) => !isFound(row))).toEqual([]);
    expect(mustnot.filter(isFound)).toEqual([]);
    expect(project.gaps.length === 0).toBe(valid);
  });
});
