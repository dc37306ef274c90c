import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { folder, OPEN_STACK, run } from "./program.js";

const schema = JSON.parse(readFileSync(new URL("../../schemas/report.json", import.meta.url), "utf8")) as object;
const isReport = new Ajv2020({ allErrors: true, formats: { uri: /^https:/ } }).compile(schema);
const HOSTILE = "a\u202e##[error] \u001b[31m`<x>`";

/** Projects that share files in every way: included, extended, incomplete alone, named twice; broken and suppressed ones. */
const ESTATE: Readonly<Record<string, string>> = {
  "base/compose.yaml": OPEN_STACK,
  "including/compose.yaml": "include: [../base/compose.yaml]\nservices:\n  db:\n    image: postgres:17\n",
  "extending/compose.yaml":
    "services:\n  a:\n    extends: {file: ../shared/common.yaml, service: web}\n  b:\n    image: redis:7\n",
  "extending2/compose.yaml": "services:\n  a:\n    extends: {file: ../shared/common.yaml, service: web}\n",
  "shared/common.yaml": OPEN_STACK,
  "over/docker-compose.yml": OPEN_STACK,
  "over/docker-compose.prod.yml": "services:\n  web:\n    privileged: true\n",
  "both/compose.yaml": OPEN_STACK,
  "both/compose.override.yaml": "services:\n  web:\n    env_file: [./web.env]\n",
  "both/web.env": "A=b\n",
  "waiting/compose.yaml": "services:\n  web:\n    image: x\n    env_file: later.env\n",
  "broken/compose.yaml": "services: [\n",
  "refused/compose.yaml": "services:\n  web:\n    image: x\n    depends_on: [gone]\n",
  "silenced/compose.yaml": `${OPEN_STACK}  # compose-harden-ignore-file published-on-all-interfaces: known\n`,
  [`${HOSTILE.replaceAll("/", "")}/compose.yaml`]: `services:\n  ${JSON.stringify(HOSTILE)}:\n    image: x\n    privileged: true\n`,
  "several/a.compose.yaml": OPEN_STACK,
  "several/b.compose.yaml": OPEN_STACK,
};

const read = (cwd: string, name: string) => readFileSync(join(cwd, name), "utf8");

/** A place of its own for what is kept, so that no test sees another's. */
function estate(): {
  readonly cwd: string;
  readonly reports: string;
  readonly env: { readonly XDG_CACHE_HOME: string };
} {
  return { cwd: folder(ESTATE), reports: folder(), env: { XDG_CACHE_HOME: folder() } };
}

describe("parts of a run", () => {
  test.each([
    [1, []],
    [2, []],
    [5, []],
    [3, ["--min-severity", "high"]],
    [3, ["--rule", "published-on-all-interfaces", "--min-severity", "critical"]],
  ])("%i parts put together are the run of all, byte for byte: %j", (count, more) => {
    const { cwd, reports, env } = estate();
    const outputs = (name: string) => ["-q", "-o", join(reports, `${name}.json`), "-o", join(reports, `${name}.sarif`)];
    const whole = run(["check", ...more, ...outputs("whole")], { cwd, env });
    const codes = Array.from({ length: count }, (_, i) => {
      const { code } = run(["check", "--shard", `${i + 1}/${count}`, ...more, ...outputs(`${i + 1}`)], { cwd, env });
      isReport(JSON.parse(read(reports, `${i + 1}.json`)));
      expect(isReport.errors).toBeNull();
      return code ?? 3;
    });
    expect(whole.code).toBe(2);
    expect(Math.max(...codes)).toBe(2);
    for (const format of ["json", "sarif"]) {
      const names = Array.from({ length: count }, (_, i) => `${count - i}.${format}`);
      const { out, err, code } = run(["merge", ...names], { cwd: reports });
      expect([err, code]).toEqual(["", 0]);
      expect(out).toBe(read(reports, `whole.${format}`));
      run(["merge", ...names, "-o", "merged"], { cwd: reports });
      expect(read(reports, "merged")).toBe(out);
    }
  });

  test("depend on paths only: a new project moves no other one", () => {
    const names = Array.from({ length: 40 }, (_, i) => `p${i}/compose.yaml`);
    const partsOf = (cwd: string) =>
      new Map(
        [1, 2, 3].flatMap((part) => {
          const { out } = run(["check", "--shard", `${part}/3`, "--format", "json"], { cwd });
          return (JSON.parse(out).projects as { files: [string] }[]).map(({ files: [file] }) => [file, part] as const);
        }),
      );
    const before = partsOf(folder(Object.fromEntries(names.map((name) => [name, OPEN_STACK]))));
    const after = partsOf(folder(Object.fromEntries([...names, "new/compose.yaml"].map((name) => [name, OPEN_STACK]))));
    expect(before.size).toBe(40);
    expect(after.size).toBe(41);
    for (const [name, part] of before) expect(after.get(name)).toBe(part);
    for (const part of [1, 2, 3]) expect([...before.values()].filter((one) => one === part).length).toBeGreaterThan(5);
  });

  test("a part without projects is clean, and says so", () => {
    const cwd = folder({ "compose.yaml": OPEN_STACK });
    const outcomes = [1, 2].map((part) => run(["check", "--shard", `${part}/2`], { cwd }));
    expect(outcomes.map(({ code }) => code).sort()).toEqual([0, 1]);
    const empty = outcomes.find(({ code }) => code === 0);
    expect([empty?.out, empty?.err]).toEqual(["", "note: no project falls to this part\n"]);
  });

  test.each(["0/2", "3/2", "x", "1", "1/0", "-1/2", "1/2/3", ""])("refuses --shard %j", (part) => {
    const { code, err } = run(["check", "--shard", part], { cwd: folder({ "compose.yaml": OPEN_STACK }) });
    expect(err).toContain(`\`--shard ${part}\`: expected a part and their number, such as 2/8`);
    expect(code).toBe(2);
  });

  test("write no baseline", () => {
    const cwd = folder({ "compose.yaml": OPEN_STACK });
    expect(run(["check", "--shard", "1/2", "--update-baseline"], { cwd })).toMatchObject({ code: 2 });
    expect(readdirSync(cwd)).toEqual(["compose.yaml"]);
  });
});

