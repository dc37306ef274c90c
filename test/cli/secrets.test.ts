import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isInstalled } from "../installed.js";
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

const withGit = it.skipIf(!isInstalled("git"));

describe("fix of a secret", () => {
  withGit("moves it to a new env file that only its owner reads and that git leaves out", () => {
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

  withGit("keeps the Compose file's directory, wherever it is called from", () => {
    const root = repository({ "deploy/compose.yaml": COMPOSE, ".gitignore": "node_modules" });
    run([...FIX, "--write", "deploy"], { cwd: root });
    expect([read(root, "deploy/.env"), read(root, ".gitignore")]).toEqual([ENV, "node_modules\n/deploy/.env\n"]);
  });

  withGit("leaves a `.gitignore` alone that has the file already", () => {
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

  withGit("is refused where git has the env file", () => {
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

  describe.each([
    ["git", "apply", "-"],
    ["patch", "-p1", "--silent"],
  ])("gives a diff for `%s %s`", (program, ...args) => {
    it.skipIf(![program, "git"].every(isInstalled))("that writes all three files", () => {
      const root = repository({ "compose.yaml": COMPOSE });
      const { out, err } = run(FIX, { cwd: root });
      execFileSync(program, args, { cwd: root, input: out });
      expect([read(root, "compose.yaml"), read(root, ".env"), read(root, ".gitignore")]).toEqual([
        MOVED,
        ENV,
        "/.env\n",
      ]);
      expect(err.replace(/\s+/g, " ")).toContain("`chmod 600 .env` after applying");
      expect(err).not.toContain(SECRET);
    });
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

describe("check of files with secrets", () => {
  const RULES = ["--rule", "secret-file-in-git", "--rule", "readable-secret-file", "--no-env"];
  const rulesIn = (root: string): readonly string[] => {
    const { out } = run(["check", "--format", "json", ...RULES], { cwd: root });
    const { projects } = JSON.parse(out) as { projects: readonly { findings: readonly { rule: string }[] }[] };
    expect(out).not.toContain(SECRET);
    return projects.flatMap(({ findings }) => findings.map(({ rule }) => rule));
  };

  withGit("looks at the index of git, its patterns and the permissions of all directories above", () => {
    const root = repository({ "compose.yaml": MOVED, ".env": ENV });
    chmodSync(join(root, ".env"), 0o644);
    chmodSync(root, 0o755);
    expect(rulesIn(root)).toEqual(["readable-secret-file", "secret-file-in-git"]);
    chmodSync(root, 0o700);
    expect(rulesIn(root)).toEqual(["secret-file-in-git"]);
    git(root, "add", ".env");
    const { out } = run(["check", ...RULES], { cwd: root });
    expect(out.replace(/\s+/g, " ")).toContain("git has the env file `.env`, under version control");
    git(root, "rm", "--quiet", "--cached", ".env");
    expect(rulesIn(root)).toEqual(["secret-file-in-git"]);
    writeFileSync(join(root, ".gitignore"), "/.env\n");
    expect(rulesIn(root)).toEqual([]);
  });

  withGit("is content with what `fix` leaves behind", () => {
    const root = repository({ "compose.yaml": COMPOSE });
    chmodSync(root, 0o755);
    run([...FIX, "--write"], { cwd: root });
    expect(rulesIn(root)).toEqual([]);
  });

  it("looks again at files whose permissions changed, whatever was kept of earlier runs", () => {
    const names = Array.from({ length: 10 }, (_, i) => `s${i}`);
    const root = folder(
      Object.fromEntries(
        names.flatMap((name) => [
          [`${name}/compose.yaml`, MOVED],
          [`${name}/.env`, ENV],
        ]),
      ),
    );
    chmodSync(root, 0o755);
    const modes = (mode: number) => {
      for (const name of names) chmodSync(join(root, name, ".env"), mode);
    };
    modes(0o600);
    const env = { XDG_CACHE_HOME: folder() };
    const count = () => {
      const { out } = run(["check", "--format", "json", ...RULES], { cwd: root, env });
      return (JSON.parse(out) as { projects: readonly { findings: readonly unknown[] }[] }).projects.flatMap(
        ({ findings }) => findings,
      ).length;
    };
    expect([count(), count()]).toEqual([0, 0]);
    modes(0o644);
    expect([count(), count()]).toEqual([10, 10]);
  });
});

describe("fix --new-secrets", () => {
  const KNOWN = COMPOSE.replaceAll(SECRET, "changeme");

  it("puts another secret each time in the place of one that everybody knows, and shows it nowhere", () => {
    const made = [1, 2].map(() => {
      const root = folder({ "compose.yaml": KNOWN });
      const { code, out, err } = run(["fix", "--write", "--new-secrets", "--format", "json", "--no-env"], {
        cwd: root,
      });
      const [, secret = ""] = /^POSTGRES_PASSWORD=([\w-]{32})$/m.exec(read(root, ".env")) ?? [];
      expect(code).toBe(0);
      expect(read(root, "compose.yaml")).toContain("DATABASE_URL=postgres://app:${POSTGRES_PASSWORD:?}@db/app");
      expect(secret).not.toBe("");
      expect(out + err).not.toContain(secret);
      expect(modeOf(root, ".env")).toBe(0o600);
      return secret;
    });
    expect(new Set(made).size).toBe(2);
  });

  it("is named where it is wanted, and not done without", () => {
    const root = folder({ "compose.yaml": KNOWN });
    const { err } = run(["fix", "--write", "--unsafe", "--no-env"], { cwd: root });
    expect(err).toMatch(/that everybody knows\s+stays; `--new-secrets`/);
    expect(read(root, "compose.yaml")).toContain("changeme");
  });

  it("keeps them where the text came alone", () => {
    const { out, err } = run(["fix", "--write", "--new-secrets", "-"], { input: KNOWN });
    expect(out).toContain("changeme");
    expect(err).toContain("there is no place for an env file beside it");
  });

  it("makes others for each project", () => {
    const root = folder({ "a/compose.yaml": KNOWN, "b/compose.yaml": KNOWN });
    expect(run(["fix", "--write", "--new-secrets", "--no-env", "a", "b"], { cwd: root }).code).toBe(0);
    expect(read(root, "a/.env")).not.toBe(read(root, "b/.env"));
  });
});
