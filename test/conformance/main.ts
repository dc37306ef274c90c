import type { Case, Output, Suite } from "./case.js";
import { answer, compareCase } from "./compare.js";
import { corpus } from "./corpus.js";
import { recordCorpus, recordProbes } from "./record.js";
import { borrowed, probes } from "./suites.js";

/** The suite by hand: `show`, `diff` and `record` (see `scripts/conformance.mjs`). */
export function run(args: readonly string[]): void {
  const [command, ...rest] = args;
  switch (command) {
    case "record":
      if (rest[0] !== "corpus") recordProbes();
      if (rest[0] !== "probes") recordCorpus();
      return;
    case "diff":
      for (const suite of suites(rest[0])) {
        for (const one of suite.cases) {
          for (const { id, output, kind, detail } of compareCase(suite, one))
            print(`${suite.name} ${id} ${output} ${kind}: ${detail}`);
        }
      }
      return;
    case "show": {
      const [id = "", output = "config"] = rest;
      for (const suite of suites(undefined)) {
        for (const one of suite.cases.filter((candidate) => candidate.id === id)) show(suite, one, output);
      }
      return;
    }
    default:
      print("usage: conformance diff [SUITE] | show ID [config|all|noConsistency|yaml] | record [probes|corpus]");
  }
}

function suites(name: string | undefined): readonly Suite[] {
  const all = [probes(), ...borrowed(), corpus()].filter((suite) => suite !== undefined);
  return name === undefined ? all : all.filter((suite) => suite.name === name);
}

function show(suite: Suite, one: Case, output: string): void {
  print(`suite ${suite.name}, below ${suite.root}`);
  print(JSON.stringify(one, null, 2));
  print("this program:");
  print(JSON.stringify(answer(suite, one, output as Output), null, 2));
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
