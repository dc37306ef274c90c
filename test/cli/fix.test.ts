import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { isInstalled } from "../installed.js";
import { folder, OPEN_STACK, program, run } from "./program.js";

const HARD = `# kept\r\nx-base: &base\r\n    image: redis:7   # kept\r\n    ports: [6379:6379]\r\nservices:\r\n    a:\r\n        <<: *base\r\n    b: {image: nginx, ports: ["80"]}`;

function copyOf(directory: string): string {
  const copy = mkdtempSync(join(tmpdir(), "compose-harden-copy-"));
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  cpSync(directory, copy, { recursive: true });
  return copy;
}

const withGit = test.skipIf(!isInstalled("git"));

/** Applies a diff with a tool, in a directory, and fails with what the tool says. */
function apply(tool: readonly [string, ...string[]], diff: string, cwd: string): void {
  const { status, stdout, stderr } = spawnSync(tool[0], tool.slice(1), { cwd, input: diff, encoding: "utf8" });
  if (status !== 0) throw new Error(`${tool.join(" ")}: ${stdout}${stderr}`);
}

describe.each([
  ["git apply", ["git", "apply", "--whitespace=nowarn"]],
  ["patch -p1", ["patch", "-p1", "--binary"]],
] as const)("the diff, through %s, gives the bytes that --write writes", (_, [command, ...args]) => {
  const files = { "compose.yaml": OPEN_STACK, "with blank/compose.yml": HARD, "übung/compose.yaml": OPEN_STACK };

  test.skipIf(![command, "git"].every(isInstalled)).each([".", "sub"])("from %s", (below) => {
    const root = folder(Object.fromEntries(Object.entries(files).map(([name, text]) => [join("sub", name), text])));
    execFileSync("git", ["init", "-q"], { cwd: root });
    const written = copyOf(root);
    const { out, code } = run(["fix", "--unsafe"], { cwd: join(root, below) });
    expect(code).toBe(0);
    apply([command, ...args], out, join(root, below));
    expect(run(["fix", "--unsafe", "--write"], { cwd: join(written, below) }).code).toBe(0);
    for (const name of Object.keys(files)) {
      const [patched, direct] = [root, written].map((here) => readFileSync(join(here, "sub", name), "utf8"));
      expect(patched).toBe(direct);
      expect(direct).not.toBe(files[name as keyof typeof files]);
    }
    expect(run(["fix", "--unsafe", "--check"], { cwd: join(written, below) }).code).toBe(0);
  });
});

withGit("a file outside of the current directory gives a diff for the directory above", () => {
  const root = folder({ "compose.yaml": OPEN_STACK, "sub/x": "" });
  execFileSync("git", ["init", "-q"], { cwd: root });
  const { out, err } = run(["fix", "../compose.yaml"], { cwd: join(root, "sub") });
  expect(err).toContain(`the diff's paths start at ${root}: apply it there\n`);
  apply(["git", "apply"], out, root);
  expect(readFileSync(join(root, "compose.yaml"), "utf8")).toContain("127.0.0.1:8080:80");
});

test("the summary names each fix with its grade, its caveat, and what is held back", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  const safe = run(["fix"], { cwd });
  expect(safe.err).toMatch(/^fix {5}web: bind 8080 to 127\.0\.0\.1 \(safe\)/m);
  expect(safe.err).toMatch(/SSH\s+tunnel/);
  expect(safe.err).toMatch(/unsafe fixes held back/);
  const unsafe = run(["fix", "--unsafe=memory-limit"], { cwd });
  expect(unsafe.out).toMatch(/^\+ {4}mem_limit: /m);
  expect(unsafe.out).not.toMatch(/^\+ {4}cpus: /m);
  expect(unsafe.err).toMatch(/may break: .*\bkills\b/);
  expect(run(["fix", "--quiet"], { cwd }).err).toBe("");
});

test("--unsafe does not swallow the path behind it", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  expect(run(["fix", "--unsafe", "compose.yaml"], { cwd }).out).toMatch(/^\+ {4}mem_limit: /m);
  expect(run(["fix", "--unsafe=nonsense", "compose.yaml"], { cwd }).code).toBe(2);
});

test("--check says whether something is to fix, and prints no diff", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  const before = run(["fix", "--check"], { cwd });
  expect(before.code).toBe(1);
  expect(before.out).toBe("");
  expect(run(["fix", "--write"], { cwd }).code).toBe(0);
  expect(run(["fix", "--check"], { cwd }).code).toBe(0);
  expect(run(["fix", "--write", "--check"], { cwd }).code).toBe(2);
});

