import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { folder, OPEN_STACK, program } from "./program.js";

/** Runs a line of shell with `$CHECK` as the program; the JSON report is longer than a pipe holds. */
function shell(line: string): { readonly code: number | null; readonly out: string; readonly err: string } {
  const services = Array.from({ length: 40 }, (_, index) =>
    OPEN_STACK.replace("services:\n", "").replace(/^ {2}(\w+):/gm, `  $1${index}:`),
  );
  const cwd = folder({ "compose.yaml": `services:\n${services.join("")}` });
  const { status, stdout, stderr } = spawnSync("sh", ["-c", line], {
    cwd,
    env: {
      PATH: process.env.PATH ?? "",
      CHECK: `${process.execPath} ${program} check`,
      NODE_DISABLE_COMPILE_CACHE: "1",
    },
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
}

test("a reader that stops early is no failure", () => {
  expect(shell("$CHECK --format json | head -n 1")).toEqual({ code: 0, out: "{\n", err: "" });
});

test("a reader that is slow gets everything", () => {
  const { out } = shell("$CHECK --format json | { sleep 0.5; cat; }");
  expect(out.length).toBeGreaterThan(100_000);
  expect(JSON.parse(out)).toMatchObject({ totals: { gaps: 0 } });
});

test.skipIf(!existsSync("/dev/full"))("a full disk is said, and no finding", () => {
  expect(shell("$CHECK > /dev/full")).toEqual({
    code: 2,
    out: "",
    err: "error: standard output cannot be written: ENOSPC\n",
  });
});
