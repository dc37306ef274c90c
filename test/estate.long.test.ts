import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../scripts/workspace.mjs";

test("an estate in parts is the same as in one run, with what is kept and without", () => {
  const script = join(root, "scripts/estate.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--projects", "500", "--shards", "4"], {
    encoding: "utf8",
  });
  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toContain("json: the same bytes as one run");
  expect(stdout).toContain("sarif: the same bytes as one run");
});
