import { expect, test } from "vitest";
import { folder, run } from "./program.js";

test("explain prints the page of a rule", () => {
  const { code, out } = run(["explain", "ollama-origins"], { cwd: folder() });
  expect(out).toMatch(/^ollama-origins\n=+\n/);
  expect(code).toBe(0);
});

test("every page is set for 80 columns: only code and addresses are wider, and no Markdown is left", () => {
  const cwd = folder();
  const ids = (JSON.parse(run(["rules", "--format", "json"], { cwd }).out) as { id: string }[]).map(({ id }) => id);
  const lines = run(["explain", ...ids], { cwd, env: { COLUMNS: "80" } }).out.split("\n");
  const prose = lines.filter((line) => !line.startsWith("    "));
  expect(prose.filter((line) => line.length > 80 && !/^\s*https:\S+$/.test(line))).toEqual([]);
  expect(prose.filter((line) => /^#|^```|^\||\]\(|<!--/.test(line))).toEqual([]);
});

test("rules of a guide stand under its sections", () => {
  const { code, out } = run(["rules", "--framework", "cis"], { cwd: folder() });
  expect(out).toMatch(/\n5\.5 no privileged containers\ncritical +home-assistant-privileged/);
  expect(out).not.toContain("ollama-origins");
  expect(code).toBe(0);
  const { out: json } = run(["rules", "--framework", "nist", "--format", "json"], { cwd: folder() });
  const entries = JSON.parse(json) as { frameworks: { nist: string[] } }[];
  expect(entries.length).toBeGreaterThan(20);
  expect(entries.every(({ frameworks }) => frameworks.nist.length > 0)).toBe(true);
});

test("check and fix look for nothing but the rules of a guide", () => {
  const cwd = folder({ "compose.yaml": "services: {web: {image: nginx, privileged: true, environment: {A: 1}}}\n" });
  const found = (...args: string[]): string[] =>
    JSON.parse(run(["check", ...args, "--format", "json"], { cwd }).out).projects[0].findings.map(
      ({ rule }: { rule: string }) => rule,
    );
  expect(found("--framework", "owasp")).toContain("privileged");
  expect(found("--framework", "owasp")).not.toContain("log-rotation");
  expect(found("--framework", "cis", "--rule", "privileged")).toEqual(["privileged"]);
  expect(run(["fix", "--framework", "nist", "--unsafe"], { cwd }).out).not.toContain("logging");
  const { code, err } = run(["check", "--framework", "cis", "--rule", "log-rotation"], { cwd });
  expect(err).toContain("no rule of `--rule` is mapped to `--framework cis`");
  expect(code).toBe(2);
});

test("explain prints what is known about an image, with its sources", () => {
  const { code, out } = run(["explain", "ollama/ollama:0.12.3"], { cwd: folder() });
  expect(out).toMatch(/^Ollama \(ollama\/ollama:0\.12\.3\)\n=+\n/);
  expect(out).toContain("Authentication\n--------------\n");
  expect(out).toContain("ollama/ollama/docs/api/authentication.mdx@");
  expect(code).toBe(0);
});

test("explain makes no claim about an unknown image", () => {
  const { code, out } = run(["explain", "ghcr.io/example/unknown:1"], { cwd: folder() });
  expect(out).toContain("unknown: nothing is claimed about this image");
  expect(code).toBe(0);
});

test("explain refuses a misspelt rule", () => {
  const { code, err } = run(["explain", "ollama-origin"], { cwd: folder() });
  expect(err).toContain("ollama-origins");
  expect(code).toBe(2);
});
