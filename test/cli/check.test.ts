import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folder, OPEN_STACK, program, run } from "./program.js";

const SAFE = `services:
  web:
    image: nginx:1.27
    ports: ["127.0.0.1:8080:80"]
`;

test("a finding is shown with its line, a mark below it, the risk and the fix", () => {
  const { code, out, err } = run(["compose.yaml", "--rule", "published-on-all-interfaces"], {
    cwd: folder({ "compose.yaml": OPEN_STACK }),
  });
  expect(out).toBe(`web (nginx:1.27)
  compose.yaml:5:9
     5 |       - "8080:80"
       |         ^^^^^^^^^
  medium    publishes 8080 on every interface [published-on-all-interfaces]
            risk  every machine that reaches this one reaches it too, because
                  Docker's rules apply before those of UFW or firewalld
            fix   bind 8080 to 127.0.0.1 (safe)

1 finding in 1 service: 1 safe fix
see the patch: compose-harden fix compose.yaml
`);
  expect(err).toBe("");
  expect(code).toBe(1);
});

test("what several services lack is said once, without their lines", () => {
  const cwd = folder({
    "compose.yaml":
      "services:\n  web: &base\n    image: a:1\n  jobs:\n    <<: *base\n  db:\n    image: b:1\n    mem_limit: 1g\n",
  });
  const { out } = run(["--rule", "memory-limit", "--rule", "pids-limit"], { cwd });
  expect(out).toBe(`several services
  medium    has no memory limit [memory-limit]
            in    web, jobs
            risk  one leak or one hostile request takes all memory, and the
                  kernel kills other processes of this machine
            fix   set mem_limit to 1g (2 unsafe)
  low       has no process limit [pids-limit]
            in    all 3 services
            fix   set pids_limit to 512 (3 unsafe)

5 findings in 3 services: 5 unsafe
see the patch: compose-harden fix
`);
});

test("what one place has wrong in several ways stands below one excerpt, a common fix once, the worst service first", () => {
  const cwd = folder({
    "compose.yaml": `services:
  web:
    image: nginx:1.29
    ports: ["8080:80"]
  flowise:
    image: flowiseai/flowise:3.1.2
    environment:
      FLOWISE_PASSWORD: password
`,
  });
  const rules = ["published-on-all-interfaces", "guessable-password", "setting-without-effect"];
  const { out } = run(
    rules.flatMap((rule) => ["--rule", rule]),
    { cwd },
  );
  expect(out.match(/^\S.*/gm)?.slice(0, 2)).toEqual(["flowise (flowiseai/flowise:3.1.2)", "web (nginx:1.29)"]);
  expect(out.match(/compose\.yaml:8:25\n/g)).toHaveLength(1);
});

test("what several services have from one line is told once, with their names", () => {
  const cwd = folder({
    "compose.yaml": `x-env: &env
  API_SECRET: "\${S:-w8Ui3bMqqL}"
services:
  api: {image: "acme/api:1.0", environment: *env}
  worker: {image: "acme/api:1.0", environment: *env}
  web: {image: "acme/web:1.0", environment: {API_SECRET: w8Ui3bMqqL}}
`,
  });
  const { out } = run(["--rule", "inline-secret"], { cwd });
  expect(out).toMatch(/^api .*\n {2}compose\.yaml:2:15\n/m);
  expect(out).toMatch(/\[inline-secret\]\n {12}also {2}worker\n/);
  expect(out).toContain("(2 unsafe)");
  expect(out).not.toMatch(/^worker/m);
  expect(out).toMatch(/^web /m);
  expect(out).toMatch(/^3 findings/m);
});

test("concise: a line for each finding, with what a fix would be", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  const { out } = run(["--format", "concise", "--rule", "published-on-all-interfaces"], { cwd });
  expect(out).toBe(
    "compose.yaml:5:9: medium: `web` publishes 8080 on every interface [published-on-all-interfaces] (safe fix)\n",
  );
});

test("no line is wider than 80 columns when nobody looks", () => {
  const { out } = run([], { cwd: folder({ "compose.yaml": OPEN_STACK }) });
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
});

