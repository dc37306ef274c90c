import { execFileSync } from "node:child_process";
import { basename, dirname } from "node:path/posix";
import { printsIn } from "@compose-harden/report";
import { describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { hunksOfPatch } from "../src/changes.js";
import { gitRepository } from "./github/repository.js";
import { fakeGithub } from "./github/server.js";
import { runPull } from "./runner.js";
import { fixed } from "./stacks.js";
import { suggestionIn, withSuggestions } from "./suggested.js";

/**
 * Commits of real repositories as pull requests. `HISTORIES` names their git folders, separated by blanks; `COMMITS` how many of
 * each (default: 20). There is none in this repository, since other people's files are not copied into it.
 */
const histories = (process.env.HISTORIES ?? "").split(" ").filter((path) => path !== "");
const most = Number(process.env.COMMITS ?? 20);

/** A commit that added services to a file. */
interface Addition {
  readonly commit: string;
  readonly path: string;
  readonly services: readonly string[];
}

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync("git", ["-c", "core.quotePath=false", ...args], {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "ignore"],
  });
}

function textAt(folder: string, ref: string, path: string): string | undefined {
  try {
    return git(folder, "show", `${ref}:${path}`);
  } catch {
    return undefined;
  }
}

function servicesIn(text: string | undefined): readonly string[] {
  const document = parseDocument(text ?? "");
  const { services } = document.errors.length === 0 ? (document.toJS({ maxAliasCount: -1 }) ?? {}) : {};
  return typeof services === "object" && services !== null ? Object.keys(services) : [];
}

function additionsIn(folder: string): readonly Addition[] {
  const log = git(
    folder,
    "log",
    "--no-merges",
    "--diff-filter=M",
    "--name-only",
    "--format=%x00%H",
    "--",
    "*compose*.y*ml",
  );
  const additions: Addition[] = [];
  for (const record of log.split("\0").slice(1)) {
    const [commit = "", , ...paths] = record.trim().split("\n");
    for (const path of paths) {
      if (additions.length >= most) return additions;
      const before = servicesIn(textAt(folder, `${commit}^`, path));
      const after = servicesIn(textAt(folder, commit, path));
      const services = after.filter((name) => !before.includes(name));
      if (before.length > 0 && services.length > 0) additions.push({ commit, path, services });
    }
  }
  return additions;
}

/** The small text files in the folder of a Compose file. */
function filesBeside(folder: string, ref: string, path: string): Readonly<Record<string, string>> {
  const listed = git(folder, "ls-tree", "-l", ref, `${dirname(path)}/`)
    .trim()
    .split("\n");
  const files = listed.flatMap((line) => {
    const [, mode, type, , size, name = ""] = /^(\d+) (\w+) (\w+) +(\S+)\t(.*)$/.exec(line) ?? [];
    return type === "blob" && mode !== "120000" && Number(size) < 200_000 && /ya?ml$|env/.test(name) ? [name] : [];
  });
  return Object.fromEntries(files.map((name) => [basename(name), git(folder, "show", `${ref}:${name}`)]));
}

it.skipIf(histories.length > 0)("real histories, which HISTORIES names", ({ skip }) => skip());

describe.each(histories)("%s (HISTORIES)", (folder) => {
  const additions = additionsIn(folder);
  it.each(additions)("$commit $path adds $services", async ({ commit, path, services }) => {
    const name = basename(path);
    const before = filesBeside(folder, `${commit}^`, path);
    const after = filesBeside(folder, commit, path);
    const gone = Object.fromEntries(Object.keys(before).flatMap((file) => (file in after ? [] : [[file, undefined]])));
    const repository = gitRepository();
    const github = await fakeGithub(repository);
    github.open(repository.commit("main", before), repository.commit("feature", { ...after, ...gone }));
    const options = { paths: name, "fail-on": "none", "max-comments": "500" };
    const first = await runPull(repository, github, options);
    expect(first.log).not.toContain("no comments on the pull request");
    expect(github.problems).toEqual([]);

    // Comments stand on lines that the commit wrote; suggestions may begin or end beside them.
    const hunks = new Map(
      repository.diff(github.base, github.head).map(({ filename, patch }) => [filename, hunksOfPatch(patch ?? "")]),
    );
    for (const { path: file, line, startLine, body } of github.threads) {
      const inHunk = (hunks.get(file) ?? []).filter(
        (hunk) => hunk.first <= (startLine ?? line ?? 0) && (line ?? 0) <= hunk.last,
      );
      expect(inHunk).toHaveLength(1);
      if (suggestionIn(body) === undefined) expect(inHunk[0]?.added.has(line ?? 0), `${line}: ${body}`).toBe(true);
    }
    const copies = github.threads.map((thread) => ({ ...thread }));
    const again = await runPull(repository, github, options);
    expect(github.threads, again.log.slice(-2000)).toEqual(copies);
    expect(github.log.filter((one) => /^(?:POST .*(?:reviews|comments)|PATCH)/.test(one)).length).toBeLessThanOrEqual(
      Math.ceil(github.threads.length / 30),
    );

    // What the commit added and nothing else is mended, as `fix` would.
    const text = after[name] ?? "";
    const mended = withSuggestions(
      text,
      github.threads.filter((thread) => thread.path === name),
    );
    const isWhole = !github.threads.some(({ body }) => /run <code>compose-harden fix|mends only some/.test(body));
    const onlyAdded = first.log.includes(name) && isOnlyAddition(before[name] ?? "", text);
    const names = services.flatMap((service) => ["--service", service]);
    if (isWhole && onlyAdded) expect(mended).toBe(fixed(after, name, ...names, name));
    const suggested = github.threads
      .filter(({ body }) => suggestionIn(body) !== undefined)
      .flatMap(({ body }) => printsIn(body) ?? []);
    if (mended !== text) {
      github.push(repository.commit("feature", { [name]: mended }));
      await runPull(repository, github, options);
      const open = github.threads.filter(({ resolvedBy }) => resolvedBy === undefined);
      expect(open.filter(({ body, isOutdated }) => isOutdated && suggestionIn(body) !== undefined)).toEqual([]);
    }
    expect(github.problems).toEqual([]);
    const notes = github.threads.flatMap(
      ({ body }) => body.match(/<p>(?:no suggestion|the fix|the suggestion)[^\n]*/g) ?? [],
    );
    if (process.env.NOTES === "1") console.log(notes.join("\n"));
    console.log(
      `${commit.slice(0, 8)} ${path}: ${github.threads.length} threads, ${suggested.length} findings in suggestions, ${isWhole && onlyAdded ? "compared with fix" : "not comparable"}`,
    );
  });
});

/** True if every line of the text before is there after, in order. */
function isOnlyAddition(before: string, after: string): boolean {
  const lines = after.split("\n");
  let at = 0;
  return before.split("\n").every((line) => {
    at = lines.indexOf(line, at) + 1;
    return at > 0;
  });
}
