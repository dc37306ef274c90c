import { chmodSync, existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folder, OPEN_STACK, run } from "./program.js";

/** Checks a stack with a cache directory; answers what is in it afterwards. */
function check(cache: string, env: Readonly<Record<string, string>> = {}): readonly string[] {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  const { code, err } = run(["-q"], { cwd, env: { XDG_CACHE_HOME: cache, ...env } });
  expect({ code, err }).toEqual({ code: 1, err: "" });
  const directory = join(cache, "compose-harden");
  return existsSync(directory) ? readdirSync(directory).map((name) => join(directory, name)) : [];
}

test("compiled code is kept where only this user can write, and read the next time", () => {
  const cache = folder();
  const [file = "", ...others] = check(cache);
  expect(others).toEqual([]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const { mtimeMs, size } = statSync(file);
  expect(size).toBeGreaterThan(100_000);
  expect(check(cache)).toEqual([file]);
  expect(statSync(file).mtimeMs).toBe(mtimeMs);
});

test("what an earlier program at the same place left is taken away, what belongs to another place stays", () => {
  const cache = folder();
  const [file = ""] = check(cache);
  const name = file.slice(file.lastIndexOf("/") + 1);
  const earlier = name.replace(/-(\d+)-\d+\.bin$/, "-1-$1.bin");
  const elsewhere = name.replace(/-\w+-(\d+)-\d+\.bin$/, "-there-1-$1.bin");
  rmSync(file);
  for (const other of [earlier, elsewhere]) writeFileSync(file.replace(name, other), "");
  expect(
    check(cache)
      .map((path) => path.slice(path.lastIndexOf("/") + 1))
      .sort(),
  ).toEqual([name, elsewhere].sort());
});

test("what others could have written is not run, and replaced", () => {
  const cache = folder();
  const [file = ""] = check(cache);
  chmodSync(file, 0o666);
  check(cache);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("what is no compiled code is not run, and replaced", () => {
  const cache = folder();
  const [file = ""] = check(cache);
  writeFileSync(file, "nonsense");
  check(cache);
  expect(statSync(file).size).toBeGreaterThan(100_000);
});

test("without a usable directory, and when it is switched off, the program runs the same", () => {
  const cwd = folder({ file: "" });
  expect(check(join(cwd, "file"))).toEqual([]);
  expect(check(cwd, { NODE_DISABLE_COMPILE_CACHE: "1" })).toEqual([]);
});
