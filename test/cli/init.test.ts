import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test as anyTest, expect } from "vitest";
import { parse } from "yaml";
import { isInstalled } from "../installed.js";
import { folder, OPEN_STACK, run } from "./program.js";

const test = anyTest.skipIf(!isInstalled("git"));

const read = (cwd: string, name: string) => readFileSync(join(cwd, name), "utf8");
const files = (cwd: string) =>
  readdirSync(cwd, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith(".git/") && statSync(join(cwd, name)).isFile())
    .sort();

function repository(content: Readonly<Record<string, string>>): string {
  const cwd = folder({ "stack/compose.yaml": OPEN_STACK, ...content });
  execFileSync("git", ["init", "-q"], { cwd });
  return cwd;
}

test("shows what it would write, and writes nothing without a terminal to ask on", () => {
  const cwd = repository({ ".github/CODEOWNERS": "" });
  for (const args of [["init"], ["init", "--dry-run"]]) {
    const { code, out, err } = run(args, { cwd });
    expect(err).toContain("1 project: stack");
    expect(err).toContain("nothing was written");
    expect(out).toContain("compose-harden.config.yaml\n    # What compose-harden looks for");
    expect(out).toContain(".github/workflows/compose-harden.yml\n    name: compose-harden\n");
    expect(code).toBe(0);
  }
  expect(files(cwd)).toEqual([".github/CODEOWNERS", "stack/compose.yaml"]);
});

test.each([
  ["GitHub", { ".github/CODEOWNERS": "" }, [".github/workflows/compose-harden.yml"]],
  ["GitLab", { ".gitlab-ci.yml": "a: {script: [b]}\n" }, [".gitlab/compose-harden.yml"]],
  ["Forgejo", { ".forgejo/x": "" }, [".forgejo/workflows/compose-harden.yml"]],
  ["husky", { "package.json": '{"devDependencies": {"husky": "9"}}' }, [".husky/pre-commit"]],
  ["nothing", {}, []],
])("writes what the repository lacks: %s", (_, content, made) => {
  const cwd = repository(content);
  const { code, err } = run(["init", "--yes"], { cwd: join(cwd, "stack") });
  expect(code).toBe(0);
  const expected = [...Object.keys(content), "stack/compose.yaml", "compose-harden.config.yaml", ...made];
  expect(files(cwd)).toEqual(expected.sort());
  for (const name of ["compose-harden.config.yaml", ...made]) expect(err).toContain(`written: ${join(cwd, name)}`);
  // The configuration is one that the program takes, and a second run has nothing to do.
  expect(run(["check", "--fail-on", "none"], { cwd }).code).toBe(0);
  expect(run(["init", "--yes"], { cwd })).toMatchObject({ out: "", err: expect.stringContaining("nothing to write") });
});

test("says where to go on in a repository without CI and hooks", () => {
  const { err } = run(["init"], { cwd: repository({}) });
  expect(err).toContain("no CI found: `--ci` names one\nno hook manager found: `--hook` names one\n");
  const used = run(["init"], { cwd: repository({ ".github/x": "", "lefthook.yml": "" }) });
  expect(used.err).not.toContain("found");
});

test("what it writes is YAML, and names this version", () => {
  const cwd = repository({});
  const { version } = JSON.parse(read(join(import.meta.dirname, "../../packages/cli"), "package.json"));
  const systems = ["github", "gitlab", "forgejo"].flatMap((ci) => ["--ci", ci]);
  for (const hook of ["pre-commit", "lefthook", "husky"]) run(["init", "--yes", "--hook", hook, ...systems], { cwd });
  for (const name of files(cwd).filter((path) => /\.ya?ml$/.test(path) && !path.startsWith("stack"))) {
    expect(parse(read(cwd, name)), name).toBeTypeOf("object");
    if (!name.startsWith("compose-harden.config")) expect(read(cwd, name), name).toContain(version);
  }
  expect(statSync(join(cwd, ".husky/pre-commit")).mode & 0o111).not.toBe(0);
});

test("touches no file that is there, under whatever name, and prints what to add", () => {
  const content = {
    "compose-harden.config.yml": "rules: {}\n",
    ".pre-commit-config.yaml": "repos: []\n",
    ".gitea/workflows/compose-harden.yml": "on: push\n",
    ".lefthook.yml": "pre-commit: {}\n",
  };
  const cwd = repository(content);
  for (const hook of ["pre-commit", "lefthook"]) {
    const { out, err, code } = run(["init", "--yes", "--hook", hook, "--ci", "forgejo"], { cwd });
    expect(out.match(/is there already and stays as it is; to add by hand:/g)).toHaveLength(3);
    expect(err).toContain("nothing to write");
    expect(code).toBe(0);
  }
  for (const [name, text] of Object.entries(content)) expect(read(cwd, name)).toBe(text);
  expect(files(cwd)).toHaveLength(5);
});

test("writes all or nothing, and nothing outside of the repository", () => {
  const outside = folder();
  const cwd = repository({});
  symlinkSync(outside, join(cwd, ".github"));
  const { code, err } = run(["init", "--yes"], { cwd });
  expect(err).toContain("leads out of the repository: nothing was written");
  expect(code).toBe(2);
  expect(readdirSync(outside)).toEqual([]);
  expect(readdirSync(cwd)).not.toContain("compose-harden.config.yaml");
});

test("refuses contradictions, other systems, and a place without stacks", () => {
  const cwd = repository({});
  expect(run(["init", "--yes", "--dry-run"], { cwd })).toMatchObject({ code: 2 });
  expect(run(["init", "--ci", "jenkins"], { cwd }).err).toContain("Allowed choices are github, gitlab, forgejo, none");
  expect(run(["init", "--yes"], { cwd: folder() }).err).toContain("there is nothing to set up for");
});

test("names of projects act on no screen", () => {
  const cwd = repository({ "\u001b[31m##[error]x/compose.yaml": OPEN_STACK });
  const { out, err } = run(["init"], { cwd });
  expect(err).toContain("\\u001b[31m");
  expect(out + err).not.toContain("\u001b");
  expect(out + err).not.toContain("##[");
});
