import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, type TestContext, test } from "vitest";
import { parse, stringify } from "yaml";
import { findAct, type Job, releasedAction, runWorkflow } from "./act.js";
import type { GitRepository } from "./github/repository.js";
import type { FakeGithub } from "./github/server.js";
import { checkout, pullEvent, pushEvent } from "./runner.js";
import { ADDED, fixed, HARDENED, pullRequest, written } from "./stacks.js";
import { withSuggestions } from "./suggested.js";

const page = (name: string) => readFileSync(fileURLToPath(new URL(`../../../${name}`, import.meta.url)), "utf8");

/** The YAML blocks of a page that hold a text, as they are printed. */
function block(name: string, text: string): string {
  const blocks = [...page(name).matchAll(/```yaml\n(.*?)```/gs)].map(([, found = ""]) => found);
  return blocks.find((found) => found.includes(text)) ?? expect.fail(`${name} has no block with ${text}`);
}

/** A workflow of one job with these steps, as a page shows them without the rest. */
function workflowOf(steps: readonly unknown[], permissions?: unknown): string {
  return stringify({
    on: ["pull_request", "push"],
    permissions,
    jobs: { check: { "runs-on": "ubuntu-latest", steps } },
  });
}

let act: Awaited<ReturnType<typeof findAct>>;
beforeAll(async () => {
  act = await findAct();
});

/** Runs a workflow for the pull request as it stands, or for another event. */
async function started(
  { skip }: TestContext,
  workflow: string,
  repository: GitRepository,
  github: FakeGithub,
  more: Partial<Job> = {},
) {
  if ("lack" in act) return skip(act.lack);
  const { workspace } = checkout(repository, github);
  const { eventName = "", event } = pullEvent(github);
  const action = await releasedAction();
  return runWorkflow({ act: act.path, workflow, workspace, action, eventName, event, github, ...more });
}

const SETUP = { "compose.yaml": HARDENED };

describe("in a real runner (act)", () => {
  test("the workflow of the page comments on a pull request, fails it, and resolves what is mended", async (context) => {
    const workflow = block("docs/github-action.md", "name: compose-harden\n");
    const text = HARDENED + ADDED;
    const { repository, github } = await pullRequest(SETUP, { "compose.yaml": text });
    const first = await started(context, workflow, repository, github);
    expect(first.result, first.log).toBe("failure");
    expect(github.problems).toEqual([]);
    expect(github.threads.length).toBeGreaterThan(2);
    expect(first.outputs).toMatchObject({ comments: String(github.threads.length), "exit-code": "1", worst: "medium" });
    expect(first.summary).toContain("## compose-harden");
    expect(first.annotations.map(({ command }) => command)).toEqual(["error"]);

    await started(context, workflow, repository, github);
    expect(written(github)).toHaveLength(1);

    const mended = withSuggestions(text, github.threads);
    expect(mended).toBe(fixed({ "compose.yaml": text }, "compose.yaml", "--service", "adminer"));
    github.push(repository.commit("feature", SETUP));
    const last = await started(context, workflow, repository, github);
    expect(last.result, last.log).toBe("success");
    expect(github.threads.filter(({ resolvedBy }) => resolvedBy === undefined)).toEqual([]);
    expect(github.problems).toEqual([]);
  });

  test("the steps of the README run", async (context) => {
    const { permissions, steps } = parse(block("README.md", "uses: OWNER/compose-harden"));
    const { repository, github } = await pullRequest(SETUP, { "compose.yaml": HARDENED + ADDED });
    const ran = await started(context, workflowOf(steps, permissions), repository, github);
    expect(ran.result, ran.log).toBe("failure");
    expect(github.threads.length).toBeGreaterThan(2);
    expect(github.problems).toEqual([]);
  });

  test("on a push: annotations, outputs for later steps, reports and code scanning", async (context) => {
    const [step, next] = parse(block("docs/github-action.md", "id: stacks"));
    const { repository, github } = await pullRequest(SETUP, { "compose.yaml": `${HARDENED}    privileged: true\n` });
    const steps = [
      { uses: "actions/checkout@v5" },
      { ...step, with: { ...step.with, outputs: "report.json\ngitlab=quality.json", "upload-sarif": true } },
      next,
      { run: 'ls -1 *.json; echo "worst: ${{ steps.stacks.outputs.worst }}"' },
    ];
    const event = pushEvent(github.base, github.head);
    const ran = await started(context, workflowOf(steps), repository, github, {
      eventName: "push",
      event: event.event,
    });
    expect(ran.result, ran.log).toBe("success");
    const [critical] = ran.annotations;
    expect(critical).toMatchObject({ command: "error", kvPairs: { file: "compose.yaml", line: "12" } });
    expect(ran.log).toMatch(/^1 critical findings$/m);
    expect(ran.log).toMatch(/^quality.json\nreport.json\nworst: critical$/m);
    expect(github.uploads).toHaveLength(1);
    expect(ran.outputs["sarif-id"]).toMatch(/./);
    expect(github.threads).toEqual([]);
    expect(github.problems).toEqual([]);
  });

  test("the workflow for Forgejo and Gitea says the same in its log, and asks nothing of GitHub", async (context) => {
    // Their runners are made of act, and know addresses of actions as well.
    const workflow = block("docs/github-action.md", "runs-on: docker").replace("https://github.com/", "");
    const { repository, github } = await pullRequest(SETUP, { "compose.yaml": HARDENED + ADDED });
    const ran = await started(context, workflow, repository, github, { env: { GITEA_ACTIONS: "true" } });
    expect(ran.result, ran.log).toBe("failure");
    expect(ran.log).toContain("[published-on-all-interfaces]");
    expect(github.log).toEqual([]);
  });
});
