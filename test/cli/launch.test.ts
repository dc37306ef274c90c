import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { program } from "../../scripts/workspace.mjs";
import { folder, OPEN_STACK, run } from "./program.js";

/** Checks a stack with a cache directory; answers what is in it afterwards. */
function check(cache: string, env: Readonly<Record<string, string>> = {}): readonly string[] {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  const { code, err } = run(["-q"], { cwd, env: { XDG_CACHE_HOME: cache, ...env } });
  expect({ code, err }).toEqual({ code: 1, err: "" });
  const directory = join(cache, "compose-harden");
  return existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : [];
}

/** The beginnings of what a run leaves: compiled code and the program's text. */
const KEPT = [/^check-/, /^program-/];

function named(paths: readonly string[], name: RegExp): string {
  return paths.find((path) => name.test(basename(path))) ?? expect.fail(`no ${name} in ${paths.join(", ")}`);
}

test("the program is kept where only this user can write, and read the next time", () => {
  const cache = folder();
  const files = check(cache);
  expect(files).toHaveLength(KEPT.length);
  const states = files.map((file) => statSync(file));
  for (const { mode, size } of states) {
    expect(mode & 0o777).toBe(0o600);
    expect(size).toBeGreaterThan(100_000);
  }
  expect(check(cache)).toEqual(files);
});

test("the first four runs add to the compiled code what they need, later ones leave it alone", () => {
  const cache = folder();
  const after = (format: string) => {
    const cwd = folder({ "compose.yaml": OPEN_STACK });
    run(["check", "--format", format], { cwd, env: { XDG_CACHE_HOME: cache } });
    return statSync(named(check(cache, { NODE_DISABLE_COMPILE_CACHE: "1" }), /^check-/));
  };
  const [first, second] = [after("text"), after("sarif")];
  expect(second.size).toBeGreaterThan(first.size * 1.01);
  after("text");
  const fourth = after("text");
  expect(fourth.size).toBeGreaterThan(first.size * 1.01);
  expect(after("markdown").mtimeMs).toBe(fourth.mtimeMs);
});

test("a run that ends in an error leaves no compiled code, which would lack most of what others need", () => {
  const cache = folder();
  expect(run(["no-such-file.yaml"], { env: { XDG_CACHE_HOME: cache } }).code).toBe(2);
  expect(readdirSync(join(cache, "compose-harden"))).toEqual([expect.stringMatching(/^program-/)]);
  expect(check(cache)).toHaveLength(KEPT.length);
});

test("a check loads none of the modules of Node that take long", () => {
  const cache = folder();
  const cwd = folder({
    "compose.yaml": OPEN_STACK,
    "list.cjs": `process.on("exit", () => require("fs").writeFileSync("modules", process.moduleLoadList.join("\\n")))`,
    "empty.cjs": "",
  });
  const modulesOf = (...args: readonly string[]): readonly string[] => {
    spawnSync(process.execPath, ["--require", "./list.cjs", ...args], { cwd, env: { XDG_CACHE_HOME: cache } });
    return readFileSync(join(cwd, "modules"), "utf8").split("\n");
  };
  const always = new Set(modulesOf("empty.cjs"));
  modulesOf(program, "-q");
  const more = modulesOf(program, "-q").filter((name) => !always.has(name));
  expect(more).toContain("NativeModule vm");
  expect(
    more.filter((name) => /\b(?:child_process|crypto|net|readline|stream|string_decoder|zlib)$/.test(name)),
  ).toEqual([]);
});

test("what an earlier program at the same place left is taken away, what belongs to another place stays", () => {
  const cache = folder();
  const file = named(check(cache), /^check-/);
  const name = basename(file);
  const earlier = name.replace(/-(\d+)-\d+\.bin$/, "-1-$1.bin");
  const elsewhere = name.replace(/-\w+-(\d+)-\d+\.bin$/, "-there-1-$1.bin");
  rmSync(file);
  for (const other of [earlier, elsewhere]) writeFileSync(file.replace(name, other), "");
  expect(
    check(cache)
      .map((path) => basename(path))
      .filter((path) => path.startsWith("check-"))
      .sort(),
  ).toEqual([name, elsewhere].sort());
});

test("what is kept for programs at many places has a bound: the oldest goes", () => {
  const cache = folder();
  const file = named(check(cache), /^check-/);
  rmSync(file);
  const others = [1, 2, 3].map((place) => join(dirname(file), `check-x-x64-place${place}-1-1.bin`));
  for (const [index, other] of others.entries()) {
    writeFileSync(other, "");
    truncateSync(other, 30 * 1024 * 1024);
    utimesSync(other, new Date(), new Date(Date.now() - index * 60_000));
  }
  mkdirSync(join(dirname(file), "a-folder-of-others"));
  expect(check(cache)).toEqual(expect.arrayContaining([file, ...others.slice(0, 2)]));
  expect(others.map((other) => existsSync(other))).toEqual([true, true, false]);
});

test.each(KEPT)("%s that others could have written is not run, and replaced", (name) => {
  const cache = folder();
  const file = named(check(cache), name);
  chmodSync(file, 0o666);
  check(cache);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test.each(KEPT)("%s that was cut short is not run, and replaced", (name) => {
  const cache = folder();
  const file = named(check(cache), name);
  for (const text of ["nonsense", ""]) {
    writeFileSync(file, text);
    check(cache);
    expect(statSync(file).size).toBeGreaterThan(100_000);
  }
});

test("without a usable directory, and when it is switched off, the program runs the same", () => {
  const cwd = folder({ file: "" });
  expect(check(join(cwd, "file"))).toEqual([]);
  expect(check(cwd, { NODE_DISABLE_COMPILE_CACHE: "1" })).toEqual([]);
});