describe("merge", () => {
  const made = (cwd: string, args: readonly string[], name: string) =>
    run(["check", "-q", "-o", name, ...args], { cwd, env: { XDG_CACHE_HOME: folder() } });

  test("refuses what is missing, twice, mixed, of another version, or no report", () => {
    const { cwd } = estate();
    for (const part of [1, 2, 3]) made(cwd, ["--shard", `${part}/3`], `${part}.json`);
    made(cwd, ["--shard", "1/3"], "1.sarif");
    made(cwd, ["--shard", "1/4"], "other.json");
    made(cwd, [], "whole.json");
    writeFileSync(join(cwd, "newer.json"), read(cwd, "2.json").replace('"version": "', '"version": "9'));
    writeFileSync(join(cwd, "cut.json"), read(cwd, "1.json").slice(0, 5000));
    writeFileSync(join(cwd, "else.json"), '{"projects": [{"findings": 3}], "format": "compose-harden-report"}');
    writeFileSync(join(cwd, "else.sarif"), '{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "other"}}}]}');
    const refused = (...names: string[]) => {
      const { code, out, err } = run(["merge", ...names, "-o", "merged.json"], { cwd });
      expect([code, out]).toEqual([2, ""]);
      expect(readdirSync(cwd)).not.toContain("merged.json");
      return err;
    };
    expect(refused("1.json", "3.json")).toContain("missing: part 2/3");
    expect(refused("1.json", "2.json", "2.json")).toContain("`2.json` is part 2/3 a second time");
    expect(refused("1.json", "2.json", "other.json")).toContain("`other.json` is one of 4 parts, `1.json` one of 3");
    expect(refused("1.json", "whole.json")).toContain("`whole.json` is the report of a whole run");
    expect(refused("1.json", "1.sarif")).toContain("`1.sarif` is SARIF, others are not");
    expect(refused("1.json", "newer.json")).toMatch(/`newer.json` was made by version 9/);
    expect(refused("cut.json")).toContain("`cut.json` is no JSON");
    expect(refused("else.json")).toContain("`else.json` is no JSON report");
    expect(refused("else.sarif")).toContain("`else.sarif` is no SARIF report");
    expect(refused("gone.json")).toContain("there is no such file");
    expect(refused("base")).toContain("cannot be read: EISDIR");
  });

  test("joins reports of separate runs in the order given, and reads JSON however it is laid out", () => {
    const one = folder({ "a/compose.yaml": OPEN_STACK, "b/compose.yaml": "services:\n  x:\n    image: y:1\n" });
    made(join(one, "a"), [], join(one, "a.json"));
    made(join(one, "b"), [], join(one, "b.json"));
    writeFileSync(join(one, "b.json"), JSON.stringify(JSON.parse(read(one, "b.json"))));
    const { out, code } = run(["merge", "b.json", "a.json"], { cwd: one });
    const merged = JSON.parse(out);
    isReport(merged);
    expect(isReport.errors).toBeNull();
    expect(code).toBe(0);
    expect(merged.projects.map(({ services }: { services: string[] }) => services)).toEqual([["x"], ["web"]]);
    const [a, b] = ["a.json", "b.json"].map((name) => JSON.parse(read(one, name)).totals);
    expect(merged.totals.findings).toBe(a.findings + b.findings);
    expect(merged.totals.bySeverity.medium).toBe(a.bySeverity.medium + b.bySeverity.medium);
  });

  test("has the last word with --fail-on", () => {
    const cwd = folder({ "compose.yaml": OPEN_STACK });
    made(cwd, [], "a.json");
    made(cwd, [], "a.sarif");
    for (const name of ["a.json", "a.sarif"]) {
      expect(run(["merge", name, "--fail-on", "medium"], { cwd }).code).toBe(1);
      expect(run(["merge", name, "--fail-on", "critical"], { cwd }).code).toBe(0);
      expect(run(["merge", name, "--fail-on", "bad"], { cwd }).code).toBe(2);
    }
  });
});

