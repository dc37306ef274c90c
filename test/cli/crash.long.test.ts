import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folder, OPEN_STACK, program, run } from "./program.js";

const FILES = 24;
const KILLS = 200;

const names = Array.from({ length: FILES }, (_, i) => `p${i}/compose.yaml`);
const SECRET = "corr3ct-h0rse";
const stack = (name: string) =>
  `# ${name}\n${OPEN_STACK}  vault:\n    image: ghcr.io/example/vault:1.0\n    environment:\n      VAULT_UNSEAL_SECRET: ${SECRET}\n`;
const project = () => folder(Object.fromEntries(names.map((name) => [name, stack(name)])));

function start(cwd: string, args: readonly string[] = []) {
  return spawn(process.execPath, [program, "fix", "--write", "--unsafe", "-q", ...args], {
    cwd,
    stdio: "ignore",
    env: { PATH: process.env.PATH ?? "", XDG_CACHE_HOME: cwd },
  });
}

const ended = (child: ReturnType<typeof start>) =>
  new Promise<number | null>((done) => child.on("close", (code) => done(code)));

/** The texts of all projects, once fixed. */
function fixedTexts(): ReadonlyMap<string, string> {
  const cwd = project();
  expect(run(["fix", "--write", "--unsafe", "-q"], { cwd }).code).toBe(0);
  return new Map(names.map((name) => [name, readFileSync(join(cwd, name), "utf8")]));
}

/** Resolves when something happens to a file beside a project's Compose file, or to that file itself. */
function happened(cwd: string, name: string, isIt: (file: string) => boolean): Promise<void> {
  return new Promise((done) => {
    const watcher = watch(join(cwd, name, ".."), (_, file) => {
      if (file === null || !isIt(file)) return;
      watcher.close();
      done();
    });
  });
}

test(`killed at ${KILLS} random points, every file is the old or the new one, and the next run finishes the work`, async () => {
  const fixed = fixedTexts();
  const cwd = project();
  const [first = ""] = names;
  let mixed = 0;
  for (let i = 0; i < KILLS; i++) {
    for (const name of names) {
      rmSync(join(cwd, name, ".."), { recursive: true });
      mkdirSync(join(cwd, name, ".."));
      writeFileSync(join(cwd, name), stack(name));
    }
    // One half is killed while the new files are laid out, the other as soon as the first has taken its place.
    const isStaging = i % 2 === 0;
    const begun = happened(cwd, first, (file) => (isStaging ? file.endsWith(".new") : file === "compose.yaml"));
    const child = start(cwd);
    const end = ended(child);
    const kill = () => child.kill("SIGKILL");
    void begun.then(() => (isStaging ? setTimeout(kill, 150 * Math.random()) : kill()));
    await end;
    const states = names.map((name) => {
      const text = readFileSync(join(cwd, name), "utf8");
      if (text === stack(name)) return "old";
      expect(text).toBe(fixed.get(name));
      // The secret stands in its new place before it leaves the old one.
      expect(readFileSync(join(cwd, name, "../.env"), "utf8")).toContain(SECRET);
      return "new";
    });
    if (new Set(states).size > 1) mixed++;
    expect(await ended(start(cwd))).toBe(0);
    for (const name of names) {
      expect(readFileSync(join(cwd, name), "utf8")).toBe(fixed.get(name));
      expect(readdirSync(join(cwd, name, ".."))).toEqual([".env", "compose.yaml"]);
    }
  }
  process.stdout.write(`${mixed} of ${KILLS} kills fell between two files\n`);
  // Otherwise nothing was tried.
  expect(mixed).toBeGreaterThan(0);
}, 1_200_000);

test("two runs at once: each file holds one result, never a mixture", async () => {
  const rules = [
    ["--rule", "memory-limit"],
    ["--rule", "published-on-all-interfaces"],
  ];
  for (let round = 0; round < 20; round++) {
    const cwd = project();
    const codes = await Promise.all(rules.map((args) => ended(start(cwd, args))));
    const texts = names.map((name) => readFileSync(join(cwd, name), "utf8"));
    const done = rules.map((_, i) => codes[i] === 0);
    expect(done).toContain(true);
    // Who answers 0 has written all its files, and nobody has undone them since.
    if (done[0] === true) for (const text of texts) expect(text).toContain("mem_limit");
    if (done[1] === true) for (const text of texts) expect(text).toContain("127.0.0.1:8080:80");
    for (const name of names) expect(readdirSync(join(cwd, name, ".."))).toEqual(["compose.yaml"]);
  }
});
