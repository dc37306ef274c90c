import { createHash } from "node:crypto";
import { dirname } from "node:path";
import { applyEdits, applyIntents, diff, differences, fix, intentsOf, type Policy } from "@compose-harden/fixer";
import type { Edit, FileChange, Finding, Patch, Project } from "@compose-harden/model";
import { formatPath } from "@compose-harden/model";
import { check } from "@compose-harden/rules";
import { Lexer } from "yaml";
import { loadSample, type Sample, withTexts } from "./sample.js";

/** A law that does not hold, where, and how. */
export interface Violation {
  readonly law: "proven" | "settled" | "cleared" | "local" | "order-free" | "one by one" | "alone";
  readonly sample: string;
  readonly detail: string;
}

/** What one fix of all findings came to. */
export interface Outcome {
  readonly sample: Sample;
  readonly project: Project;
  readonly findings: readonly Finding[];
  readonly patch: Patch;
  readonly after: Sample;
}

/** All fixes, secrets moved as in a repository that ignores nothing, and known ones replaced by what depends on them alone. */
export const ALL: Policy = {
  unsafe: true,
  newSecret: (old) => `N${createHash("sha256").update(old).digest("hex").slice(1, 32)}`,
  keeping: {
    git: (path) => ({ ignoreFile: `${dirname(path)}/.gitignore`, line: "/.env" }),
    isTaken: () => false,
  },
};

/** Fixes all that can be fixed. */
export function fixAll(sample: Sample, policy: Policy = ALL): Outcome {
  const project = loadSample(sample);
  const findings = check(project);
  const patch = fix(project, findings, policy, sample.read);
  return { sample, project, findings, patch, after: patched(sample, patch) };
}

function patched(sample: Sample, patch: Patch): Sample {
  return withTexts(sample, new Map(patch.changes.map(({ path, after }) => [path, after])));
}

/** The laws that every patch keeps. */
export function violationsOf(outcome: Outcome): readonly Violation[] {
  return [...proven(outcome), ...settledAndCleared(outcome), ...local(outcome), ...orderFree(outcome)];
}

function violation(law: Violation["law"], { sample }: Outcome, detail: string): Violation {
  return { law, sample: sample.name, detail };
}

function* proven(outcome: Outcome): Iterable<Violation> {
  const { project, patch, after } = outcome;
  const intents = intentsOf(patch);
  const [place] = differences(applyIntents(project.data, intents), loadSample(after).data, intents);
  if (place !== undefined) yield violation("proven", outcome, formatPath(place));
}

function* settledAndCleared(outcome: Outcome): Iterable<Violation> {
  const { findings, patch, after } = outcome;
  const again = fixAll(after);
  for (const { path } of again.patch.changes) yield violation("settled", outcome, path);
  const fixed = new Set(patch.applied.map(({ finding }) => keyOf(finding)));
  // A list may get longer before a member that stays.
  const known = new Set([...findings.map(placeOf), ...findings.map(keyOf)]);
  for (const finding of again.findings) {
    if (fixed.has(keyOf(finding))) yield violation("cleared", outcome, `${keyOf(finding)} is still there`);
    else if (!known.has(placeOf(finding)) && !known.has(keyOf(finding)) && !CONSEQUENCES.has(finding.rule))
      yield violation("cleared", outcome, `${keyOf(finding)} is new`);
  }
}

/** Where a finding is: its words may change with what else was fixed. */
function placeOf({ rule, service, path }: Finding): string {
  return JSON.stringify([rule, service, path]);
}

/** What a fix may bring to light: something else that was there before and stays. */
const CONSEQUENCES: ReadonlySet<string> = new Set([
  "cancelled-hardening",
  // A secret that left the file could go a step further.
  "secret-as-variable",
  // So could an image that got a version.
  "image-digest",
]);

function keyOf({ rule, service, message }: Finding): string {
  return `${rule} ${service ?? ""} ${message}`;
}

function* local(outcome: Outcome): Iterable<Violation> {
  for (const { path, before, after, role } of outcome.patch.changes) {
    if (before === undefined || role !== undefined) continue;
    const edits = outcome.patch.applied.flatMap((applied) => applied.edits.filter(({ range }) => range.file === path));
    const gone = lostLines({ path, before, after });
    const isEdited = (line: Line) => edits.some((edit) => touches(edit, line));
    // Of blank lines with nothing that stays between them, the patch may show another one as gone than the one that went.
    const isBlank = ({ start, end }: Line) => before.text.slice(start, end).trim() === "";
    const lines = linesOf(before.text);
    const goneAt = new Set(gone.map(({ number }) => number));
    const reaches = (from: number, step: 1 | -1): boolean => {
      const next = lines[from - 1 + step];
      if (next === undefined || !(isBlank(next) || goneAt.has(next.number))) return false;
      return isEdited(next) || reaches(from + step, step);
    };
    const isTwin = (line: Line) => isBlank(line) && (reaches(line.number, 1) || reaches(line.number, -1));
    const lost = gone.filter((line) => !isEdited(line) && !isTwin(line));
    if (lost.length > 0) yield violation("local", outcome, `line ${lost[0]?.number} changed without an edit`);
    if (commentsOf(before.text) !== commentsOf(after)) yield violation("local", outcome, "a comment changed");
    const feeds = (text: string) => text.includes("\r\n") && !/(?<!\r)\n/.test(text);
    if (feeds(before.text) !== feeds(after)) yield violation("local", outcome, "line endings changed");
    if (before.text.endsWith("\n") !== after.endsWith("\n"))
      yield violation("local", outcome, "the end of the file changed");
  }
}

