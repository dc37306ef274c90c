import { spawnSync } from "node:child_process";
import { expect } from "vitest";

/** True where a command is installed. */
export const has = (command: string): boolean => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;

/** What a shell says; it has to say nothing on standard error. */
export function say(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { PATH: process.env.PATH ?? "", HOME: cwd, TERM: "xterm", LC_ALL: "C.UTF-8", ...env },
    timeout: 60_000,
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

const SEVERITIES: readonly string[] = ["critical", "high", "info", "low", "medium"];
/** Names that shells have to complete as they are. */
export const FILES: Readonly<Record<string, string>> = {
  "compose.yaml": "",
  "with blank.yaml": "",
  "sub/x.yaml": "",
  "$(touch pwned).yaml": "",
  "it's.yaml": "",
};

/** A line that ends where the cursor stands, and what can come there; `[]`: nothing. */
export const CASES: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["compose-harden aud", ["audit"]],
  ["compose-harden fix --fo", ["--format"]],
  ["compose-harden fix --format ", ["json", "text"]],
  ["compose-harden check --min-severity ", SEVERITIES],
  ["compose-harden --fail-on ", [...SEVERITIES, "none"].sort()],
  ["compose-harden explain image-", ["image-digest", "image-tag"]],
  ["compose-harden check --rule read-", ["read-only-root"]],
  ["compose-harden completion ", ["bash", "fish", "zsh"]],
  ["compose-harden rules --format j", ["json"]],
  ["compose-harden fix --overlay comp", ["compose.yaml"]],
  ["compose-harden merge comp", ["compose.yaml"]],
  ["compose-harden config --project-directory s", ["sub/"]],
];
