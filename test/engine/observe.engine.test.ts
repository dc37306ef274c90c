import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ObservedService } from "@compose-harden/model";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { attempt, describeEngine, docker, type Stack, stack } from "./engine.js";

const program = fileURLToPath(new URL("../../packages/cli/dist/compose-harden.js", import.meta.url));

// Under names of their own, so that no profile of an image knows what they need.
const COMPOSE = `name: seen
services:
  web:
    image: acme/front:1
    ports: ["127.0.0.1:28090:80"]
  db:
    image: acme/base:1
    environment: { POSTGRES_PASSWORD: correct-horse }
    volumes: ["rows:/var/lib/postgresql/data"]
  cache:
    image: acme/keys:1
    command: [redis-server, --requirepass, hunter2-correct]
    volumes: ["keys:/data"]
volumes: { rows: , keys: }
`;

describeEngine("observe", () => {
  let running: Stack;
  let seen: Readonly<Record<string, ObservedService>>;
  const file = () => join(running.folder, "compose-harden.observed.yaml");
  const read = () => parse(readFileSync(file(), "utf8")).services;

  beforeAll(async () => {
    for (const [from, to] of [
      ["nginx:1.22", "acme/front:1"],
      ["postgres:15", "acme/base:1"],
      ["redis:7.0", "acme/keys:1"],
    ] as const)
      docker("tag", from, to);
    running = stack({ "compose.yaml": COMPOSE });
    running.compose("up", "-d");
    await works(running);
    const work = setInterval(() => void fetch("http://127.0.0.1:28090/").catch(() => undefined), 200);
    // A client that stays.
    const sub = spawn(
      "docker",
      ["exec", running.container("cache"), "redis-cli", "-a", "hunter2-correct", "subscribe", "x"],
      { stdio: "ignore" },
    );
    try {
      const { code, stderr } = await observed(running, "8s");
      expect([code, stderr]).toEqual([0, stderr]);
    } finally {
      clearInterval(work);
      sub.kill();
    }
    seen = read();
  });
  afterAll(() => {
    running?.remove();
    for (const name of ["acme/front:1", "acme/base:1", "acme/keys:1"]) attempt("docker", ["rmi", name]);
  });

  it("finds the scratch paths of nginx, postgres and redis", () => {
    const paths = (name: string) =>
      seen[name]?.writes?.map(({ path, hides, kind, uid }) => `${path} ${hides} ${kind} ${uid}`);
    expect(paths("web")).toEqual(["/run folders scratch 0", "/var/cache/nginx nothing scratch 0"]);
    expect(seen.web?.image_writes).toEqual(["/etc/nginx/conf.d/default.conf"]);
    expect(paths("db")).toEqual(["/run/postgresql nothing scratch 999"]);
    expect(paths("cache")).toEqual([]);
    expect(seen.db?.written_mounts).toEqual(["/var/lib/postgresql/data"]);
  });

  it("finds users, capabilities, peaks and ports with traffic", () => {
    expect(seen.web?.users).toEqual(["0:0", "101:101"]);
    expect(seen.web?.capabilities).toContain("CHOWN");
    expect(seen.db).toMatchObject({ users: ["999:999"], capabilities: [] });
    for (const name of ["web", "db", "cache"]) {
      expect(seen[name]?.memory_peak).toBeGreaterThan(2 ** 20);
      expect(seen[name]?.memory_peak).toBeLessThan(2 ** 30);
      expect(seen[name]?.pids_peak).toBeGreaterThan(0);
    }
    expect(seen.web?.ports).toMatchObject([{ port: 80, protocol: "tcp", listens: true }]);
    expect(seen.cache?.ports).toEqual([
      { port: 6379, protocol: "tcp", listens: true, from: expect.arrayContaining(["self"]) },
    ]);
    expect(seen.db?.ports).toEqual([{ port: 5432, protocol: "tcp", listens: true, from: [] }]);
  });

  it("keeps no secret", () => {
    expect(readFileSync(file(), "utf8")).not.toMatch(/correct|hunter2/);
  });

  it("gives a fix that is safe once enough was seen, from which all start and do their work", async () => {
    const fixed = () => attempt(process.execPath, [program, "fix", "--rule", "read-only-root"], running.folder);
    expect(fixed().stdout).toBe("");
    // As if it had run for an hour when it was watched.
    const text = readFileSync(file(), "utf8").replaceAll(
      /from: "?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"?/g,
      (_, time: string) => `from: ${new Date(Date.parse(time) - 3_600_000).toISOString().slice(0, 19)}Z`,
    );
    writeFileSync(file(), text);
    const safe = fixed();
    expect(safe.stdout).toContain('tmpfs: ["/run/postgresql:uid=999,gid=999", /tmp]');
    expect(safe.stdout.match(/^\+ +read_only: true$/gm)).toHaveLength(2);
    // nginx changed a file of its image, so that its fix waits for a person's word.
    const write = ["fix", "--write", "--rule", "read-only-root", "--unsafe=web"];
    expect(attempt(process.execPath, [program, ...write], running.folder).code).toBe(0);
    running.compose("up", "-d");
    await works(running);
    for (const service of ["web", "db", "cache"])
      expect(
        docker("inspect", "-f", "{{.HostConfig.ReadonlyRootfs}} {{.State.Status}}", running.container(service)),
      ).toBe("true running");
    running.compose("restart", "-t", "5");
    await works(running);
    expect(attempt(process.execPath, [program, "verify"], running.folder).code).toBe(0);
  });

  it("starts the record anew when the service is another one, and keeps what was seen on Ctrl-C", async () => {
    const child = spawn(process.execPath, [program, "observe", "--for", "10m"], { cwd: running.folder });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    await new Promise((resolve) => setTimeout(resolve, 4000));
    child.kill("SIGINT");
    const code = await new Promise((resolve) => child.on("exit", resolve));
    expect([code, said]).toEqual([0, expect.stringContaining("added to compose-harden.observed.yaml")]);
    expect(said).toContain("is not what was seen before");
    expect(read().db).toMatchObject({ read_only: true, writes: [] });
  });

  it("says in one line that nothing runs", () => {
    running.compose("stop", "-t", "2");
    const { code, stderr } = attempt(process.execPath, [program, "observe", "--for", "1s"], running.folder);
    expect([code, stderr]).toEqual([
      2,
      "error: nothing of the project `seen` is running: start it with `docker compose up -d`\n",
    ]);
    expect(existsSync(file())).toBe(true);
  });
});

/** Runs `observe` while the services are used. */
function observed({ folder }: Stack, time: string): Promise<{ readonly code: number | null; readonly stderr: string }> {
  const child = spawn(process.execPath, [program, "observe", "--for", time], { cwd: folder });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.on("exit", (code) => resolve({ code, stderr })));
}

/** A page is served, a row and a key are kept. */
async function works(running: Stack): Promise<void> {
  const query = ["exec", running.container("db"), "psql", "-U", "postgres", "-tAc"];
  const key = ["exec", running.container("cache"), "redis-cli", "-a", "hunter2-correct", "--no-auth-warning"];
  const soon = { timeout: 40_000, interval: 500 };
  await vi.waitFor(async () => expect((await fetch("http://127.0.0.1:28090/")).status).toBe(200), soon);
  const sql = "create table if not exists t (a int); insert into t values (1); select count(*) > 0 from t";
  await vi.waitFor(() => expect(attempt("docker", [...query, sql]).stdout).toContain("t\n"), soon);
  await vi.waitFor(() => expect(attempt("docker", [...key, "set", "a", "1"]).stdout).toBe("OK\n"), soon);
}
