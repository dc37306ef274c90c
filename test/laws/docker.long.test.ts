import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyIntents, differences, intentsOf } from "@compose-harden/fixer";
import { formatPath } from "@compose-harden/model";
import { afterAll, describe, expect, it } from "vitest";
import { type DockerLoader, hasDockerLoader, startDockerLoader } from "./docker.js";
import { fixAll } from "./laws.js";
import { CORPUS, corpusSamples, hasCorpus, type Sample } from "./sample.js";

describe.skipIf(!hasCorpus || !hasDockerLoader)("Docker's own loader", () => {
  let root: string | undefined;
  let docker: DockerLoader | undefined;

  afterAll(() => {
    docker?.stop();
    if (root !== undefined) rmSync(root, { recursive: true, force: true });
  });

  it("sees the declared change and nothing else", { timeout: 1_800_000 }, async () => {
    root = mkdtempSync(join(tmpdir(), "compose-harden-corpus-"));
    cpSync(CORPUS, root, { recursive: true });
    makeWritable(root);
    docker = startDockerLoader();
    const wrong: string[] = [];
    let judged = 0;
    for (const sample of corpusSamples()) {
      const verdict = await judge(movedTo(sample, root), docker);
      if (verdict === undefined) continue;
      judged++;
      if (verdict !== "") wrong.push(`${sample.name}: ${verdict}`);
    }
    console.log(`${judged} changed projects that Docker accepts, ${wrong.length} changed in another way than declared`);
    expect(wrong).toEqual([]);
    expect(judged).toBeGreaterThan(500);
  });
});

/** The collection may be read-only, and so are then its copies. */
function makeWritable(root: string): void {
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
}

function movedTo(sample: Sample, root: string): Sample {
  return { ...sample, entry: { ...sample.entry, cwd: sample.entry.cwd.replace(CORPUS, root) } };
}

/** Undefined when there is nothing to judge, empty when all is well, else what is wrong. */
async function judge(sample: Sample, docker: DockerLoader): Promise<string | undefined> {
  const before = await docker.load(sample.entry);
  if (before === undefined) return undefined;
  const { patch } = fixAll(sample);
  if (patch.changes.length === 0) return undefined;
  const intents = intentsOf(patch);
  for (const { path, after } of patch.changes) writeFileSync(path, after);
  try {
    const after = await docker.load(sample.entry);
    if (after === undefined) return "refused";
    const [place] = differences(applyIntents(before, intents), after, intents);
    return place === undefined ? "" : formatPath(place);
  } finally {
    for (const { path, before: old } of patch.changes) {
      if (old === undefined) rmSync(path);
      else writeFileSync(path, old.text);
    }
  }
}