test("--bind-variable keeps a way to override the address", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  expect(run(["fix", "--bind-variable"], { cwd }).out).toContain('+      - "${BIND_ADDR:-127.0.0.1}:8080:80"');
  expect(run(["fix", "--bind-variable=ADDRESS"], { cwd }).out).toContain('"${ADDRESS:-127.0.0.1}:8080:80"');
  expect(run(["fix", "--bind-variable=a-b"], { cwd }).code).toBe(2);
});

test("--rule and --service choose what is fixed", () => {
  const cwd = folder({ "compose.yaml": `${OPEN_STACK}  db:\n    image: postgres:17\n    ports: ["5432:5432"]\n` });
  const { out } = run(["fix", "--rule", "published-on-all-interfaces", "--service", "db"], { cwd });
  expect(out.match(/^\+ .*/gm)).toEqual(['+    ports: ["127.0.0.1:5432:5432"]']);
});

test("--rule after --rule gives the file that all at once give, in any order", () => {
  const stack = `services:\n  web:\n    image: nginx\n    group_add: [docker]\n    privileged: true\n    cap_add:\n      - "SYS_ADMIN"\n    restart: always\n`;
  const rules = ["dangerous-capabilities", "powerful-group", "privileged", "cap-drop-all", "no-new-privileges"];
  const fixed = (...runs: readonly (readonly string[])[]) => {
    const cwd = folder({ "compose.yaml": stack });
    for (const some of runs) run(["fix", "--write", "--unsafe", ...some.flatMap((rule) => ["--rule", rule])], { cwd });
    return readFileSync(join(cwd, "compose.yaml"), "utf8");
  };
  const once = fixed(rules);
  expect(fixed(...rules.map((rule) => [rule]))).toBe(once);
  expect(fixed(...rules.toReversed().map((rule) => [rule]))).toBe(once);
});

test("the name of a general rule chooses what is told in its place", () => {
  const cwd = folder({
    "compose.yaml":
      "services:\n  ha:\n    image: ghcr.io/home-assistant/home-assistant:2025.9\n    privileged: true\n    cap_add: [NET_RAW]\n",
  });
  for (const rule of ["privileged", "home-assistant-privileged"])
    for (const args of [["--unsafe", "--rule", rule], [`--unsafe=${rule}`]])
      expect(run(["fix", ...args], { cwd }).out).toContain("\n-    privileged: true\n");
});

test("standard input: a diff, or with --write the text itself", () => {
  const { out } = run(["fix", "-", "--rule", "published-on-all-interfaces"], { input: OPEN_STACK });
  expect(out).toMatch(/^--- a\/compose\.yaml\n\+\+\+ b\/compose\.yaml\n/);
  const written = run(["fix", "-", "--write", "--rule", "published-on-all-interfaces"], { input: OPEN_STACK });
  expect(written.out).toBe(OPEN_STACK.replace("8080:80", "127.0.0.1:8080:80"));
  expect(run(["fix", "-", "--write"], { input: written.out, env: {} }).out).toContain("127.0.0.1:8080:80");
});

withGit("files that several projects share are changed once", () => {
  const shared = `services:\n  base:\n    image: nginx:1.27\n    ports: ["8080:80"]\n`;
  const user = (name: string) => `services:\n  ${name}:\n    extends: {file: ../common.yaml, service: base}\n`;
  const cwd = folder({ "common.yaml": shared, "a/compose.yaml": user("one"), "b/compose.yaml": user("two") });
  execFileSync("git", ["init", "-q"], { cwd });
  expect(run(["fix", "--write", "--unsafe"], { cwd }).code).toBe(0);
  expect(run(["check", "--rule", "published-on-all-interfaces", "-q"], { cwd }).code).toBe(0);
  expect(run(["fix", "--check", "--unsafe"], { cwd }).code).toBe(0);
});

withGit("the diff of a file that several projects change holds the changes of all", () => {
  const base = `services:
  one:
    image: nginx:1.27
    ports: ["8001:80"]
  filler:
    image: alpine:3
    # far
    # away
    # from
    # the
    # other
  two:
    image: nginx:1.27
    ports: ["8002:80"]
`;
  const user = (name: string) => `services:\n  ${name}:\n    extends: {file: base.yaml, service: ${name}}\n`;
  const cwd = folder({ "base.yaml": base, "a.compose.yaml": user("one"), "b.compose.yaml": user("two") });
  execFileSync("git", ["init", "-q"], { cwd });
  const { out } = run(["fix", "."], { cwd });
  expect(out.match(/^\+ .*127\.0\.0\.1.*$/gm)).toHaveLength(2);
  apply(["git", "apply"], out, cwd);
  expect(run(["fix", "--check", "."], { cwd }).code).toBe(0);
});

