import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { openFiles } from "./reader.js";
import { writeChanges } from "./write.js";

let failing: (from: string, to: string) => boolean = () => false;

vi.mock("node:fs", async (original) => {
  const actual = await original<typeof fs>();
  return {
    ...actual,
    renameSync: (from: string, to: string) => {
      if (failing(from, to)) throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
      actual.renameSync(from, to);
    },
  };
});

function folder(): string {
  const directory = fs.mkdtempSync(join(tmpdir(), "compose-harden-back-"));
  onTestFinished(() => fs.rmSync(directory, { recursive: true, force: true }));
  for (const name of ["a", "b", "c"]) fs.writeFileSync(join(directory, name), `old ${name}`);
  return directory;
}

function rewrite(directory: string): void {
  const files = openFiles();
  const changes = ["a", "b", "c"].map((name) => {
    const path = join(directory, name);
    files.read(path);
    return { path, before: { path, text: `old ${name}` }, after: `new ${name}` };
  });
  writeChanges(changes, files, (path) => path);
}

const textsIn = (directory: string) =>
  fs.readdirSync(directory).map((name) => `${name}: ${fs.readFileSync(join(directory, name), "utf8")}`);

test.each(["a", "b", "c"])("when %s cannot be replaced, the others are put back", (name) => {
  const directory = folder();
  failing = (from, to) => to === join(directory, name) && from.endsWith(".new");
  expect(() => rewrite(directory)).toThrow(/EIO/);
  expect(textsIn(directory)).toEqual(["a: old a", "b: old b", "c: old c"]);
});

test("what cannot be put back stays beside its file, and the message says how", () => {
  const directory = folder();
  failing = (from, to) => to === join(directory, "c") || from.endsWith(".old");
  let message = "";
  try {
    rewrite(directory);
  } catch (error) {
    message = error instanceof Error ? error.message : "";
  }
  const ways = [...message.matchAll(/mv '([^']+)' '([^']+)'/g)];
  expect(ways.map(([, , target]) => target)).toEqual([join(directory, "a"), join(directory, "b")]);
  for (const [, from = "", to = ""] of ways) {
    expect(fs.readFileSync(to, "utf8")).toMatch(/^new/);
    expect(fs.readFileSync(from, "utf8")).toMatch(/^old/);
  }
});
