import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folder, program, run } from "../cli/program.js";
import { commandsIn } from "./commands.js";

const source = fileURLToPath(new URL("../..", import.meta.url));
const hasPython = spawnSync("python3", ["-m", "venv", "--help"]).status === 0;

let work = "";
let hooks = "";
let preCommit = "";

const { call, must } = commandsIn(() => ({
  ...process.env,
  PRE_COMMIT_HOME: join(work, "home"),
  PRE_COMMIT_COLOR: "never",
}));

/** A repository with these files committed and the hook installed. */
function repository(files: Readonly<Record<string, string>>, hook: string, args: readonly string[] = []): string {
  const cwd = folder(files);
  const config = { repos: [{ repo: hooks, rev: "v0.0.1", hooks: [{ id: hook, args }] }] };
  writeFileSync(join(cwd, ".pre-commit-config.yaml"), JSON.stringify(config));
  must("git", ["init", "-q", "-b", "main"], cwd);
  must("git", ["add", "-A"], cwd);
  must("git", ["commit", "-q", "--no-verify", "-m", "start"], cwd);
  must(preCommit, ["install"], cwd);
  return cwd;
}

function commit(cwd: string): { readonly code: number | null; readonly out: string } {
  must("git", ["add", "-u"], cwd);
  return call("git", ["commit", "-m", "change"], cwd);
}

const SAFE = "services:\n  web:\n    image: nginx:1.27\n";
const OPEN = 'services:\n  web:\n    image: nginx:1.27\n    ports:\n      - "8080:80"\n';

describe.skipIf(!hasPython)("pre-commit (needs python3)", () => {
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), "compose-harden-hooks-"));
    hooks = join(work, "hooks");
    const listed = call("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], source).out.split(
      "\0",
    );
    for (const name of listed.filter((path) => path !== "" && existsSync(join(source, path)))) {
      mkdirSync(dirname(join(hooks, name)), { recursive: true });
      cpSync(join(source, name), join(hooks, name));
    }
    must("git", ["init", "-q"], hooks);
    must("git", ["add", "-A"], hooks);
    must("git", ["commit", "-q", "-m", "release"], hooks);
    must("git", ["tag", "v0.0.1"], hooks);
    must("python3", ["-m", "venv", join(work, "venv")], work);
    must(join(work, "venv/bin/pip"), ["install", "-q", "pre-commit==4.7.0"], work);
    preCommit = join(work, "venv/bin/pre-commit");
  }, 600_000);

  afterAll(() => rmSync(work, { recursive: true, force: true }));

  test("lets a commit pass that changes no Compose file, whatever the stack is like", () => {
    const cwd = repository({ "compose.yaml": OPEN, "readme.txt": "a" }, "compose-harden");
    appendFileSync(join(cwd, "readme.txt"), "b");
    const { code, out } = commit(cwd);
    expect(out).toContain("Skipped");
    expect(code).toBe(0);
  });

  test("stops a commit with findings, and finds what the program finds", () => {
    const cwd = repository({ "compose.yaml": SAFE, "a/docker-compose.yml": SAFE }, "compose-harden", [
      "--fail-on",
      "medium",
      "--format",
      "json",
    ]);
    writeFileSync(join(cwd, "compose.yaml"), OPEN);
    const { code, out } = commit(cwd);
    expect(code).toBe(1);
    const alone = run(["check", "--fail-on", "medium", "--format", "json"], { cwd });
    expect(alone.code).toBe(1);
    expect(JSON.parse(out.slice(out.indexOf("{"), out.lastIndexOf("}") + 1))).toEqual(JSON.parse(alone.out));
  });

  test("lets a commit pass without findings", () => {
    const cwd = repository({ "compose.yaml": SAFE }, "compose-harden", ["--fail-on", "critical"]);
    appendFileSync(join(cwd, "compose.yaml"), "# more\n");
    const { code, out } = commit(cwd);
    expect(out).toContain("Passed");
    expect(code).toBe(0);
  });

  test("reads base and override together when only one changed", () => {
    const override = "services:\n  web:\n    read_only: true\n";
    const cwd = repository({ "compose.yaml": SAFE, "compose.override.yaml": override }, "compose-harden", [
      "--rule",
      "privileged",
    ]);
    writeFileSync(join(cwd, "compose.override.yaml"), `${override}    privileged: true\n`);
    const { code, out } = commit(cwd);
    expect(out).toContain("compose.override.yaml:4:17");
    expect(out).toContain("web (nginx:1.27)");
    expect(code).toBe(1);
  });

  test("writes safe fixes, stops the commit, and passes when they are staged", () => {
    const cwd = repository({ "compose.yaml": SAFE, "b/compose.yaml": SAFE }, "compose-harden-fix", [
      "--rule",
      "published-on-all-interfaces",
    ]);
    for (const name of ["compose.yaml", "b/compose.yaml"]) writeFileSync(join(cwd, name), OPEN);
    const first = commit(cwd);
    expect(first.out).toContain("files were modified by this hook");
    expect(first.code).toBe(1);
    for (const name of ["compose.yaml", "b/compose.yaml"]) {
      expect(readFileSync(join(cwd, name), "utf8")).toBe(OPEN.replace("8080:80", "127.0.0.1:8080:80"));
    }
    const second = commit(cwd);
    expect(second.out).toContain("Passed");
    expect(second.code).toBe(0);
    expect(existsSync(program)).toBe(true);
  });
});