test("--write keeps the mode and leaves nothing else behind", () => {
  const cwd = folder();
  mkdirSync(join(cwd, "p"));
  writeFileSync(join(cwd, "p/compose.yaml"), OPEN_STACK, { mode: 0o640 });
  expect(run(["fix", "--write"], { cwd }).code).toBe(0);
  expect(statSync(join(cwd, "p/compose.yaml")).mode & 0o777).toBe(0o640);
  expect(readdirSync(join(cwd, "p"))).toEqual(["compose.yaml"]);
});

test("--overlay leaves the files alone and writes an override file", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  const rule = ["--rule", "published-on-all-interfaces", "-q"];
  const { code, err } = run(["fix", "--write", "--overlay", "hard.yaml"], { cwd });
  expect(err).toContain("start the stack with it: docker compose -f compose.yaml -f hard.yaml up\n");
  expect(code).toBe(0);
  expect(readFileSync(join(cwd, "compose.yaml"), "utf8")).toBe(OPEN_STACK);
  expect(run(["check", "-f", "compose.yaml", "-f", "hard.yaml", ...rule], { cwd }).code).toBe(0);
  expect(run(["fix", "--check", "--overlay", "hard.yaml"], { cwd }).code).toBe(0);
  expect(run(["fix", "--unsafe=memory-limit", "--write", "--overlay", "hard.yaml"], { cwd }).code).toBe(0);
  expect(readFileSync(join(cwd, "hard.yaml"), "utf8")).toMatch(/mem_limit/);
});

test("an overlay that Docker finds by itself needs no word", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  const { err } = run(["fix", "--write", "--overlay", "compose.override.yaml"], { cwd });
  expect(err).not.toContain("start the stack");
  expect(run(["check", "-q", "--rule", "published-on-all-interfaces"], { cwd }).code).toBe(0);
});

describe("--verify docker", () => {
  /** A `docker` whose `compose config` is answered by this program, or by a lie. */
  const docker = (body: string) => {
    const bin = folder();
    writeFileSync(join(bin, "docker"), `#!/bin/sh\nset -f\nshift\n${body}\n`, { mode: 0o755 });
    return { PATH: `${bin}:${process.env.PATH ?? ""}` };
  };
  const honest = `exec "${process.execPath}" "${program}" config --format json $(printf '%s ' "$@" | sed 's/ config --format json//')`;

  test("writes what Docker reads in the same way", () => {
    const cwd = folder({
      "compose.yaml": `include: [./db/compose.yaml]\n${OPEN_STACK}`,
      "db/compose.yaml": 'services:\n  db:\n    image: redis:7\n    ports: ["6379:6379"]\n',
    });
    const { code, err } = run(["fix", "--write", "--unsafe", "--verify", "docker"], { cwd, env: docker(honest) });
    expect(err).not.toMatch(/error/);
    expect(code).toBe(0);
    expect(readFileSync(join(cwd, "db/compose.yaml"), "utf8")).toContain("127.0.0.1:6379:6379");
  });

  test.each([
    [
      "what Docker reads differently",
      `${honest} | sed 's/"restart": "[a-z]*"/"restart": "no"/; s/8080/8081/'`,
      /differently at `services\.web\./,
    ],
    [
      "what a Docker without Compose says",
      "echo \"unknown shorthand flag: 'f' in -f\" >&2; exit 125",
      /`--verify docker`: `docker compose` is not there: install Docker's Compose plugin/,
    ],
    [
      "what Docker refuses",
      "echo no such thing >&2; exit 1",
      /`docker compose config` refuses the project: no such thing/,
    ],
  ])("writes nothing of %s", (_, body, error) => {
    const cwd = folder({ "compose.yaml": OPEN_STACK });
    const { code, err } = run(["fix", "--write", "--verify", "docker"], { cwd, env: docker(body) });
    expect(err).toMatch(error);
    expect(code).toBe(2);
    expect(readFileSync(join(cwd, "compose.yaml"), "utf8")).toBe(OPEN_STACK);
  });

  test("says so where there is no Docker", () => {
    const cwd = folder({ "compose.yaml": OPEN_STACK });
    const { code, err } = run(["fix", "--verify", "docker"], { cwd, env: { PATH: cwd } });
    expect(err).toMatch(/needs Docker Compose: `docker` cannot be run/);
    expect(code).toBe(2);
  });
});
