import { readFileSync } from "node:fs";
import { join } from "node:path";
import { it as anyTest, expect } from "vitest";
import { OPEN_STACK, run } from "../../../test/cli/program.js";
import { isInstalled } from "../../../test/installed.js";
import { gitRepository } from "./github/repository.js";
import { fakeGithub } from "./github/server.js";
import { pushEvent, runPull, step } from "./runner.js";

const it = anyTest.skipIf(!isInstalled("git"));

const STACKS = {
  "compose.yaml": `name: shop\n${OPEN_STACK}`,
  "compose.override.yaml": "services:\n  web:\n    privileged: true\n",
  "shop/docker-compose.yml": "services:\n  db:\n    image: postgres:17\n    ports:\n      - 5432:5432\n",
  "compose-harden.config.yaml": "rules:\n  cpu-limit: off\nfail-on: critical\n",
};

it("finds what the command line finds, on a push and on a pull request", async () => {
  const repository = gitRepository();
  const github = await fakeGithub(repository);
  const before = repository.commit("main", {});
  const after = repository.commit("main", STACKS);
  const options = ["--format", "json", "-o", "alone.json", "-o", "alone.sarif"];
  const alone = run(["check", ...options], { cwd: repository.folder });
  const onPush = await step({
    ...pushEvent(before, after),
    workspace: repository.folder,
    github,
    inputs: { outputs: "report.json\nreport.md", "sarif-file": "report.sarif" },
  });
  expect(onPush.code).toBe(alone.code);
  const read = (name: string) => JSON.parse(readFileSync(join(repository.folder, name), "utf8"));
  expect(read("report.json")).toEqual(read("alone.json"));
  expect(read("report.sarif")).toEqual(read("alone.sarif"));
  expect(onPush.summary).toBe(`${readFileSync(join(repository.folder, "report.md"), "utf8")}\n`);
  expect(onPush.outputs).toMatchObject({
    findings: String(read("alone.json").projects.flatMap(({ findings }: { findings: unknown[] }) => findings).length),
    critical: "1",
    worst: "critical",
    gaps: "0",
    comments: "0",
    "exit-code": "1",
    "sarif-file": "report.sarif",
    "sarif-id": "",
  });
  expect(github.log).toEqual([]);

  github.open(before, after);
  const onPull = await runPull(repository, github, { outputs: "report.json" });
  expect(JSON.parse(readFileSync(join(onPull.workspace, "report.json"), "utf8"))).toEqual(read("alone.json"));
  expect(github.problems).toEqual([]);
});

it("uploads all findings to code scanning, under a category", async () => {
  const repository = gitRepository();
  const github = await fakeGithub(repository);
  const before = repository.commit("main", { "compose.yaml": OPEN_STACK });
  const after = repository.commit("main", { "readme.txt": "x" });
  const inputs = { "upload-sarif": "true", "sarif-category": "shard-1", "only-new": "true" };
  const env = { GITHUB_ACTION_REPOSITORY: "octo-org/compose-harden" };
  const { code, outputs } = await step({
    ...pushEvent(before, after),
    workspace: repository.folder,
    github,
    inputs,
    env,
  });
  expect(code).toBe(0);
  expect(outputs["sarif-id"]).toMatch(/^[0-9a-f-]{36}$/);
  const [upload] = github.uploads;
  expect(upload).toMatchObject({ ref: "refs/heads/main", commit_sha: after });
  expect(upload?.sarif).toMatchObject({
    version: "2.1.0",
    runs: [
      {
        automationDetails: { id: "shard-1/" },
        tool: { driver: { informationUri: "https://github.com/octo-org/compose-harden" } },
      },
    ],
  });
  expect(JSON.stringify(upload?.sarif)).toContain("published-on-all-interfaces");
  expect(github.problems).toEqual([]);
});

it("tells of inputs that it cannot use", async () => {
  const repository = gitRepository();
  repository.commit("main", { "compose.yaml": OPEN_STACK });
  const table: readonly (readonly [Readonly<Record<string, string>>, RegExp])[] = [
    [{ "fail-on": "terrible" }, /^::error::`--fail-on terrible`: expected one of critical/m],
    [{ "only-new": "perhaps" }, /^::error::input `only-new`: expected true or false, found `perhaps`/m],
    [{ annotations: "some" }, /^::error::input `annotations`: expected one of auto, all, none/m],
    [{ "max-comments": "-1" }, /^::error::input `max-comments`: expected a number/m],
    [{ paths: "nowhere" }, /^::error::`nowhere`: no such file/m],
    [{ rules: "privilegd" }, /^::error::unknown rule `privilegd`: did you mean `privileged`/m],
    [{ outputs: "report.doc" }, /^::error::`--output report.doc`/m],
    [{ config: "none.yaml" }, /^::error::the configuration `none.yaml` is missing/m],
  ];
  for (const [inputs, message] of table) {
    const { code, log, outputs } = await step({ workspace: repository.folder, inputs });
    expect(log).toMatch(message);
    expect(code).toBe(1);
    expect(outputs["exit-code"]).toBe("2");
  }
});

it("fails for what cannot be read", async () => {
  const repository = gitRepository();
  repository.commit("main", { "compose.yaml": "services: [\n" });
  const { code, log, outputs } = await step({ workspace: repository.folder });
  expect(log).toMatch(/^error: compose.yaml:\d+:\d+: /m);
  expect(code).toBe(1);
  expect(outputs["exit-code"]).toBe("2");
});

it("runs without a token, outside of a repository's event, and on a Forgejo or Gitea runner", async () => {
  const repository = gitRepository();
  const github = await fakeGithub(repository);
  const base = repository.commit("main", {});
  github.open(base, repository.commit("feature", { "compose.yaml": OPEN_STACK }));
  for (const [inputs, env] of [
    [{ token: "" }, {}],
    [{}, { GITHUB_EVENT_PATH: "/nowhere", GITHUB_REPOSITORY: "" }],
    [{}, { GITEA_ACTIONS: "true", GITHUB_STEP_SUMMARY: "" }],
    [{}, { FORGEJO_ACTIONS: "true" }],
  ] as const) {
    const { code, log } = await runPull(repository, github, inputs, { env });
    expect(log).toMatch(/^::warning file=compose.yaml,line=5,/m);
    expect(code).toBe(1);
  }
  expect(github.log).toEqual([]);
});
