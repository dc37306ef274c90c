import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Json } from "@compose-harden/model";
import type { Case, Outcome, Output } from "./case.js";
import { digestOf, textDigest, unrooted } from "./compare.js";
import { CORPUS, CORPUS_RECORD, corpusRequests } from "./corpus.js";
import { classOf } from "./error-class.js";
import { PROBES, PROBES_ROOT, type ProbeGroup } from "./suites.js";

type Request = Omit<Case, "outcomes">;

interface Answer {
  readonly ok: boolean;
  readonly error?: string;
  readonly project?: Json;
  readonly warnings?: readonly string[];
}

/** The order of Go's maps decides which of several errors is reported, so every load is asked for this many times. */
const ROUNDS = 10;

/** Records the probes anew: their files stand for themselves, only the outcomes are replaced. */
export function recordProbes(): void {
  rmSync(PROBES_ROOT, { recursive: true, force: true });
  const groups = readdirSync(PROBES)
    .sort()
    .map((name) => [name, readGroup(name)] as const);
  for (const [path, text] of groups.flatMap(([, { files }]) => Object.entries(files))) {
    mkdirSync(dirname(join(PROBES_ROOT, path)), { recursive: true });
    writeFileSync(join(PROBES_ROOT, path), text);
  }
  const recorder = buildRecorder();
  const outputs: Output[] = ["config", "all", "noConsistency", "yaml"];
  for (const [name, { files, cases }] of groups) {
    const recorded = record(recorder, cases, PROBES_ROOT, outputs, (project) => ({
      project: unrooted(project, PROBES_ROOT),
    }));
    const lines = recorded.map((one) => `  ${JSON.stringify(one)}`);
    const texts = Object.entries(files).map(([path, text]) => `  ${JSON.stringify(path)}: ${JSON.stringify(text)}`);
    writeFileSync(
      join(PROBES, name),
      `{\n "files": {\n${texts.join(",\n")}\n },\n "cases": [\n${lines.join(",\n")}\n ]\n}\n`,
    );
  }
  rmSync(PROBES_ROOT, { recursive: true, force: true });
}

/** Records the corpus anew, as digests: its files are other people's. */
export function recordCorpus(): void {
  const digest = (project: Json): Outcome => ({ digest: digestOf(unrooted(project, CORPUS)) });
  const cases = record(buildRecorder(), corpusRequests(), CORPUS, ["config", "all"], digest);
  // One case a line, so that a change of one shows as one.
  writeFileSync(CORPUS_RECORD, `[\n${cases.map((one) => JSON.stringify(one)).join(",\n")}\n]\n`);
}

function readGroup(name: string): ProbeGroup {
  return JSON.parse(readFileSync(join(PROBES, name), "utf8"));
}

function buildRecorder(): string {
  const path = join(import.meta.dirname, "../../node_modules/.cache/compose-harden/recorder");
  mkdirSync(dirname(path), { recursive: true });
  execFileSync("go", ["build", "-o", path, "."], { cwd: join(import.meta.dirname, "recorder"), stdio: "inherit" });
  return path;
}

function record(
  recorder: string,
  requests: readonly Request[],
  root: string,
  outputs: readonly Output[],
  outcome: (project: Json) => Outcome,
): Case[] {
  const rounds = Array.from({ length: ROUNDS }, () => ask(recorder, requests, root, outputs));
  return requests.map(({ id, ...request }, i) => {
    const answers = (output: Output): readonly (Answer | undefined)[] => rounds.map((round) => round[i]?.[output]);
    const outcomes = new Map(outputs.map((output) => [output, outcomeOf(answers(output), output, root, outcome)]));
    const config = outcomes.get("config") ?? { refused: [] };
    if (JSON.stringify(outcomes.get("all")) === JSON.stringify(config)) outcomes.delete("all");
    // Without the checks a load can only go better than with them.
    if (!("refused" in config)) outcomes.delete("noConsistency");
    else outcomes.delete("yaml");
    return { id, ...withoutOutcomes(request), outcomes: { ...Object.fromEntries(outcomes), config } };
  });
}

function withoutOutcomes(request: Omit<Request, "id"> & { readonly outcomes?: unknown }): Omit<Request, "id"> {
  const { outcomes: _, ...rest } = request;
  return rest;
}

function outcomeOf(
  answers: readonly (Answer | undefined)[],
  output: Output,
  root: string,
  outcome: (project: Json) => Outcome,
): Outcome {
  const [first] = answers;
  if (first?.ok !== true) {
    const errors = answers.map((answer) => answer?.error ?? "PANIC: no answer");
    return { refused: [...new Set(errors.map(classOf))].sort() };
  }
  if (output === "yaml") return { digest: textDigest(String(first.project), root) };
  const warnings = first.warnings === undefined ? {} : { warnings: unrootedTexts(first.warnings, root) };
  return { ...outcome(first.project ?? null), ...warnings };
}

function unrootedTexts(texts: readonly string[], root: string): readonly string[] {
  return texts.map((text) => text.replaceAll(root, "<ROOT>"));
}

/** One answer a request; a load over the limits ends the recorder, which is started again behind it. */
function ask(
  recorder: string,
  requests: readonly Request[],
  root: string,
  outputs: readonly Output[],
): readonly Readonly<Record<string, Answer>>[] {
  const answers: Readonly<Record<string, Answer>>[] = [];
  while (answers.length < requests.length) {
    const lines = requests
      .slice(answers.length)
      .map((request) => JSON.stringify({ ...rooted(request, root), dir: join(root, request.dir), outputs }));
    const { stdout } = spawnSync(recorder, { input: `${lines.join("\n")}\n`, maxBuffer: 2 ** 31, encoding: "utf8" });
    const given = stdout.split("\n").filter((line) => line !== "");
    if (given.length === 0) throw new Error("the recorder gives no answer");
    for (const line of given) {
      const answer: { outputs: Record<string, Answer> } = JSON.parse(line);
      answers.push(answer.outputs);
    }
  }
  return answers;
}

function rooted<T>(value: T, root: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll("<ROOT>", root));
}
