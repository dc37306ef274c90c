import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { inputsFrom } from "../src/inputs.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const action = parse(readFileSync(`${root}action.yml`, "utf8"));

/** All steps that use the action, in the blocks of a page. */
function stepsIn(page: string): readonly { readonly with?: Readonly<Record<string, unknown>> }[] {
  const text = readFileSync(root + page, "utf8");
  const blocks = [...text.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, block]) => parse(block ?? ""));
  const steps = blocks.flatMap((block) =>
    Array.isArray(block)
      ? block
      : [
          ...(block.steps ?? []),
          ...Object.values<{ steps?: object[] }>(block.jobs ?? {}).flatMap((job) => job.steps ?? []),
        ],
  );
  return steps.filter(({ uses }) => typeof uses === "string" && /(?:^|\/)OWNER\/compose-harden@/.test(uses));
}

it.each<[string, number]>([
  ["README.md", 1],
  ["docs/github-action.md", 3],
])("the workflows of %s give inputs that exist and that the action takes", (page, count) => {
  const steps = stepsIn(page);
  expect(steps).toHaveLength(count);
  for (const { with: given = {} } of steps) {
    expect(Object.keys(given).filter((name) => !(name in action.inputs))).toEqual([]);
    expect(() => inputsFrom((name) => String(given[name] ?? ""))).not.toThrow();
  }
});

it("outputs named in the documentation exist", () => {
  const text = readFileSync(`${root}docs/github-action.md`, "utf8");
  const named = [...text.matchAll(/\.outputs\.([\w-]+)/g)].map(([, name]) => name ?? "");
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !(name in action.outputs))).toEqual([]);
});
