import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { root } from "../scripts/workspace.mjs";

const text = (name: string) => readFileSync(`${root}/${name}`, "utf8");

test("the package runs nothing at installation, needs nothing else, and says where it comes from", () => {
  const manifest = JSON.parse(text("packages/cli/package.json"));
  expect(Object.keys(manifest.scripts)).toEqual(["prepack"]);
  expect(manifest.dependencies ?? {}).toEqual({});
  expect(manifest.publishConfig).toEqual({ access: "public", provenance: true });
});

test("workflows pin what they use by commit, keep no credentials they do not need, and give each job its rights", () => {
  for (const name of readdirSync(`${root}/.github/workflows`)) {
    const workflow = text(`.github/workflows/${name}`);
    const uses = [...workflow.matchAll(/uses: (\S+)( # v\d[\w.]*)?/g)];
    for (const [, action = "", comment] of uses) {
      if (action.startsWith("./")) continue;
      expect(action, name).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/);
      expect(comment, `${name}: ${action} names its version, for Renovate`).toBeDefined();
    }
    expect(parse(workflow).permissions, name).toBeDefined();
  }
  const { jobs } = parse(text(".github/workflows/release.yml"));
  expect(jobs.release.permissions["id-token"]).toBe("write");
  expect(jobs.release.steps.some(({ run }: { run?: string }) => run === "npm test")).toBe(true);
});

test("the container runs as no root and needs no writable root", () => {
  const lines = text("Dockerfile").split("\n");
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith("FROM ")));
  expect(last).toContain("USER node");
  expect(last.some((line) => line.startsWith("ENTRYPOINT ["))).toBe(true);
  expect(last.findIndex((line) => line.startsWith("USER "))).toBeGreaterThan(
    last.findIndex((line) => line.startsWith("RUN ")),
  );
  expect(text("Dockerfile")).not.toMatch(/:latest|ADD |sudo|curl .*\|/);
});