test("colour: off in a pipe, on by wish, NO_COLOR against FORCE_COLOR", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  const isColored = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    run(args, { cwd, env }).out.includes("\u001b[");
  expect(isColored([])).toBe(false);
  expect(isColored([], { FORCE_COLOR: "1" })).toBe(true);
  expect(isColored([], { FORCE_COLOR: "1", NO_COLOR: "1" })).toBe(false);
  expect(isColored([], { FORCE_COLOR: "0" })).toBe(false);
  expect(isColored(["--color"], { NO_COLOR: "1" })).toBe(true);
  expect(isColored(["--no-color"], { FORCE_COLOR: "1" })).toBe(false);
});

test("exit codes follow the threshold", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  const rule = ["--rule", "published-on-all-interfaces"];
  expect(run([...rule], { cwd }).code).toBe(1);
  expect(run([...rule, "--fail-on", "high"], { cwd }).code).toBe(0);
  expect(run([...rule, "--fail-on", "medium"], { cwd }).code).toBe(1);
  expect(run([...rule, "--fail-on", "none"], { cwd }).code).toBe(0);
  expect(run([...rule, "--min-severity", "critical"], { cwd }).code).toBe(0);
  expect(run([...rule, "--quiet"], { cwd })).toEqual({ code: 1, out: "", err: "" });
});

test("a gap is named with its place, is never a clean pass, and fails with --strict", () => {
  const cwd = folder({ "compose.yaml": `${SAFE}  db:\n    image: "redis:\${TAG:?choose one}"\n` });
  const rule = ["--rule", "published-on-all-interfaces"];
  const lax = run([...rule], { cwd });
  expect(lax.out).toMatch(/^gap {2}compose\.yaml:6:12: Docker refuses this: /);
  expect(lax.out).toMatch(/no findings in 2 services; 1 gap: what could not be read was not checked/);
  expect(lax.code).toBe(0);
  expect(run([...rule, "--strict"], { cwd }).code).toBe(2);
});

test("the default file stands for its project, another file for itself", () => {
  const cwd = folder({
    "compose.yaml": SAFE,
    "compose.override.yaml": 'services:\n  web:\n    ports: ["9000:9000"]\n',
    "other.yaml": OPEN_STACK,
  });
  const rule = ["--rule", "published-on-all-interfaces"];
  expect(run(["compose.yaml", ...rule], { cwd }).out).toMatch(/compose\.override\.yaml:3:13/);
  expect(run(["compose.override.yaml", ...rule], { cwd }).out).toMatch(/in 1 service:/);
  expect(run(["-f", "compose.yaml", ...rule], { cwd }).out).toBe("no findings in 1 service\n");
  expect(run(["other.yaml", ...rule], { cwd }).out).toMatch(/other\.yaml:5:9/);
  expect(run(["-f", "compose.yaml", "-f", "other.yaml", ...rule], { cwd }).out).toMatch(/other\.yaml:5:9/);
});

test("a directory is searched as git sees it", () => {
  const cwd = folder({
    ".gitignore": "ignored/\n",
    "ignored/compose.yaml": OPEN_STACK,
    "node_modules/x/compose.yaml": OPEN_STACK,
    "a/docker-compose.yml": OPEN_STACK,
    "b/.gitignore": "*.yml\n!keep.compose.yml\n",
    "b/docker-compose.yml": OPEN_STACK,
    "b/keep.compose.yml": OPEN_STACK,
    "c/docker-compose.dev.yml": OPEN_STACK,
    "d/workflow.yaml": "jobs: {}\n",
  });
  const { out } = run(["--rule", "published-on-all-interfaces"], { cwd });
  expect(out.match(/^== .*/gm)).toEqual([
    "== a/docker-compose.yml",
    "== b/keep.compose.yml",
    "== c/docker-compose.dev.yml",
  ]);
});

test("a work tree of git, whose .git is a file, is searched too", () => {
  const main = folder({ ".git/info/exclude": "hidden/\n", ".git/worktrees/w/commondir": "../..\n" });
  const cwd = folder({
    ".git": `gitdir: ${main}/.git/worktrees/w\n`,
    "compose.yaml": OPEN_STACK,
    "hidden/compose.yaml": OPEN_STACK,
  });
  const { out, err } = run(["--rule", "published-on-all-interfaces", "."], { cwd });
  expect(err).toBe("");
  expect(out).toContain("compose.yaml:5:9");
  expect(out).not.toContain("hidden");
});

