import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readXml } from "../../packages/report/test/formats/readers.js";
import { folder, run } from "../cli/program.js";
import { commandsIn, type Outcome } from "./commands.js";

const source = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(source, "docs/ci.md"), "utf8");
const { version } = JSON.parse(readFileSync(join(source, "packages/cli/package.json"), "utf8")) as {
  readonly version: string;
};

/** The blocks of docs/ci.md by the file that their first line names, for the version at hand. */
const blocks = new Map(
  [...page.matchAll(/```(?:yaml|sh)\n# (\S+)\n(.*?)```/gs)].map(([, name = "", text = ""]) => [
    name,
    text.replaceAll("0.1.0", version),
  ]),
);

let work = "";
let tarball = "";

const { call, must } = commandsIn(() => ({
  ...process.env,
  PRE_COMMIT_HOME: join(work, "pre-commit"),
  npm_config_audit: "false",
  npm_config_fund: "false",
}));

const SAFE = "services:\n  web:\n    image: nginx:1.27\n";
const OPEN = `${SAFE}    privileged: true\n`;

/** A repository in which `npx compose-harden@VERSION` is the package as it is now, with other packages beside it. */
function repository(files: Readonly<Record<string, string>>, packages: readonly string[] = []): string {
  const cwd = folder({ ".gitignore": "node_modules\n", "package.json": '{"private": true}\n', ...files });
  must("git", ["init", "-q", "-b", "main"], cwd);
  must("npm", ["install", "--no-save", "--loglevel=error", tarball, ...packages], cwd);
  must("git", ["add", "-A"], cwd);
  must("git", ["commit", "-q", "--no-verify", "-m", "start"], cwd);
  return cwd;
}

function commit(cwd: string): Outcome {
  must("git", ["add", "-A"], cwd);
  return call("git", ["commit", "-m", "change"], cwd);
}

/** A commit with findings is stopped, and one without them passes. */
function expectStops(cwd: string): void {
  writeFileSync(join(cwd, "compose.yaml"), OPEN);
  const stopped = commit(cwd);
  expect(stopped.out).toContain("privileged");
  expect(stopped.code).not.toBe(0);
  writeFileSync(join(cwd, "compose.yaml"), `${SAFE}# more\n`);
  const passed = commit(cwd);
  expect(passed.code, passed.out).toBe(0);
}

function block(name: string): string {
  const text = blocks.get(name);
  if (text === undefined) throw new Error(`docs/ci.md has no block ${name}`);
  return text;
}

const CONFIG = { "compose-harden.config.yaml": "fail-on: high\n" };

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), "compose-harden-integrations-"));
  must("node", ["scripts/pnpm.mjs", "--filter", "compose-harden", "pack", "--pack-destination", work], source);
  tarball = join(work, readdirSync(work).find((name) => name.endsWith(".tgz")) ?? "");
});

afterAll(() => rmSync(work, { recursive: true, force: true }));

test("the page shows what `init` writes", () => {
  const cwd = folder({ "compose.yaml": SAFE });
  const systems = ["--ci", "github", "--ci", "gitlab", "--ci", "forgejo"];
  for (const hook of ["pre-commit", "lefthook", "husky"]) run(["init", "--yes", "--hook", hook, ...systems], { cwd });
  const written = [...blocks.keys()].filter((name) => existsSync(join(cwd, name)));
  expect(written).toHaveLength(6);
  for (const name of written) expect(readFileSync(join(cwd, name), "utf8")).toBe(block(name));
});

test("GitLab's and GitHub's schemas take the files (check-jsonschema from PyPI)", ({ skip }) => {
  if (call("python3", ["-m", "venv", join(work, "venv")], work).code !== 0) return skip("needs python3 with venv");
  must(join(work, "venv/bin/pip"), ["install", "-q", "check-jsonschema==0.39.0"], work);
  const check = (schema: string, name: string) => {
    const path = join(folder({ "file.yml": block(name) }), "file.yml");
    return call(join(work, "venv/bin/check-jsonschema"), ["--builtin-schema", schema, path], work);
  };
  expect(check("vendor.gitlab-ci", ".gitlab/compose-harden.yml")).toMatchObject({ code: 0 });
  expect(check("vendor.gitlab-ci", ".gitlab-ci.yml")).toMatchObject({ code: 0 });
  for (const name of [".github/workflows/compose-harden.yml", ".github/workflows/organisation.yml"]) {
    expect(check("vendor.github-workflows", name)).toMatchObject({ code: 0 });
  }
  expect(check("vendor.github-workflows", ".forgejo/workflows/compose-harden.yml")).toMatchObject({ code: 0 });
  expect(check("vendor.gitlab-ci", "lefthook.yml")).not.toMatchObject({ code: 0 });
});

