import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder, run } from "./program.js";

const SECRET = "corr3ct-h0rse";
const COMPOSE = `services:
  db:
    image: postgres:17
    environment:
      POSTGRES_USER: app
      POSTGRES_PASSWORD: ${SECRET}
  app:
    image: ghcr.io/example/app:1.0
    environment:
      - DATABASE_URL=postgres://app:${SECRET}@db/app
`;
const MOVED = COMPOSE.replaceAll(SECRET, "${POSTGRES_PASSWORD:?}");
const ENV = `# Secrets moved out of the Compose files\nPOSTGRES_PASSWORD=${SECRET}\n`;
const FIX = ["fix", "--rule", "inline-secret", "--unsafe", "--no-env"];

/** A git repository with some files, nothing committed. */
function repository(files: Readonly<Record<string, string>>): string {
  const root = folder(files);
  git(root, "init", "--quiet");
  return root;
}

function git(cwd: string, ...args: readonly string[]): string {
  return execFileSync("git", args, { cwd, encoding: "utf8", env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null" } });
}

function read(root: string, name: string): string {
  return readFileSync(join(root, name), "utf8");
}

function modeOf(root: string, name: string): number {
  return statSync(join(root, name)).mode & 0o777;
}

describe("fix of a secret", () => {
  it("moves it to a new env file that only its owner reads and that git leaves out", () => {
    const root = repository({ "compose.yaml": COMPOSE });
    const { code, out, err } = run([...FIX, "--write"], { cwd: root });
    expect({ code, out }).toEqual({ code: 0, out: "" });
    expect([read(root, "compose.yaml"), read(root, ".env"), read(root, ".gitignore")]).toEqual([MOVED, ENV, "/.env\n"]);
    expect(modeOf(root, ".env")).toBe(0o600);
    expect(git(root, "status", "--short", "--untracked-files=all")).not.toContain(".env");
    expect(err).toContain(".env: created, readable by its owner alone");
    expect(err).not.toContain(SECRET);
    expect(run([...FIX, "--write"], { cwd: root }).err).toContain("nothing was fixed");
  });

  it("writes nothing about git outside of a work tree", () => {
    const root = folder({ "compose.yaml": COMPOSE });
    run([...FIX, "--write"], { cwd: root });
    expect([existsSync(join(root, ".gitignore")), read(root, ".env")]).toEqual([false, ENV]);
  });

  it("keeps the Compose file's directory, wherever it is called from", () => {
    const root = repository({ "deploy/compose.yaml": COMPOSE, ".gitignore": "node_modules" });
    run([...FIX, "--write", "deploy"], { cwd: root });
    expect([read(root, "deploy/.env"), read(root, ".gitignore")]).toEqual([ENV, "node_modules\n/deploy/.env\n"]);
  });

  it("leaves a `.gitignore` alone that has the file already", () => {
    const root = repository({ "compose.yaml": COMPOSE, ".gitignore": "*.env\n" });
    run([...FIX, "--write"], { cwd: root });
    expect(read(root, ".gitignore")).toBe("*.env\n");
  });

  it.each([
    [0o644, 0o640],
    [0o600, 0o600],
    [0o664, 0o660],
  ])("extends an env file of mode %o, which becomes %o", (before, after) => {
    const root = folder({ "compose.yaml": COMPOSE, ".env": "TAG=1\n" });
    chmodSync(join(root, ".env"), before);
    run([...FIX, "--write"], { cwd: root });
    expect([read(root, ".env"), modeOf(root, ".env")]).toEqual([`TAG=1\n\n${ENV}`, after]);
  });

  it("writes through a link to the env file", () => {
    const root = folder({ "compose.yaml": COMPOSE, "shared/all.env": "TAG=1\n" });
    symlinkSync("shared/all.env", join(root, ".env"));
    run([...FIX, "--write"], { cwd: root });
    expect(read(root, "shared/all.env")).toBe(`TAG=1\n\n${ENV}`);
  });

  it("is refused where git has the env file", () => {
    const root = repository({ "compose.yaml": COMPOSE, ".env": "TAG=1\n" });
    git(root, "add", ".env");
    for (const version of ["2", "3", "4"]) {
      git(root, "update-index", "--index-version", version);
      const { err } = run([...FIX, "--write"], { cwd: root });
      expect(err.replace(/\s+/g, " ")).toContain("under version control");
    }
    expect([read(root, "compose.yaml"), read(root, ".env")]).toEqual([COMPOSE, "TAG=1\n"]);
  });

  it("takes a name that nothing beside it uses", () => {
    const other = "services: {b: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: '${POSTGRES_PASSWORD-x}'}}}\n";
    const root = folder({ "compose.yaml": COMPOSE, "compose.dev.yaml": other });
    run([...FIX, "--write", "compose.yaml"], { cwd: root });
    expect(read(root, ".env")).toContain(`DB_POSTGRES_PASSWORD=${SECRET}`);
  });

  it("takes a name that the shell does not set", () => {
    const root = folder({ "compose.yaml": COMPOSE });
    run(FIX.filter((arg) => arg !== "--no-env").concat("--write"), { cwd: root, env: { POSTGRES_PASSWORD: "x" } });
    expect(read(root, ".env")).toContain(`DB_POSTGRES_PASSWORD=${SECRET}`);
  });

  it("shares one env file between projects of one directory", () => {
    const root = folder({ "compose.yaml": COMPOSE, "compose.prod.yaml": COMPOSE.replaceAll(SECRET, "an0ther-one") });
    run([...FIX, "--write", "compose.yaml", "compose.prod.yaml"], { cwd: root });
    expect(read(root, ".env")).toBe(
      `# Secrets moved out of the Compose files\nDB_POSTGRES_PASSWORD=an0ther-one\nPOSTGRES_PASSWORD=${SECRET}\n`,
    );
  });

  it.each([
    ["git", "apply", "-"],
    ["patch", "-p1", "--silent"],
  ])("gives a diff for `%s %s`", (program, ...args) => {
    const root = repository({ "compose.yaml": COMPOSE });
    const { out, err } = run(FIX, { cwd: root });
    execFileSync(program, args, { cwd: root, input: out });
    expect([read(root, "compose.yaml"), read(root, ".env"), read(root, ".gitignore")]).toEqual([MOVED, ENV, "/.env\n"]);
    expect(err.replace(/\s+/g, " ")).toContain("`chmod 600 .env` after applying");
    expect(err).not.toContain(SECRET);
  });

  it("masks the env file in JSON", () => {
    const root = folder({ "compose.yaml": COMPOSE, ".env": `OLD=${SECRET}\n` });
    const { out } = run([...FIX, "--format", "json"], { cwd: root });
    const [env] = (JSON.parse(out) as { changes: readonly { role?: string; after: string }[] }).changes;
    expect(env?.role).toBe("env");
    expect(JSON.stringify(env)).not.toContain(SECRET);
  });

  it("is refused for a text from standard input, and with an override file", () => {
    expect(run([...FIX, "-"], { input: COMPOSE }).err).toContain("no place for an env file");
    const root = folder({ "compose.yaml": COMPOSE });
    const { err } = run([...FIX, "--overlay", "hard.yaml"], { cwd: root });
    expect(err.replace(/\s+/g, " ")).toContain("takes nothing out of the files below it");
  });

  it("stays out of SARIF, whatever its grade", () => {
    const config = 'rules:\n  inline-secret:\n    fix: safe\n    reason: "a test"\n';
    const root = folder({ "compose.yaml": COMPOSE, "compose-harden.config.yaml": config });
    const { out } = run(["check", "--format", "sarif"], { cwd: root });
    const results = (
      JSON.parse(out) as { runs: readonly { results: readonly { ruleId: string; fixes?: unknown }[] }[] }
    ).runs[0]?.results;
    const [found] = (results ?? []).filter(({ ruleId }) => ruleId === "inline-secret");
    expect([found?.ruleId, found?.fixes]).toEqual(["inline-secret", undefined]);
  });
});
