import { spawnSync } from "node:child_process";
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folder, run } from "./cli/program.js";

const STACK = `services:
  "web \u001b[31m](x)":
    image: nginx:1.27
    ports: ["8080:80"]
  db:
    <<: &base {image: "postgres:17"}
    environment: {A: b}
    # compose-harden-ignore memory-limit: known
  db2:
    <<: *base
    env_file: gone.env
`;

test("SARIF's own multitool has nothing to say (from npm, Linux on x64)", ({ skip }) => {
  if (process.platform !== "linux" || process.arch !== "x64") return skip("has no such program");
  const cwd = folder({
    "compose.yaml": STACK,
    "ü b/compose.yaml": "services: [\n",
    "package.json": '{"private": true}\n',
  });
  const call = (command: string, ...args: string[]) => {
    const env = { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" };
    return spawnSync(command, args, { cwd, encoding: "utf8", env });
  };
  const installed = call("npm", "install", "--loglevel=error", "@microsoft/sarif-multitool-linux@5.7.0");
  expect(installed.stderr).toBe("");
  const tool = join(cwd, "node_modules/@microsoft/sarif-multitool-linux/Sarif.Multitool");
  expect(existsSync(tool)).toBe(true);
  chmodSync(tool, 0o755);
  const check = (...args: string[]) => run(["check", "-q", "--no-cache", ...args], { cwd });
  check("-o", "whole.sarif");
  for (const part of ["1", "2"]) check("--shard", `${part}/2`, "-o", `part-${part}.sarif`);
  for (const name of ["whole.sarif", "part-1.sarif", "part-2.sarif"]) {
    const { status, stdout } = call(tool, "validate", name, "--output", "found.sarif", "--log", "ForceOverwrite");
    expect(stdout).toContain("Analysis completed successfully");
    expect(stdout.match(/^.*(?:warning|error) SARIF\d+.*$/gm), name).toBeNull();
    expect(status).toBe(0);
  }
});