describe("--changed-since", () => {
  /** A repository with one commit of the estate. */
  function repository(files: Readonly<Record<string, string>> = ESTATE): string {
    const cwd = folder(files);
    git(cwd, "init", "-q", "-b", "main");
    commit(cwd);
    return cwd;
  }

  function git(cwd: string, ...args: string[]): void {
    const identity = {
      GIT_AUTHOR_NAME: "t",
      GIT_AUTHOR_EMAIL: "t@e",
      GIT_COMMITTER_NAME: "t",
      GIT_COMMITTER_EMAIL: "t@e",
    };
    execFileSync("git", args, {
      cwd,
      env: { PATH: process.env.PATH ?? "", ...identity, GIT_CONFIG_GLOBAL: "/dev/null" },
    });
  }

  function commit(cwd: string): void {
    git(cwd, "add", "-A");
    git(cwd, "commit", "-q", "--allow-empty", "-m", "x");
  }

  /** Directories of the projects that are looked at; a second run sees what the first one kept. */
  function affected(cwd: string, ...args: string[]): readonly string[] {
    const env = { XDG_CACHE_HOME: folder() };
    const command = ["check", "--changed-since", "HEAD", "--format", "json", ...args];
    const [first, second] = [run(command, { cwd, env }), run(command, { cwd, env })];
    expect(second).toEqual(first);
    const projects = JSON.parse(first.out).projects as { files: [string] }[];
    return projects.map(({ files: [file] }) => file.replace(/\/[^/]*$/, ""));
  }

  const append = (cwd: string, name: string) => writeFileSync(join(cwd, name), `${read(cwd, name)}# more\n`);

  test.each([
    ["nothing", () => undefined, []],
    ["a file that nobody reads", (cwd: string) => writeFileSync(join(cwd, "README.md"), "x"), []],
    ["its own file", (cwd: string) => append(cwd, "several/a.compose.yaml"), ["several"]],
    ["what it includes", (cwd: string) => append(cwd, "base/compose.yaml"), ["including"]],
    ["what it extends", (cwd: string) => append(cwd, "shared/common.yaml"), ["extending", "extending2"]],
    ["the base below an incomplete file", (cwd: string) => append(cwd, "over/docker-compose.yml"), ["over", "over"]],
    ["an incomplete file", (cwd: string) => append(cwd, "over/docker-compose.prod.yml"), ["over"]],
    ["its override file", (cwd: string) => append(cwd, "both/compose.override.yaml"), ["both"]],
    ["its env_file", (cwd: string) => append(cwd, "both/web.env"), ["both"]],
    ["an env_file that is gone", (cwd: string) => rmSync(join(cwd, "both/web.env")), ["both"]],
    ["an override file that is gone", (cwd: string) => rmSync(join(cwd, "both/compose.override.yaml")), ["both"]],
    ["a new .env", (cwd: string) => writeFileSync(join(cwd, "silenced/.env"), "A=1\n"), ["silenced"]],
    [
      "a new override file",
      (cwd: string) => writeFileSync(join(cwd, "several/../silenced/compose.override.yaml"), "services: {}\n"),
      ["silenced"],
    ],
    [
      "a renamed file",
      (cwd: string) => renameSync(join(cwd, "shared/common.yaml"), join(cwd, "shared/other.yaml")),
      ["extending", "extending2"],
    ],
    ["a new project", (cwd: string) => renameSync(join(cwd, "base"), join(cwd, "moved")), ["moved", "including"]],
    [
      "a configuration above",
      (cwd: string) => writeFileSync(join(cwd, "over/compose-harden.config.yaml"), "rules: {}\n"),
      ["over", "over"],
    ],
  ] as const)("%s", (_, change, expected) => {
    const cwd = repository();
    change(cwd);
    expect(affected(cwd).toSorted()).toEqual([...expected].sort());
  });

  test("follows links and configurations that extend others, and sees what was committed", () => {
    const cwd = repository({
      ...ESTATE,
      "linked/real.yaml": OPEN_STACK,
      "policy/house.yaml": "rules: {cpu-limit: off}\n",
      "with/compose-harden.config.yaml": "extends: ../policy/house.yaml\n",
      "with/compose.yaml": OPEN_STACK,
      "node/package.json": '{"compose-harden": {"rules": {"cpu-limit": "off"}}}',
      "node/compose.yaml": OPEN_STACK,
      "plain/package.json": "{}",
      "plain/compose.yaml": OPEN_STACK,
    });
    rmSync(join(cwd, "both/compose.yaml"));
    symlinkSync("../linked/real.yaml", join(cwd, "both/compose.yaml"));
    commit(cwd);
    append(cwd, "linked/real.yaml");
    append(cwd, "policy/house.yaml");
    writeFileSync(join(cwd, "node/package.json"), "{}");
    writeFileSync(join(cwd, "plain/package.json"), '{"a": 1}');
    expect(affected(cwd)).toEqual(["both", "node", "with"]);
    commit(cwd);
    expect(affected(cwd)).toEqual([]);
    const { out } = run(["check", "--changed-since", "HEAD~1", "--format", "json"], { cwd });
    expect(JSON.parse(out).projects).toHaveLength(3);
  });

  test("compares with where the branches parted", () => {
    const cwd = repository();
    git(cwd, "checkout", "-q", "-b", "work");
    append(cwd, "several/b.compose.yaml");
    commit(cwd);
    git(cwd, "checkout", "-q", "main");
    append(cwd, "silenced/compose.yaml");
    commit(cwd);
    git(cwd, "checkout", "-q", "work");
    const { out } = run(["check", "--changed-since", "main", "--format", "json"], { cwd });
    expect(JSON.parse(out).projects.map(({ files }: { files: string[] }) => files)).toEqual([
      ["several/b.compose.yaml"],
    ]);
  });

  test("is clean when nothing is affected, and goes with --shard", () => {
    const cwd = repository({ "compose.yaml": OPEN_STACK });
    const { code, out, err } = run(["check", "--changed-since", "HEAD"], { cwd });
    expect([code, out, err]).toEqual([0, "", "note: no project is affected by what changed\n"]);
    append(cwd, "compose.yaml");
    const codes = [1, 2].map(
      (part) => run(["check", "-q", "--changed-since", "HEAD", "--shard", `${part}/2`], { cwd }).code,
    );
    expect(codes.sort()).toEqual([0, 1]);
  });

  test.each([
    ["gone", /git knows no such commit; a shallow clone has to fetch it first/],
    ["--output=x", /git knows no such commit/],
    ["HEAD:compose.yaml", /git knows no such commit/],
    ["\u001b[31m", /`--changed-since \\u001b\[31m`/],
  ])("refuses %j", (reference, error) => {
    const cwd = repository({ "compose.yaml": OPEN_STACK });
    const { code, err } = run(["check", `--changed-since=${reference}`], { cwd });
    expect(err).toMatch(error);
    expect(code).toBe(2);
    expect(readdirSync(cwd)).toEqual([".git", "compose.yaml"]);
  });

  test("needs a repository", () => {
    const { code, err } = run(["check", "--changed-since", "HEAD"], { cwd: folder({ "compose.yaml": OPEN_STACK }) });
    expect(err).toContain("needs git and a repository");
    expect(code).toBe(2);
  });
});