const node = `node-${process.platform}-${process.arch}`;

/** What GitLab wants of each entry: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. */
const isCodeQuality = new Ajv().compile({
  type: "array",
  items: {
    type: "object",
    required: ["description", "check_name", "fingerprint", "severity", "location"],
    properties: {
      description: { type: "string", minLength: 1 },
      check_name: { type: "string", minLength: 1 },
      fingerprint: { type: "string", minLength: 1 },
      severity: { enum: ["info", "minor", "major", "critical", "blocker"] },
      location: {
        type: "object",
        required: ["path", "lines"],
        properties: {
          // From the top of the repository, without `./`.
          path: { type: "string", pattern: "^[^./]" },
          lines: { type: "object", required: ["begin"], properties: { begin: { type: "integer", minimum: 1 } } },
        },
      },
    },
  },
});

test("GitLab's job runs (gitlab-ci-local from npm), fails for findings and passes without", ({ skip }) => {
  if (call("sh", ["-c", "command -v rsync"], work).code !== 0) return skip("needs rsync");
  const files = {
    ".gitlab-ci.yml": block(".gitlab-ci.yml"),
    ".gitlab/compose-harden.yml": block(".gitlab/compose-harden.yml"),
  };
  const cwd = repository({ ...CONFIG, ...files, "compose.yaml": OPEN }, ["gitlab-ci-local@4.75.1", `${node}@22`]);
  must("git", ["remote", "add", "origin", "https://gitlab.example/group/project.git"], cwd);
  // It needs a newer Node than the program does.
  const env = { PATH: `${join(cwd, "node_modules", node, "bin")}:${process.env.PATH}` };
  const job = () =>
    call("npx", ["gitlab-ci-local", "--force-shell-executor", "--no-artifacts-to-source", "compose-harden"], cwd, env);
  const failed = job();
  expect(failed.out).toContain("privileged");
  expect(failed.code).not.toBe(0);
  // The job runs in the repository itself, so that its reports lie there.
  const quality = JSON.parse(readFileSync(join(cwd, "gl-code-quality-report.json"), "utf8"));
  expect(isCodeQuality(quality), JSON.stringify(isCodeQuality.errors)).toBe(true);
  expect(quality).toContainEqual(
    expect.objectContaining({
      check_name: "privileged",
      severity: "blocker",
      location: { path: "compose.yaml", lines: { begin: 4, end: 4 } },
    }),
  );
  const junit = readXml(readFileSync(join(cwd, "junit.xml"), "utf8"));
  expect(Number(junit.attributes.tests)).toBe(quality.length);
  writeFileSync(join(cwd, "compose.yaml"), SAFE);
  const { code, out } = job();
  expect(code, out).toBe(0);
  expect(readFileSync(join(cwd, "gl-code-quality-report.json"), "utf8")).not.toContain("privileged");
});

interface Workflow {
  readonly jobs: Readonly<
    Record<
      string,
      { readonly env?: Readonly<Record<string, string>>; readonly steps: readonly { readonly run?: string }[] }
    >
  >;
}

/** The commands of a workflow's job, as a runner gives them to its shell. */
function runJob(name: string, job: string, cwd: string, env: Readonly<Record<string, string>>): Outcome {
  const { env: own = {}, steps } = (parse(block(name)) as Workflow).jobs[job] ?? { steps: [] };
  const script = steps.flatMap((step) => (step.run === undefined ? [] : [step.run])).join("\n");
  expect(script).not.toBe("");
  return call("bash", ["-e", "-c", script], cwd, { ...own, ...env });
}

