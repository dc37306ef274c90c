import { expect, test } from "vitest";
import { folder, run } from "./program.js";

test("explain prints the page of a rule", () => {
  const { code, out } = run(["explain", "ollama-origins"], { cwd: folder() });
  expect(out).toMatch(/^# ollama-origins\n/);
  expect(code).toBe(0);
});

test("explain prints what is known about an image, with its sources", () => {
  const { code, out } = run(["explain", "ollama/ollama:0.12.3"], { cwd: folder() });
  expect(out).toMatch(/^# Ollama \(ollama\/ollama:0\.12\.3\)\n/);
  expect(out).toContain("## Authentication");
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
