import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { diff, fix } from "@compose-harden/fixer";
import { check } from "@compose-harden/rules";
import { describe, expect, it } from "vitest";
import { fixAll, violationsOf } from "./laws.js";
import { loadSample, readDisk, type Sample, SHARED } from "./sample.js";

const CASES = join(SHARED, "peers/adversarial");
const names = existsSync(CASES)
  ? readdirSync(CASES, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  : [];

/** A few rules, so that a patch is about placement and not about what is known of images. */
const RULES: ReadonlySet<string> = new Set([
  "published-on-all-interfaces",
  "no-new-privileges",
  "privileged",
  "cpu-limit",
  "scratch-tmpfs",
]);

describe.skipIf(names.length === 0)("hard cases", () => {
  it.each(names)("%s", async (name) => {
    const sample: Sample = { name, entry: { cwd: join(CASES, name), env: {} }, read: readDisk };
    const project = loadSample(sample);
    const findings = check(project).filter(({ rule }) => RULES.has(rule));
    const patch = fix(project, findings, { unsafe: true }, sample.read);
    const refused = patch.refused.map(
      ({ finding, refusal, detail }) => `# refused: ${finding.message}: ${refusal}: ${detail}\n`,
    );
    const gaps = project.gaps.map((gap) => `# gap: ${gap.message}\n`);
    const text = [diff(patch, project.directory), ...refused, ...gaps].join("").replaceAll(`${CASES}/`, "");
    await expect(text).toMatchFileSnapshot(join(import.meta.dirname, `goldens/adversarial/${name}.diff`));
    expect(violationsOf(fixAll(sample))).toEqual([]);
  });
});