test("the workflows' commands annotate, summarize, and fail for findings", () => {
  const cwd = repository({ ...CONFIG, "compose.yaml": OPEN });
  const env = { GITHUB_STEP_SUMMARY: join(work, "summary.md") };
  const github = runJob(".github/workflows/compose-harden.yml", "check", cwd, env);
  expect(github.out).toContain("::error file=compose.yaml,line=4");
  expect(github.code).toBe(1);
  expect(readFileSync(env.GITHUB_STEP_SUMMARY, "utf8")).toContain("## compose-harden");
  const forgejo = runJob(".forgejo/workflows/compose-harden.yml", "check", cwd, {});
  expect(forgejo.out).toContain("[privileged]");
  expect(forgejo.code).toBe(1);
  writeFileSync(join(cwd, "compose.yaml"), SAFE);
  expect(runJob(".github/workflows/compose-harden.yml", "check", cwd, env).code).toBe(0);
});

test("the organisation's jobs check each repository and put the reports together", () => {
  const cwd = repository({ "one/compose.yaml": OPEN, "two/compose.yaml": SAFE, "three/readme.md": "no stack\n" });
  const workflow = ".github/workflows/organisation.yml";
  for (const name of ["one", "two", "three"]) {
    const { code, out } = runJob(workflow, "check", cwd, { REPOSITORY: name });
    expect(code, out).toBe(0);
    must("mkdir", ["-p", `report-${name}`], cwd);
    if (existsSync(join(cwd, "report.json"))) must("mv", ["report.json", `report-${name}/report.json`], cwd);
  }
  expect(runJob(workflow, "merge", cwd, {}).code).toBe(1);
  const { projects } = JSON.parse(readFileSync(join(cwd, "report.json"), "utf8")) as {
    readonly projects: readonly { readonly files: readonly string[] }[];
  };
  expect(projects.map(({ files }) => files)).toEqual([["one/compose.yaml"], ["two/compose.yaml"]]);
});

test("the line for any other CI writes its reports", () => {
  const cwd = repository({ "compose.yaml": SAFE });
  const [, line = ""] = /Node is all it needs:\n\n```sh\n(.*?)```/s.exec(page) ?? [];
  call("sh", ["-c", line.replaceAll("0.1.0", version)], cwd);
  expect(readdirSync(cwd)).toEqual(expect.arrayContaining(["junit.xml", "checkstyle.xml", "results.sarif"]));
});

test("lefthook (from npm) stops a commit with findings", () => {
  const cwd = repository({ ...CONFIG, "compose.yaml": SAFE, "lefthook.yml": block("lefthook.yml") }, ["lefthook@2"]);
  must("npx", ["lefthook", "install"], cwd);
  expectStops(cwd);
  appendFileSync(join(cwd, "readme.txt"), "x");
  expect(commit(cwd).out).toMatch(/skip/i);
});

test("husky (from npm), switched on as `init` says, stops a commit with findings", () => {
  const cwd = repository({ ...CONFIG, "compose.yaml": SAFE });
  const { err } = run(["init", "--yes", "--hook", "husky"], { cwd });
  const [, command = ""] = /switch it on, if it is not yet: (.*)/.exec(err) ?? [];
  // The package as it is now is not of a registry, and would be taken away with what nobody asked for.
  must("sh", ["-c", command.replace("--save-dev", `--save-dev ${tarball}`)], cwd);
  expect(readFileSync(join(cwd, ".husky/pre-commit"), "utf8")).toBe(block(".husky/pre-commit"));
  expectStops(cwd);
});

describe("pre-commit (from PyPI)", () => {
  test("takes the program from npm and stops a commit with findings", ({ skip }) => {
    if (call("python3", ["-m", "venv", join(work, "venv2")], work).code !== 0) return skip("needs python3 with venv");
    must(join(work, "venv2/bin/pip"), ["install", "-q", "pre-commit==4.7.0"], work);
    // Not published yet: the package as it is now stands in for the one of that name.
    const config = block(".pre-commit-config.yaml").replace(`compose-harden@${version}`, tarball);
    const cwd = repository({ ...CONFIG, "compose.yaml": SAFE, ".pre-commit-config.yaml": config });
    must(join(work, "venv2/bin/pre-commit"), ["install"], cwd);
    expectStops(cwd);
  });
});
