import { createHash } from "node:crypto";
import { relative } from "node:path";
import { type Finding, formatPath, type Project } from "@compose-harden/model";
import { check } from "@compose-harden/rules";
import { loadSample, type Sample } from "../laws/sample.js";

/** A finding of a real project. */
export interface Drawn {
  readonly sample: Sample;
  readonly project: Project;
  readonly finding: Finding;
  /** The file it is shown in, relative to the folder, and the attribute: `a/compose.yaml services.web.ports[0]`. */
  readonly at: string;
  /** What names it: 12 hexadecimal digits of rule and place. */
  readonly fingerprint: string;
}

/** What the rules find in a project; nothing where no service could be read. */
export function findingsOf(sample: Sample): readonly Drawn[] {
  const project = loadSample(sample);
  return check(project).map((finding) => {
    const file = relative(sample.entry.cwd, finding.origin.value.file);
    const at = `${file} ${formatPath(finding.path)}`;
    return { sample, project, finding, at, fingerprint: fingerprintOf(finding.rule, at) };
  });
}

/** What names a finding of a rule at a place. */
export function fingerprintOf(rule: string, at: string): string {
  return digest(`${rule}\0${at}`).slice(0, 12);
}

/** How many findings to draw. */
export interface Wanted {
  readonly perRule: number;
  readonly total: number;
  readonly seed: string;
  /** Fingerprints of findings that were drawn before; they count. */
  readonly before: ReadonlySet<string>;
}

/**
 * A draw without replacement: what is missing until `perRule` of each rule are drawn (all where there are fewer), then until
 * `total` are. Each finding has a place in the line by a hash of its fingerprint and the seed, so that a new rule moves nobody
 * else's findings.
 */
export function draw(all: readonly Drawn[], { perRule, total, seed, before }: Wanted): readonly Drawn[] {
  const byName = [...new Map(all.map((one) => [one.fingerprint, one])).values()];
  const taken = new Map<string, number>();
  const take = (rule: string): number => {
    const count = taken.get(rule) ?? 0;
    taken.set(rule, count + 1);
    return count;
  };
  const known = byName.filter(({ fingerprint }) => before.has(fingerprint));
  for (const { finding } of known) take(finding.rule);
  const line = byName
    .filter(({ fingerprint }) => !before.has(fingerprint))
    .map((one) => ({ one, place: digest(`${seed}\0${one.fingerprint}`) }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ one }) => one);
  const first = line.filter(({ finding }) => (taken.get(finding.rule) ?? 0) < perRule && take(finding.rule) >= 0);
  const chosen = new Set(first);
  const more = line.filter((one) => !chosen.has(one)).slice(0, Math.max(0, total - known.length - first.length));
  return [...first, ...more].sort((a, b) =>
    a.finding.rule < b.finding.rule ? -1 : a.finding.rule > b.finding.rule ? 1 : 0,
  );
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