interface Line {
  readonly number: number;
  readonly start: number;
  readonly end: number;
}

function linesOf(text: string): readonly Line[] {
  const starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
  return starts.map((start, i) => ({ number: i + 1, start, end: (starts[i + 1] ?? text.length + 1) - 1 }));
}

/** Lines of a text that the new text does not have, by the patch that users see. */
function lostLines(change: FileChange): readonly Line[] {
  const lines = linesOf(change.before?.text ?? "");
  const lost: Line[] = [];
  let index = 0;
  for (const line of diff({ changes: [change], applied: [], refused: [], held: [] })
    .split("\n")
    .slice(2)) {
    const hunk = /^@@ -(\d+)/.exec(line);
    if (hunk !== null) index = Number(hunk[1]) - 1;
    else if (line.startsWith("-")) lost.push(...lines.slice(index, index + 1));
    if (hunk === null && /^[- ]/.test(line)) index++;
  }
  return lost;
}

function touches({ range, text }: Edit, line: Line): boolean {
  // A line that had no ending gets one when others follow.
  return range.start <= line.end && line.start <= range.end && (range.start < range.end || text !== "");
}

/** All comments in their order. */
function commentsOf(text: string): string {
  return [...new Lexer().lex(text)].filter((token) => token.startsWith("#")).join("\n");
}

function* orderFree(outcome: Outcome): Iterable<Violation> {
  const { sample, project, findings, patch } = outcome;
  const turned = fix(project, findings.toReversed(), ALL, sample.read);
  if (!sameChanges(patch, turned)) yield violation("order-free", outcome, "reversed findings give other files");
}

function sameChanges(a: Patch, b: Patch): boolean {
  return (
    JSON.stringify(a.changes.map(({ path, after }) => [path, after])) ===
    JSON.stringify(b.changes.map(({ path, after }) => [path, after]))
  );
}

/**
 * Rules one after the other give the files that all at once give. Undefined where that cannot be said, because one fix changes
 * what another rule wants.
 */
export function ruleByRule(
  outcome: Outcome,
  order: (rules: readonly string[]) => readonly string[],
): readonly Violation[] | undefined {
  const applied = outcome.patch.applied.map(({ finding }) => finding);
  const rules = order([...new Set(applied.map(({ rule }) => rule))].sort());
  let sample = outcome.sample;
  for (const rule of rules) {
    const wishes = new Set(applied.filter((finding) => finding.rule === rule).map(wishOf));
    const project = loadSample(sample);
    const open = check(project);
    const findings = open.filter((finding) => finding.rule === rule);
    if (![...wishes].every((wish) => findings.some((finding) => wishOf(finding) === wish))) return undefined;
    sample = patched(sample, fix(project, findings, { ...ALL, open }, sample.read));
  }
  return outcome.patch.changes.flatMap(({ path, after }) => {
    const found = sample.read(path);
    const same = found.kind === "file" && found.text === after;
    return same ? [] : [violation("one by one", outcome, `${path} by ${rules.join(", ")}`)];
  });
}

function wishOf({ rule, service, fix: wish }: Finding): string {
  return JSON.stringify([rule, service, wish?.intents]);
}

/** Every fix holds by itself. */
export function* alone(outcome: Outcome): Iterable<Violation> {
  const { sample, project, patch } = outcome;
  for (const { finding } of patch.applied) {
    const single = fix(project, [finding], ALL, sample.read);
    for (const { path, before, after, role } of single.changes) {
      const edits = single.applied.flatMap((applied) => applied.edits.filter(({ range }) => range.file === path));
      if (before !== undefined && role === undefined && applyEdits(before.text, edits) !== after)
        yield violation("local", outcome, "the edits are not the change");
    }
    const after = loadSample(patched(sample, single)).data;
    const intents = intentsOf(single);
    if (differences(applyIntents(project.data, intents), after, intents).length > 0)
      yield violation("alone", outcome, keyOf(finding));
  }
}
