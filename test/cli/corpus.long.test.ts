import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { folder, run } from "./program.js";

const corpus = fileURLToPath(new URL("../../../shared/corpus", import.meta.url));

function copy(): string {
  const directory = folder();
  cpSync(corpus, directory, { recursive: true });
  spawnSync("chmod", ["-R", "u+w", directory]);
  spawnSync("git", ["init", "-q"], { cwd: directory });
  return directory;
}

function apply(command: string, args: readonly string[], diff: string, cwd: string): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, input: diff, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command}: ${stderr}${stdout.slice(-2000)}`);
}

test.skipIf(!existsSync(corpus))("over the corpus, git apply and patch give the bytes of --write", () => {
  const written = copy();
  const { out, err } = run(["fix", "--unsafe", "."], { cwd: written, timeout: 500_000 });
  const summary = /^(\d+) fixes for (\d+) files.*$/m.exec(err)?.[0] ?? "";
  process.stdout.write(`${summary}\n`);
  const [byGit, byPatch] = [copy(), copy()];
  apply("git", ["apply", "--whitespace=nowarn"], out, byGit);
  apply("patch", ["-p1", "--binary", "-s"], out, byPatch);
  expect(run(["fix", "--unsafe", "--write", "."], { cwd: written, timeout: 500_000 }).err).toContain("written to");
  let changed = 0;
  for (const name of readdirSync(corpus, { recursive: true, encoding: "utf8" })) {
    if (!/\.ya?ml$/.test(name)) continue;
    const text = readFileSync(join(written, name), "utf8");
    if (text !== readFileSync(join(corpus, name), "utf8")) changed++;
    expect(readFileSync(join(byGit, name), "utf8"), name).toBe(text);
    expect(readFileSync(join(byPatch, name), "utf8"), name).toBe(text);
  }
  expect(changed).toBeGreaterThan(1000);
  expect(run(["fix", "--unsafe", "--check", "-q", "."], { cwd: written, timeout: 500_000 }).err).not.toMatch(/^fix/m);
});
