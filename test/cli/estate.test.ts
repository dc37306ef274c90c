import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isInstalled } from "../installed.js";
import { folder, OPEN_STACK, run } from "./program.js";

/** Twelve projects, two of which read a third one's file. */
const ESTATE: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`p${i}/compose.yaml`, OPEN_STACK])),
  "base/compose.yaml": OPEN_STACK,
  "one/compose.yaml": "include: [../base/compose.yaml]\n",
  "two/compose.yaml": "services:\n  a:\n    extends: {file: ../base/compose.yaml, service: web}\n",
};

test("parts put together are the run of all, byte for byte", () => {
  const cwd = folder(ESTATE);
  const env = { XDG_CACHE_HOME: folder() };
  for (const part of [1, 2])
    run(["check", "-q", "--shard", `${part}/2`, "-o", `${part}.json`, "-o", `${part}.sarif`], { cwd, env });
  run(["check", "-q", "-o", "whole.json", "-o", "whole.sarif"], { cwd, env });
  for (const format of ["json", "sarif"]) {
    const { out } = run(["merge", `2.${format}`, `1.${format}`], { cwd });
    expect(out).toBe(readFileSync(join(cwd, `whole.${format}`), "utf8"));
  }
  expect(run(["merge", "2.json"], { cwd })).toMatchObject({ code: 2, out: "" });
});

test.skipIf(!isInstalled("git"))("--changed-since follows what projects read", () => {
  const cwd = folder(ESTATE);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@e", ...args], { cwd });
  git("init", "-q");
  git("add", "-A");
  git("commit", "-q", "-m", "x");
  appendFileSync(join(cwd, "base/compose.yaml"), "# more\n");
  const { out } = run(["check", "--changed-since", "HEAD", "--format", "json"], { cwd });
  const projects = JSON.parse(out).projects as { files: readonly string[] }[];
  expect(projects.map(({ files }) => files[0])).toEqual(["one/compose.yaml", "two/compose.yaml"]);
});

test("what is kept gives the same, until a file changes", () => {
  const cwd = folder(ESTATE);
  const env = { XDG_CACHE_HOME: folder() };
  const check = (...args: string[]) => run(["check", "--format", "json", ...args], { cwd, env });
  const first = check();
  expect(check()).toEqual(first);
  writeFileSync(join(cwd, "base/compose.yaml"), "services:\n  web:\n    image: x:1\n");
  const fresh = check("--no-cache");
  expect(fresh.out).not.toBe(first.out);
  expect(check()).toEqual(fresh);
});

test("what is kept of a run with --no-env is no answer to one without, nor the other way round", () => {
  const cwd = folder(
    Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [
        `p${i}/compose.yaml`,
        "services: {web: {image: x:1.0, privileged: '${PRIV:-false}'}}",
      ]),
    ),
  );
  const found = (env: Readonly<Record<string, string>>, ...args: string[]) =>
    run(["check", "--rule", "privileged", "--format", "json", ...args], { cwd, env }).code;
  for (const order of [
    ["--no-env", ""],
    ["", "--no-env"],
  ]) {
    const env = { XDG_CACHE_HOME: folder(), PRIV: "true" };
    const codes = order.map((option) => found(env, ...(option === "" ? [] : [option])));
    expect(codes).toEqual(order.map((option) => (option === "" ? 1 : 0)));
  }
});
