import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { folder, OPEN_STACK, run } from "../cli/program.js";
import { commandsIn } from "./commands.js";

const source = fileURLToPath(new URL("../..", import.meta.url));

let work = "";
let released = "";

/** Where npm and pnpm keep what they have already. */
const HOME = process.env.HOME === undefined ? {} : { HOME: process.env.HOME };

const { call, must } = commandsIn(() => ({
  ...HOME,
  PATH: process.env.PATH ?? "",
  XDG_CACHE_HOME: join(work, "cache"),
}));

/** A runner's files and environment, with nothing but Node on the path. */
function runner(cwd: string): Readonly<Record<string, string>> {
  const bin = join(work, "bin");
  if (!existsSync(bin)) {
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, "node"));
  }
  for (const name of ["output", "summary"]) writeFileSync(join(work, name), "");
  return {
    PATH: bin,
    GITHUB_ACTIONS: "true",
    GITHUB_WORKSPACE: cwd,
    GITHUB_OUTPUT: join(work, "output"),
    GITHUB_STEP_SUMMARY: join(work, "summary"),
  };
}

describe("a release", () => {
  beforeAll(() => {
    work = mkdtempSync(join(tmpdir(), "compose-harden-release-"));
    const sources = join(work, "sources");
    const listed = call("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], source).out.split(
      "\0",
    );
    for (const name of listed.filter((path) => path !== "" && existsSync(join(source, path)))) {
      mkdirSync(dirname(join(sources, name)), { recursive: true });
      cpSync(join(source, name), join(sources, name));
    }
    must("git", ["init", "-q", "-b", "main"], sources);
    must("git", ["add", "-A"], sources);
    must("git", ["commit", "-q", "-m", "sources"], sources);
    must(process.execPath, ["scripts/tag-release.mjs"], sources);
    const { version } = JSON.parse(readFileSync(join(source, "packages/cli/package.json"), "utf8"));
    released = join(work, "released");
    must("git", ["clone", "-q", "--depth", "1", "--branch", `v${version}`, `file://${sources}`, released], work);
    must("git", ["clone", "-q", "--depth", "1", `file://${sources}`, join(work, "unreleased")], work);
  }, 600_000);

  afterAll(() => rmSync(work, { recursive: true, force: true }));

  test("leaves its branch and work tree as they were, and tags once", () => {
    const sources = join(work, "sources");
    expect(must("git", ["status", "--porcelain"], sources)).toBe("");
    expect(must("git", ["log", "--format=%s"], sources)).toBe("sources\n");
    const again = call(process.execPath, ["scripts/tag-release.mjs"], sources);
    expect(again.code).toBe(1);
    expect(again.out).toContain("there is a tag");
    const pushed = call(process.execPath, ["scripts/tag-release.mjs", "--push"], sources);
    expect(pushed.out).toContain("is there already");
    expect(pushed.code).toBe(0);
    writeFileSync(join(sources, "more.txt"), "more");
    const unclean = call(process.execPath, ["scripts/tag-release.mjs"], sources);
    expect(unclean.out).toContain("commit your changes first");
    const added = must("git", ["diff", "--name-only", "HEAD", must("git", ["tag"], sources).trim()], sources);
    expect(added.trim().split("\n").sort()).toEqual(
      ["action", "cli"]
        .flatMap((name) => [
          `packages/${name}/dist/THIRD-PARTY-LICENSES.txt`,
          `packages/${name}/dist/${name === "action" ? "action" : "compose-harden"}.js`,
          `packages/${name}/dist/package.json`,
        ])
        .sort(),
    );
  });

  test("is an action that runs from its clone with nothing but Node", () => {
    const cwd = folder({ "compose.yaml": OPEN_STACK });
    const { main } = /^ {2}main: (?<main>.*)$/m.exec(readFileSync(join(released, "action.yml"), "utf8"))?.groups ?? {};
    const { code, out } = call(process.execPath, [join(released, main ?? "")], cwd, runner(cwd));
    expect(out).toMatch(/^::warning file=compose.yaml,line=5,/m);
    expect(code).toBe(1);
    expect(readFileSync(join(work, "output"), "utf8")).toMatch(/^worst<<(\S+)\nmedium\n\1$/m);
    expect(readFileSync(join(work, "summary"), "utf8")).toContain("published-on-all-interfaces");
    expect(existsSync(join(released, "node_modules"))).toBe(false);
  });

  test("is a hook that runs from its clone with nothing but Node, and finds the same", () => {
    const cwd = folder({ "compose.yaml": OPEN_STACK });
    const { code, out } = call(process.execPath, [join(released, "scripts/hook.mjs"), "check"], cwd, runner(cwd));
    const alone = run(["check"], { cwd });
    expect(out).toBe(alone.out + alone.err);
    expect(code).toBe(alone.code);
    expect(existsSync(join(released, "node_modules"))).toBe(false);
  });

  test("is what any other revision becomes by itself, or says what it needs", () => {
    const cwd = folder({ "compose.yaml": OPEN_STACK });
    const action = join(work, "unreleased/scripts/action.mjs");
    const without = call(process.execPath, [action], cwd, runner(cwd));
    expect(without.code).toBe(1);
    expect(without.out).toContain("needs npm on the path: use the tag of a release");
    const { code, out } = call(process.execPath, [action], cwd, { ...runner(cwd), PATH: process.env.PATH ?? "" });
    expect(out).toMatch(/^::warning file=compose.yaml,line=5,/m);
    expect(code).toBe(1);
  });
});
