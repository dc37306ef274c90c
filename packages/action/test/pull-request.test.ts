import { expect, it } from "vitest";
import { isInstalled } from "../../../test/installed.js";
import { runPull } from "./runner.js";
import { ADDED, fixed, HARDENED, pullRequest, QUIET, written } from "./stacks.js";
import { suggestionIn, withSuggestions } from "./suggested.js";

it.skipIf(!isInstalled("git"))(
  "a service that a pull request adds is commented on exactly at its lines, mended by its suggestions, and resolved",
  async () => {
    const before = fixed({ "compose.yaml": HARDENED }, "compose.yaml");
    const text = before + ADDED;
    const { repository, github } = await pullRequest({ "compose.yaml": before }, { "compose.yaml": text });

    const first = await runPull(repository, github, QUIET);
    expect(first.code, first.log).toBe(0);
    expect(github.problems).toEqual([]);
    const start = text.split("\n").indexOf("  adminer:") + 1;
    const end = text.split("\n").length - 1;
    expect(github.threads.length).toBeGreaterThan(2);
    for (const { path, line, startLine } of github.threads) {
      expect(path).toBe("compose.yaml");
      expect(startLine ?? line).toBeGreaterThanOrEqual(start);
      expect(line).toBeLessThanOrEqual(end);
    }
    // One review: one notification.
    expect(written(github)).toEqual(["POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews"]);
    expect(first.outputs.comments).toBe(String(github.threads.length));
    // What was there before has annotations, what is new has comments.
    expect(first.log).toMatch(/^::warning file=compose.yaml,line=3,/m);
    expect(first.log).not.toMatch(new RegExp(`^::\\w+ file=compose.yaml,line=${start},`, "m"));

    const second = await runPull(repository, github, QUIET);
    expect(second.code).toBe(0);
    expect(written(github)).toHaveLength(1);
    expect(second.outputs.comments).toBe(first.outputs.comments);

    const mended = withSuggestions(text, github.threads);
    expect(mended).toBe(fixed({ "compose.yaml": text }, "compose.yaml"));
    expect(mended).toContain("127.0.0.1:8081:8080");
    github.push(repository.commit("feature", { "compose.yaml": mended }));
    const third = await runPull(repository, github, QUIET);
    expect(third.code).toBe(0);
    const open = github.threads.filter(({ resolvedBy }) => resolvedBy === undefined);
    expect(open.filter(({ body }) => suggestionIn(body) !== undefined)).toEqual([]);
    expect(github.threads.filter(({ resolvedBy }) => resolvedBy === github.viewer).length).toBeGreaterThanOrEqual(2);
    expect(github.problems).toEqual([]);

    // The service goes again: nothing is left to say.
    github.push(repository.commit("feature", { "compose.yaml": before }));
    await runPull(repository, github, QUIET);
    expect(github.threads.filter(({ resolvedBy }) => resolvedBy === undefined)).toEqual([]);
    expect(github.problems).toEqual([]);
  },
);