describe("what is kept from run to run", () => {
  const entriesIn = (cache: string) =>
    readdirSync(join(cache, "compose-harden-results"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.length > 3)
      .map((name) => join(cache, "compose-harden-results", name));
  const check = (cwd: string, env: Readonly<Record<string, string>>, ...args: string[]) =>
    run(["check", "--format", "json", ...args], { cwd, env });

  test.each([
    ["a file", (cwd: string) => writeFileSync(join(cwd, "base/compose.yaml"), "services:\n  x:\n    image: y\n")],
    ["a missing file that appears", (cwd: string) => writeFileSync(join(cwd, "waiting/later.env"), "A=1\n")],
    ["a file that goes", (cwd: string) => rmSync(join(cwd, "both/compose.override.yaml"))],
    ["an env_file that goes", (cwd: string) => rmSync(join(cwd, "both/web.env"))],
    [
      "the configuration",
      (cwd: string) => writeFileSync(join(cwd, "compose-harden.config.yaml"), "rules: {cpu-limit: off}\n"),
    ],
    ["a new project", (cwd: string) => writeFileSync(join(cwd, "new.compose.yaml"), OPEN_STACK)],
    ["a project that goes", (cwd: string) => rmSync(join(cwd, "over/docker-compose.yml"))],
  ])("gives the same as a run without it when this changes: %s", (_, change) => {
    const { cwd, env } = estate();
    const first = check(cwd, env);
    expect(check(cwd, env)).toEqual(first);
    expect(check(cwd, env, "--no-cache")).toEqual(first);
    change(cwd);
    const fresh = check(cwd, env, "--no-cache");
    expect(fresh.out).not.toBe(first.out);
    expect(check(cwd, env)).toEqual(fresh);
    expect(check(cwd, env)).toEqual(fresh);
  });

  test("knows which variables of the shell have a say", () => {
    const files = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [
        `p${i}/compose.yaml`,
        `services:\n  a:\n    image: x:1\n    ports: ["\${ADDR:-127.0.0.1}:${8000 + i}:80"]\n`,
      ]),
    );
    const cwd = folder(files);
    const env = { XDG_CACHE_HOME: folder() };
    const kept = () => readdirSync(env.XDG_CACHE_HOME, { recursive: true }).length;
    const closed = check(cwd, env);
    const count = kept();
    expect(check(cwd, { ...env, OTHER: "1" })).toEqual(closed);
    expect(check(cwd, { ...env, ADDR: "0.0.0.0" }).out).not.toBe(closed.out);
    expect(check(cwd, { ...env, ADDR: "0.0.0.0" })).toEqual(check(cwd, { ...env, ADDR: "0.0.0.0" }, "--no-cache"));
    expect(kept()).toBe(count);
    expect(check(cwd, env, "--no-env")).toEqual(closed);
  });

  test("takes no notice of entries that are cut off, altered or of other users", () => {
    const { cwd, env } = estate();
    const first = check(cwd, env);
    const entries = () => entriesIn(env.XDG_CACHE_HOME);
    expect(entries().length).toBeGreaterThan(8);
    for (const [index, path] of entries().entries()) {
      if (index % 3 === 0) truncateSync(path, 50);
      else if (index % 3 === 1) writeFileSync(path, "nonsense");
      else writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.from("x")]));
    }
    expect(check(cwd, env)).toEqual(first);
    expect(check(cwd, env)).toEqual(first);
    rmSync(join(env.XDG_CACHE_HOME, "compose-harden-results"), { recursive: true });
    writeFileSync(join(env.XDG_CACHE_HOME, "compose-harden-results"), "a file in its place");
    expect(check(cwd, env)).toEqual(first);
  });

  test("keeps no text of files and no secret", () => {
    const { cwd, env } = estate();
    writeFileSync(
      join(cwd, "base/compose.yaml"),
      "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: correcthorse99\n",
    );
    check(cwd, env, "-o", "a.sarif");
    check(cwd, env, "-o", "b.sarif");
    expect(read(cwd, "b.sarif")).toBe(read(cwd, "a.sarif"));
    rmSync(join(cwd, "a.sarif"));
    const texts = entriesIn(env.XDG_CACHE_HOME).map((path) =>
      inflateRawSync(readFileSync(path).subarray(32)).toString(),
    );
    expect(texts.some((text) => text.includes("POSTGRES_PASSWORD"))).toBe(true);
    for (const text of texts) expect(text).not.toContain("correcthorse99");
  });
});
