import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Entry, Read } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { check } from "@compose-harden/rules";
import { expect, it } from "vitest";
import { program } from "../../scripts/workspace.mjs";
import { corpusSamples, hasCorpus, readDisk } from "../laws/sample.js";

const example = fileURLToPath(new URL("../../examples/local-ai/compose.yaml", import.meta.url));

interface Times {
  readonly load: number;
  readonly check: number;
}

/** Milliseconds that loading a project and checking it take. */
function timesOf(entry: Entry, read: Read): Times {
  const start = performance.now();
  const project = load(entry, read);
  // What `docker compose config` prints is part of loading, and so are the services as the rules read them.
  void project.data;
  void project.services;
  const loaded = performance.now();
  check(project, undefined, undefined, read);
  return { load: loaded - start, check: performance.now() - loaded };
}

function best(a: Times, b: Times): Times {
  return { load: Math.min(a.load, b.load), check: Math.min(a.check, b.check) };
}

function said(what: string, times: readonly Times[]): number {
  const [loading, checking] = [times.map(({ load }) => load), times.map(({ check }) => check)].map((all) =>
    all.reduce((sum, time) => sum + time, 0),
  ) as [number, number];
  const ratio = (loading + checking) / loading;
  console.log(
    `${what}: loading ${loading.toFixed(0)} ms, rules ${checking.toFixed(0)} ms: ${ratio.toFixed(2)} times loading`,
  );
  return ratio;
}

it.skipIf(!hasCorpus)("checks real files in at most twice what loading them takes, cold and warm", () => {
  const entries = corpusSamples()
    .filter((_, index) => index % 8 === 0)
    .map(({ entry }) => entry);
  const cold = entries.map((entry) => timesOf(entry, readDisk));
  said("cold, each file once", cold);
  let warm = cold;
  for (let pass = 0; pass < 11; pass++)
    warm = entries.map((entry, i) => best(timesOf(entry, readDisk), warm[i] ?? timesOf(entry, readDisk)));
  expect(said("warm, the best of twelve", warm)).toBeLessThan(2);
});

const canTime = hasCorpus && process.platform !== "win32";

it.skipIf(!canTime)(
  "`check` as a program takes at most 1.3 times the processor time of `config`, which only loads",
  () => {
    const entries = corpusSamples()
      .filter((_, index) => index % 100 === 0)
      .map(({ entry }) => entry);
    let [config, check] = [0, 0];
    for (const entry of entries) {
      const pairs = Array.from({ length: 5 }, () => [processorTime("config", entry), processorTime("check", entry)]);
      config += Math.min(...pairs.map(([time = 0]) => time));
      check += Math.min(...pairs.map(([, time = 0]) => time));
    }
    const ratio = check / config;
    console.log(
      `as a program: ${entries.length} files, ${config.toFixed(1)} s and ${check.toFixed(1)} s: ${ratio.toFixed(2)} times`,
    );
    expect(ratio).toBeLessThan(1.3);
  },
);

/** Seconds of the processors' time that one run takes, which depends less than the clock on what else the machine does. */
function processorTime(command: "config" | "check", { cwd, files = [] }: Entry): number {
  const words = [process.execPath, program, command, ...files.flatMap((file) => ["-f", file])];
  const { stdout } = spawnSync("bash", ["-c", '"$@" >/dev/null 2>&1; times', "bash", ...words], {
    cwd,
    encoding: "utf8",
  });
  // `times` prints its own, then those of the program: `0m0.050s 0m0.010s`.
  const [, , user, system] = Array.from(stdout.matchAll(/(\d+)m([\d.]+)s/g), ([, m, s]) => Number(m) * 60 + Number(s));
  if (user === undefined || system === undefined) throw new Error(`the shell prints \`${stdout}\``);
  return user + system;
}

it("checks 2,000 services, all on one network, in time that grows with their number", { timeout: 60_000 }, () => {
  const text = stackOf(2000);
  const read: Read = (path) => (path === "/compose.yaml" ? { kind: "file", text } : { kind: "missing" });
  const times = [1, 2, 3].map(() => timesOf({ cwd: "/", files: ["compose.yaml"], env: {} }, read)).reduce(best);
  expect(said("2,000 services, the best of three", [times])).toBeLessThan(8);
});

/** The services of the example again and again, each time under other names. */
function stackOf(count: number): string {
  const [, body = ""] = readFileSync(example, "utf8").split(/^services:$/m);
  const services = body.replace(/^\S[\s\S]*/m, "").replace(/^ *#.*\n/gm, "");
  const names = Array.from(services.matchAll(/^ {2}([\w-]+):/gm), ([, name = ""]) => name);
  const copies = Array.from({ length: Math.ceil(count / names.length) }, (_, index) =>
    names.reduce(
      (text, name) => text.replaceAll(new RegExp(`^( +(?:- )?)${name}(?=:?$)`, "gm"), `$1${name}-${index}`),
      services,
    ),
  );
  return `services:${copies.join("")}`;
}