test("files that belong to another project are not read a second time", () => {
  const cwd = folder({
    "compose.yaml": `include: [db/compose.yaml]\n${SAFE}`,
    "db/compose.yaml": "services:\n  db:\n    image: redis:7\n",
    "docker-compose.prod.yml": 'services:\n  web:\n    ports: ["9000:9000"]\n',
  });
  const { out } = run(["--format", "json"], { cwd });
  const files = JSON.parse(out).projects.map(({ files }: { files: string[] }) => files);
  expect(files).toEqual([
    ["compose.yaml", "db/compose.yaml"],
    ["compose.yaml", "docker-compose.prod.yml", "db/compose.yaml"],
  ]);
});

test("COMPOSE_FILE counts where the user stands, in the shell and in .env", () => {
  const cwd = folder({ "a.yaml": OPEN_STACK, "compose.yaml": SAFE, "sub/compose.yaml": SAFE });
  const rule = ["--rule", "published-on-all-interfaces"];
  expect(run(rule, { cwd, env: { COMPOSE_FILE: "a.yaml" } }).out).toMatch(/^ {2}a\.yaml:5:9/m);
  expect(run(["sub", ...rule], { cwd, env: { COMPOSE_FILE: "a.yaml" } }).code).toBe(0);
  writeFileSync(join(cwd, ".env"), "COMPOSE_FILE=a.yaml\n");
  expect(run(["-q", ".", ...rule], { cwd }).code).toBe(1);
});

test("${VAR} reads the environment, unless --no-env", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK.replace('"8080:80"', '"${BIND:-0.0.0.0}:8080:80"') });
  const rule = ["-q", "--rule", "published-on-all-interfaces"];
  expect(run(rule, { cwd }).code).toBe(1);
  expect(run(rule, { cwd, env: { BIND: "127.0.0.1" } }).code).toBe(0);
  expect(run([...rule, "--no-env"], { cwd, env: { BIND: "127.0.0.1" } }).code).toBe(1);
});

test("standard input is read as a file of the current directory", () => {
  const { code, out } = run(["-", "--rule", "published-on-all-interfaces"], { input: OPEN_STACK });
  expect(out).toMatch(/^ {2}<stdin>:5:9$/m);
  expect(code).toBe(1);
});

test("control characters of names and values never reach the terminal", () => {
  const cwd = folder({
    "compose.yaml": 'services:\n  "a\\e[31m\\u202e":\n    image: "x\\e]0;t\\a"\n    ports: ["80:80"]\n',
  });
  const { out } = run([], { cwd });
  expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
});

test("secrets are masked in the lines shown", () => {
  const cwd = folder({
    "compose.yaml": `services:
  db: {image: "postgres:17", ports: ["5432:5432"], environment: {POSTGRES_PASSWORD: hunter2}}
  web:
    image: nginx
    environment:
      - API_TOKEN=hunter2
      - URL=https://me:hunter2@example.com
`,
  });
  for (const format of ["text", "json"]) expect(run(["--format", format], { cwd }).out).not.toMatch(/hunter2/);
});

test("unknown names come with the closest known ones", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  expect(run(["--rule", "memory-limt"], { cwd }).err).toBe(
    "error: unknown rule `memory-limt`: did you mean `memory-limit`?\n",
  );
  expect(run(["--service", "wbe"], { cwd })).toEqual({
    code: 2,
    out: "",
    err: "error: unknown service `wbe`: did you mean `web`?\n",
  });
  expect(run(["--min-severity", "bad"], { cwd }).code).toBe(2);
  expect(run(["--frobnicate"], { cwd }).code).toBe(2);
  expect(run(["explain", "nothing-like-it"], { cwd }).code).toBe(2);
});

test("a reader that stops early is no failure", () => {
  const cwd = folder();
  for (let i = 0; i < 60; i++) {
    mkdirSync(join(cwd, `d${i}`));
    writeFileSync(join(cwd, `d${i}/compose.yaml`), OPEN_STACK);
  }
  const { stdout, stderr } = spawnSync("sh", ["-c", `"${process.execPath}" "${program}" "${cwd}" | head -n 1`], {
    encoding: "utf8",
  });
  expect(stdout.split("\n")).toHaveLength(2);
  expect(stderr).toBe("");
});

test("rules and explain print the catalogue", () => {
  expect(run(["rules"]).out).toMatch(/^high +dangerous-capabilities +/m);
  expect(JSON.parse(run(["rules", "--format", "json"]).out).length).toBeGreaterThan(6);
  expect(run(["explain", "memory-limit"]).out).toMatch(/^memory-limit\n=+\n/);
});
