import { createHash } from "node:crypto";
import { relative } from "node:path";
import type { Finding, Project } from "@compose-harden/model";
import { fingerprints } from "@compose-harden/report";
import { check } from "@compose-harden/rules";
import { loadSample, type Sample } from "../laws/sample.js";

/** A finding of a real project, with what names it across edits of the rules. */
export interface Drawn {
  readonly sample: Sample;
  readonly project: Project;
  readonly finding: Finding;
  readonly fingerprint: string;
  /** The file it is shown in, relative to the folder. */
  readonly file: string;
}

/** What the rules find in a project; nothing where Docker would refuse it. */
export function findingsOf(sample: Sample): readonly Drawn[] {
  const { cwd } = sample.entry;
  const project = loadSample(sample);
  if (project.services.length === 0) return [];
  const findings = check(project);
  const names = fingerprints(project, findings, (path) => relative(cwd, path));
  return findings.map((finding) => ({
    sample,
    project,
    finding,
    fingerprint: names.get(finding) ?? "",
    file: relative(cwd, finding.origin.value.file),
  }));
}

/**
 * A draw without replacement: `perRule` of each rule (all where there are fewer), then more of any rule until `total`. Each
 * finding has a place in the line by a hash of its name and the seed, so that a new rule moves nobody else's findings.
 */
export function draw(all: readonly Drawn[], perRule: number, total: number, seed: string): readonly Drawn[] {
  const byName = new Map(all.map((one) => [`${one.finding.rule}\0${one.fingerprint}`, one]));
  const line = [...byName]
    .map(([name, one]) => ({ one, place: createHash("sha256").update(`${seed}\0${name}`).digest("hex") }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ one }) => one);
  const taken = new Map<string, number>();
  const first = line.filter(({ finding: { rule } }) => {
    const count = taken.get(rule) ?? 0;
    taken.set(rule, count + 1);
    return count < perRule;
  });
  const more = line.filter((one) => !first.includes(one)).slice(0, Math.max(0, total - first.length));
  return [...first, ...more].sort((a, b) =>
    a.finding.rule < b.finding.rule ? -1 : a.finding.rule > b.finding.rule ? 1 : 0,
  );
}
