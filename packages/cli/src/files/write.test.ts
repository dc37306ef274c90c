import { execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileChange } from "@compose-harden/model";
import { describe, expect, onTestFinished, test } from "vitest";
import { openFiles } from "./reader.js";
import { writeChanges } from "./write.js";

function folder(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), "compose-harden-write-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

const change = (path: string, before: string | undefined, after: string, mode?: number): FileChange => ({
  path,
  before: before === undefined ? undefined : { path, text: before },
  after,
  ...(mode === undefined ? {} : { mode }),
});
const same = (path: string) => path;
const isRoot = process.geteuid?.() === 0;

/** Reads the files as a run does, then writes `new NAME` into each, with something happening in between. */
function rewrite(directory: string, names: readonly string[], between: () => void = () => {}): void {
  const files = openFiles();
  const paths = names.map((name) => join(directory, name));
  for (const path of paths) files.read(path);
  between();
  writeChanges(
    paths.map((path, i) => change(path, "old", `new ${names[i]}`)),
    files,
    same,
  );
}

describe("writing", () => {
  test("replaces several files and leaves nothing else behind", () => {
    const directory = folder({ a: "old", b: "old" });
    rewrite(directory, ["a", "b"]);
    expect(readdirSync(directory)).toEqual(["a", "b"]);
    expect(readFileSync(join(directory, "a"), "utf8")).toBe("new a");
    expect(readFileSync(join(directory, "b"), "utf8")).toBe("new b");
  });

  test("keeps mode and owner", () => {
    const directory = folder({ a: "old" });
    chmodSync(join(directory, "a"), 0o664);
    if (isRoot) chownSync(join(directory, "a"), 1234, 2345);
    rewrite(directory, ["a"]);
    const { mode, uid, gid } = statSync(join(directory, "a"));
    expect(mode & 0o7777).toBe(0o664);
    if (isRoot) expect([uid, gid]).toEqual([1234, 2345]);
  });

  test("writes through a symbolic link, in the target's directory", () => {
    const directory = folder({});
    mkdirSync(join(directory, "real"));
    writeFileSync(join(directory, "real/file"), "old");
    symlinkSync("real/file", join(directory, "link"));
    rewrite(directory, ["link"]);
    expect(lstatSync(join(directory, "link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(directory, "real/file"), "utf8")).toBe("new link");
    expect(readdirSync(join(directory, "real"))).toEqual(["file"]);
  });

  test("creates a file with the mode asked for", () => {
    const directory = folder({});
    writeChanges([change(join(directory, "secret"), undefined, "x", 0o600)], openFiles(), same);
    expect(statSync(join(directory, "secret")).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["secret"]);
  });
});

describe("refuses, and changes nothing,", () => {
  const isUnchanged = (directory: string, names: readonly string[]) => {
    for (const name of names) expect(readFileSync(join(directory, name), "utf8")).toBe("old");
    expect(readdirSync(directory)).toEqual([...names]);
  };

  test("a file that changed since it was read", () => {
    const directory = folder({ a: "old", b: "old" });
    const act = () => rewrite(directory, ["a", "b"], () => writeFileSync(join(directory, "b"), "other"));
    expect(act).toThrow(/`.*b` changed since it was read: nothing was written/);
    expect(readFileSync(join(directory, "a"), "utf8")).toBe("old");
    expect(readFileSync(join(directory, "b"), "utf8")).toBe("other");
  });

  test("a file that is gone", () => {
    const directory = folder({ a: "old", b: "old" });
    expect(() => rewrite(directory, ["a", "b"], () => rmSync(join(directory, "b")))).toThrow(/`.*b` cannot be /);
    isUnchanged(directory, ["a"]);
  });

  test("a read-only file", () => {
    const directory = folder({ a: "old", b: "old" });
    chmodSync(join(directory, "b"), 0o444);
    expect(() => rewrite(directory, ["a", "b"])).toThrow(/read-only/);
    isUnchanged(directory, ["a", "b"]);
  });

  test("a file with a second hard link", () => {
    const directory = folder({ a: "old" });
    linkSync(join(directory, "a"), join(directory, "b"));
    expect(() => rewrite(directory, ["a"])).toThrow(/2 hard links/);
    isUnchanged(directory, ["a", "b"]);
  });

  test("a file to create that is there already", () => {
    const directory = folder({ a: "old" });
    expect(() => writeChanges([change(join(directory, "a"), undefined, "x")], openFiles(), same)).toThrow(/exists/);
    isUnchanged(directory, ["a"]);
  });

  test("a file that another run is writing", () => {
    const directory = folder({ a: "old" });
    writeFileSync(join(directory, ".a.compose-harden-lock"), String(process.pid));
    expect(() => rewrite(directory, ["a"])).toThrow(/another compose-harden is writing/);
    rmSync(join(directory, ".a.compose-harden-lock"));
    isUnchanged(directory, ["a"]);
  });

  test.skipIf(isRoot)("a directory that may not be written", () => {
    const directory = folder({ a: "old" });
    chmodSync(directory, 0o555);
    expect(() => rewrite(directory, ["a"])).toThrow(/may not write/);
    chmodSync(directory, 0o755);
    isUnchanged(directory, ["a"]);
  });
});

test("the lock of a dead process does not hold anybody up", () => {
  const directory = folder({ a: "old" });
  const child = spawn("true");
  writeFileSync(join(directory, ".a.compose-harden-lock"), "4194305");
  child.kill();
  rewrite(directory, ["a"]);
  expect(readdirSync(directory)).toEqual(["a"]);
});

/** A small file system of its own; needs root and the right to mount. */
function tinyDisk(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), "compose-harden-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", directory], { stdio: "ignore" });
  } catch {
    rmSync(directory, { recursive: true });
    return undefined;
  }
  onTestFinished(() => {
    execFileSync("umount", ["-l", directory]);
    rmSync(directory, { recursive: true });
  });
  return directory;
}

test("a full disk loses nothing, and says so", ({ skip }) => {
  const disk = tinyDisk();
  if (disk === undefined) return skip("mounting needs root");
  writeFileSync(join(disk, "a"), "old");
  writeFileSync(join(disk, "b"), "old");
  const files = openFiles();
  for (const name of ["a", "b"]) files.read(join(disk, name));
  const changes = [change(join(disk, "a"), "old", "new"), change(join(disk, "b"), "old", "x".repeat(100_000))];
  expect(() => writeChanges(changes, files, same)).toThrow(/the disk is full; nothing was written/);
  expect(readdirSync(disk)).toEqual(["a", "b"]);
  for (const name of ["a", "b"]) expect(readFileSync(join(disk, name), "utf8")).toBe("old");
});

test("a read-only file system loses nothing, and says so", ({ skip }) => {
  const disk = tinyDisk();
  if (disk === undefined) return skip("mounting needs root");
  writeFileSync(join(disk, "a"), "old");
  execFileSync("mount", ["-o", "remount,ro", disk]);
  expect(() => rewrite(disk, ["a"])).toThrow(/the file system is read-only; nothing was written/);
  expect(readFileSync(join(disk, "a"), "utf8")).toBe("old");
});
