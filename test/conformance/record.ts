import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "@compose-harden/model";
import type { Case, Outcome, Output, Suite } from "./case.js";
import { digestOf, unrooted } from "./compare.js";
import { classOf } from "./error-class.js";

interface Answer {
  readonly outputs: Readonly<Record<string, { ok: boolean; error?: string; project?: Json; warnings?: string[] }>>;
}

/** A load that needs more time or memory than this ends the recording program, which is then started again behind it. */
const TRIES = 4;

/** Asks Docker's own loader about every request; the order of Go's maps varies, so errors are asked for several times. */
export function record(
  requests: readonly Omit<Case, "outcomes">[],
  suite: Pick<Suite, "root">,
  outputs: readonly Output[],
  outcome: (project: Json) => Outcome,
): Case[] {
  const rounds = Array.from({ length: TRIES }, () => ask(requests, suite.root, outputs));
  return requests.map((request, i) => {
    const outcomes: Partial<Record<Output, Outcome>> = {};
    for (const output of outputs) {
      const answers = rounds.map((round) => round[i]?.outputs[output]);
      const [first] = answers;
      if (first?.ok === true) outcomes[output] = outcome(first.project ?? null);
      else {
        const errors = answers.map((answer) => answer?.error ?? "PANIC: no answer");
        outcomes[output] = { refused: [...new Set(errors.map(classOf))].sort() };
      }
    }
    const { config = { refused: [] }, ...others } = outcomes;
    if (JSON.stringify(others.all) === JSON.stringify(config)) delete others.all;
    return { ...request, outcomes: { config, ...others } };
  });
}

/** An outcome that holds no text of the files it came from. */
export function digested(root: string): (project: Json) => Outcome {
  return (project) => ({ digest: digestOf(unrooted(project, root)) });
}

function ask(requests: readonly Omit<Case, "outcomes">[], root: string, outputs: readonly Output[]): readonly Answer[] {
  const answers: Answer[] = [];
  while (answers.length < requests.length) {
    const lines = requests
      .slice(answers.length)
      .map(({ dir, ...rest }) => JSON.stringify({ ...rest, dir: join(root, dir), outputs }));
    const { stdout, status } = spawnSync(oracle(), ["-stdin"], {
      input: `${lines.join("\n")}\n`,
      maxBuffer: 2 ** 31,
      encoding: "utf8",
    });
    const given: Answer[] = stdout
      .trim()
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
    if (given.length === 0 && status !== 0) throw new Error("the recording program gives no answer");
    answers.push(...given);
  }
  return answers;
}

/** The recording program: compose-go behind a line of JSON a load (see oracle/main.go). */
function oracle(): string {
  const path = process.env.COMPOSE_ORACLE ?? join(import.meta.dirname, "oracle/oracle");
  return path;
}

/** Writes cases one a line, so that a change of one shows as one. */
export function writeCases(path: string, cases: readonly Case[]): void {
  writeFileSync(path, `[\n${cases.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);
}
