import { execFileSync } from "node:child_process";
import { chmodSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folder, OPEN_STACK, run } from "./program.js";

/** Texts that are no Compose file, with what the error must say about them. */
const TEXTS: readonly (readonly [name: string, content: string | Buffer, error: RegExp])[] = [
  ["an empty file", "", /compose\.yaml:1:1: .*empty/],
  ["a file of comments", "# nothing\n", /compose\.yaml:\d+:\d+: .*empty/],
  ["text that is not YAML", "services:\n  web: [1, 2\n  x: }\n", /compose\.yaml:\d+:\d+: /],
  ["prose", "This is: not: a Compose file\n", /compose\.yaml:1:\d+: /],
  ["a list at the top", "- services\n- web\n", /compose\.yaml:1:1: .*mapping/],
  ["a scalar at the top", "hello\n", /compose\.yaml:1:1: .*mapping/],
  ["duplicate keys", "services:\n  web:\n    image: a\n    image: b\n", /compose\.yaml:4:5: .*`image`/],
  ["tabs as indentation", "services:\n\tweb:\n\t\timage: a\n", /compose\.yaml:2:1: .*tab/i],
  [
    "binary data",
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0x02, 0x01, 0x01, 0x00, 0xff, 0xfe]),
    /compose\.yaml.*not UTF-8/,
  ],
  ["NUL characters", "services:\n  web:\n    image: a\u0000b\n", /NUL character at line 3, column 13/],
  ["invalid UTF-8", Buffer.from("services:\n  web:\n    image: caf\xe9\n", "latin1"), /line 3, column 15/],
  ["UTF-16", Buffer.from("\ufeffservices: {}\n", "utf16le"), /UTF-16/],
  ["5 MB", `services:\n  web:\n    image: a\n# ${"x".repeat(5 * 1024 * 1024)}\n`, /5\.0 MiB/],
];

describe.each(["check", "fix", "fix --write", "fix --check", "config"])("%s refuses", (command) => {
  test.each(TEXTS)("%s", (_, content, error) => {
    const cwd = folder({ "compose.yaml": content });
    const { code, out, err } = run([...command.split(" "), "compose.yaml"], { cwd });
    expect(err).toMatch(error);
    expect(err).not.toMatch(/^\s+at /m);
    expect(out).toBe("");
    expect(code).toBe(2);
    expect(readdirSync(cwd)).toEqual(["compose.yaml"]);
    expect(readFileSync(join(cwd, "compose.yaml")).equals(Buffer.from(content))).toBe(true);
  });

  test("a missing file", () => {
    const { code, out, err } = run([...command.split(" "), "absent.yaml"], { cwd: folder() });
    expect({ code, out, err }).toEqual({ code: 2, out: "", err: "error: `absent.yaml`: no such file or directory\n" });
  });

  test("a directory without Compose files", () => {
    const { code, out, err } = run([...command.split(" "), "."], { cwd: folder({ "readme.txt": "" }) });
    expect({ code, out, err }).toEqual({ code: 2, out: "", err: "error: no Compose file in `.` or below\n" });
  });

  test("a named pipe, without waiting for it", () => {
    const cwd = folder();
    execFileSync("mkfifo", [join(cwd, "compose.yaml")]);
    const { code, err } = run([...command.split(" "), "compose.yaml"], { cwd });
    expect(err).toMatch(/named pipe/);
    expect(code).toBe(2);
  });

  test("a device", () => {
    const { code, err } = run([...command.split(" "), "/dev/zero"]);
    expect(err).toMatch(/a device, not a regular file/);
    expect(code).toBe(2);
  });

  test("an alias bomb, in bounded time and memory", () => {
    const levels = "abcdefghij".split("");
    const bomb = levels.map((name, i) =>
      i === 0
        ? `x-a: &a [lol]`
        : `x-${name}: &${name} [${Array(10)
            .fill(`*${levels[i - 1]}`)
            .join(", ")}]`,
    );
    const cwd = folder({ "compose.yaml": `${bomb.join("\n")}\nservices:\n  web:\n    image: a\n    command: *j\n` });
    const start = Date.now();
    const { code, out, err } = run([...command.split(" "), "compose.yaml"], { cwd });
    expect(Date.now() - start).toBeLessThan(15_000);
    expect(err).toMatch(/compose\.yaml:\d+:\d+: /);
    expect(out).toBe("");
    expect(code).toBe(2);
  });
});

test("two documents are read as Docker reads them: the second over the first", () => {
  const cwd = folder({ "compose.yaml": `${OPEN_STACK}---\nservices:\n  web:\n    mem_limit: 1g\n` });
  const { code, out } = run(["check", "--rule", "memory-limit"], { cwd });
  expect(out).toBe("no findings in 1 service\n");
  expect(code).toBe(0);
});

test("a directory given to `-f` is refused", () => {
  const { code, err } = run(["check", "-f", "."], { cwd: folder() });
  expect(err).toBe("error: `-f .` is a directory, expected a file\n");
  expect(code).toBe(2);
});

test("standard input that is not UTF-8 is refused", () => {
  const { code, err } = run(["check", "-"], { input: Buffer.from([0xff, 0x00]) });
  expect(err).toMatch(/^error: standard input is not UTF-8 text/);
  expect(code).toBe(2);
});

test("one broken file does not hide the others, and is no success", () => {
  const cwd = folder({ "a/compose.yaml": OPEN_STACK, "b/compose.yaml": "services: [\n" });
  const { code, out, err } = run([], { cwd });
  expect(out).toMatch(/published-on-all-interfaces/);
  expect(err).toMatch(/^error: b\/compose\.yaml:\d+:\d+: /);
  expect(code).toBe(2);
});

test("a read-only file is not written", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  chmodSync(join(cwd, "compose.yaml"), 0o444);
  const { code, err } = run(["fix", "--write"], { cwd });
  expect(err).toBe("error: `compose.yaml` is read-only: nothing was written\n");
  expect(code).toBe(2);
  expect(readFileSync(join(cwd, "compose.yaml"), "utf8")).toBe(OPEN_STACK);
  expect(statSync(join(cwd, "compose.yaml")).mode & 0o777).toBe(0o444);
  expect(readdirSync(cwd)).toEqual(["compose.yaml"]);
});
