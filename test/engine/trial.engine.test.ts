import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, describeEngine, docker, kept, type Outcome } from "./engine.js";

const stacks = fileURLToPath(new URL("stacks", import.meta.url));
const program = fileURLToPath(new URL("../../packages/cli/dist/compose-harden.js", import.meta.url));

const schema = JSON.parse(readFileSync(new URL("../../schemas/trial.json", import.meta.url), "utf8"));
const ajv = new Ajv({ strict: false });

interface Told {
  readonly services: readonly {
    readonly service: string;
    readonly verdict: string;
    readonly how?: string;
    readonly evidence: readonly string[];
    readonly blamed: readonly { readonly title: string; readonly rule?: string }[];
  }[];
  readonly settings: readonly {
    readonly services: readonly string[];
    readonly title: string;
    readonly outcome: string;
  }[];
  readonly leftOut: readonly { readonly service: string; readonly what: string }[];
  readonly starts: number;
  readonly advice: readonly string[];
}

describeEngine("trial", () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  /** A folder with a stack of `stacks/`, or with these files. */
  function folderOf(from: string | Readonly<Record<string, string>>): string {
    const folder = mkdtempSync(join(tmpdir(), "trial-"));
    folders.push(folder);
    if (typeof from === "string") cpSync(join(stacks, from), folder, { recursive: true });
    else for (const [path, text] of Object.entries(from)) writeFileSync(join(folder, path), text);
    return folder;
  }

  const trial = (folder: string, ...options: readonly string[]): Promise<Outcome> =>
    command(process.execPath, [program, "trial", ...options], folder);

  async function told(folder: string, ...options: readonly string[]): Promise<Told & { readonly code: number }> {
    const { code, stdout, stderr } = await trial(folder, "--format", "json", "--settle", "4s", ...options);
    if (stdout === "") throw new Error(stderr);
    const report = JSON.parse(stdout);
    expect([ajv.validate(schema, report), ajv.errors]).toEqual([true, null]);
    return { ...(report as Told), code };
  }

  describe.concurrent("finds out", () => {
    const good = "    security_opt: [no-new-privileges:true]\n    pids_limit: 300\n";
    const cases = [
      {
        stack: "nginx",
        service: "nginx",
        settings: `${good}    read_only: true\n    cap_drop: [ALL]\n    cap_add: [CHOWN, SETGID, SETUID]\n`,
        guilty: "`services.nginx.read_only`",
        because: /mkdir\(\) "\/var\/lib\/nginx\/body" failed/,
      },
      {
        stack: "postgres",
        service: "db",
        settings: `${good}    mem_limit: 512m\n    cap_drop: [ALL]\n`,
        guilty: "`services.db.cap_drop`",
        because: /not permitted/i,
      },
      {
        stack: "mariadb",
        service: "mariadb",
        settings: `${good}    mem_limit: 16m\n    cpus: 2\n`,
        guilty: "`services.mariadb.mem_limit`",
        because: /memory|exit code 137/i,
      },
      {
        stack: "prometheus",
        service: "prometheus",
        settings: `${good}    user: "4000"\n    mem_limit: 1g\n`,
        guilty: "`services.prometheus.user`",
        because: /permission denied/,
      },
      // It answers, its health is fine, and what ran as `www-data` runs as root.
      {
        stack: "haproxy",
        service: "site",
        settings: `${good}    cap_drop: [ALL]\n    mem_limit: 256m\n`,
        guilty: "`services.site.cap_drop`",
        because: /runs as root what ran as user 33/,
      },
    ];
    it.each(cases)("that $guilty is guilty", async ({ stack, service, settings, guilty, because }) => {
      const folder = folderOf(stack);
      writeFileSync(join(folder, "hardening.yaml"), `services:\n  ${service}:\n${settings}`);
      const { code, services } = await told(folder, "--overlay", "hardening.yaml");
      expect(code).toBe(1);
      const failed = services.filter(({ verdict }) => verdict === "failed");
      expect(failed.map((one) => one.service)).toEqual([service]);
      expect(failed[0]?.blamed.map(({ title }) => title)).toEqual([guilty]);
      expect(`${failed[0]?.how} ${failed[0]?.evidence.join(" ")}`).toMatch(because);
    });

    it("blames what failed, not what waits for it", async () => {
      const folder = folderOf({
        "compose.yaml": `services:
  app:
    image: httpd:2.4
    depends_on: { db: { condition: service_healthy } }
  db:
    image: redis:7
    healthcheck: { test: [CMD, redis-cli, ping], interval: 10s, retries: 1 }
`,
        "hardening.yaml": `services:
  app: { pids_limit: 200 }
  db: { entrypoint: [redis-server, --port, "1"], pids_limit: 100 }
`,
      });
      const { services } = await told(folder, "--overlay", "hardening.yaml");
      expect(
        services.map(({ service, verdict, blamed }) => [service, verdict, blamed.map(({ title }) => title)]),
      ).toEqual([
        ["app", "survived", []],
        ["db", "failed", ["`services.db.entrypoint`"]],
      ]);
    });

    it("about the services whose images are there, and names the others", async () => {
      const folder = folderOf({
        "compose.yaml": `services:
  keys: { image: "redis:7" }
  new: { image: "acme/nowhere:1" }
  built: { build: ., depends_on: [keys] }
`,
      });
      const { code, services, settings, advice } = await told(folder, "--unsafe");
      expect(code).toBe(2);
      expect(services.map(({ service, verdict }) => [service, verdict])).toEqual([
        ["keys", "survived"],
        ["new", "untried"],
        ["built", "untried"],
      ]);
      expect(services[1]?.how).toBe("the engine does not have its image: `docker compose pull` fetches it");
      expect(settings.filter(({ services: [name] }) => name !== "keys").map(({ outcome }) => outcome)).not.toContain(
        "survived",
      );
      expect(advice.filter((line) => line.includes("--unsafe")).join("\n")).not.toMatch(/new|built/);
    });

    it("gives no verdict about a service that fails as it is", async () => {
      const folder = folderOf({
        "compose.yaml": "services:\n  web:\n    image: nginx:1.22\n    command: [nginx, -c, /nowhere]\n",
      });
      const { code, services } = await told(folder);
      expect(code).toBe(2);
      expect(services).toMatchObject([
        { service: "web", verdict: "no-verdict", how: "stops with exit code 1", blamed: [] },
      ]);
    });

    it("says what the copy does without, and prints no secret", async () => {
      const folder = folderOf({
        "compose.yaml": `services:
  web:
    image: nginx:1.22
    privileged: true
    network_mode: host
    pid: host
    volumes: [/var/run/docker.sock:/var/run/docker.sock]
    environment: { API_TOKEN: hunter2hunter2 }
    command: [sh, -c, "echo token $$API_TOKEN permission denied; touch /seen && exec sleep 100"]
`,
        "hardening.yaml": "services: { web: { read_only: true } }\n",
      });
      const text = await trial(folder, "--overlay", "hardening.yaml", "--settle", "3s");
      expect(text.code).toBe(1);
      expect(text.stdout).toContain("to blame: `services.web.read_only`");
      expect(text.stdout).not.toContain("hunter2");
      for (const what of ["`privileged`", "`network_mode: host`", "`pid: host`", "`/var/run/docker.sock`, a socket"]) {
        expect(text.stdout.replace(/\s+/g, " ")).toContain(`the copy of \`web\` does without ${what}`);
      }
    });
  });

  it("touches nothing of the running stack and leaves nothing behind", async () => {
    const folder = folderOf("redis-bind");
    const compose = (...args: readonly string[]) => command("docker", ["compose", ...args], folder);
    expect((await compose("up", "-d", "--wait")).code).toBe(0);
    try {
      const redis = (...args: readonly string[]) =>
        compose("exec", "-T", "redis", "redis-cli", "-a", "engine-suite", ...args);
      await redis("set", "mine", "yes");
      const state = () => [
        kept(),
        docker(
          "inspect",
          "--format",
          "{{.Id}} {{.State.StartedAt}} {{json .Mounts}}",
          ...docker("ps", "-q").split("\n"),
        ),
        readdirSync(join(folder, "redis")).sort(),
      ];
      const before = state();
      const { code, services } = await told(folder, "--unsafe");
      expect(services).toMatchObject([{ service: "redis", verdict: "survived" }]);
      expect(code).toBe(0);
      expect(state()).toEqual(before);
      expect((await redis("dbsize")).stdout.trim()).toBe("1");
    } finally {
      await compose("down", "--volumes", "--timeout", "2");
    }
  });

  describe("leaves nothing behind when it is", () => {
    /** What other tests left is not a trial's. */
    const before = new Set<string>();
    beforeAll(() => {
      for (const line of kept()) before.add(line);
    });
    const ours = () => kept().filter((line) => !before.has(line));

    async function started(folder: string) {
      const child = spawn(process.execPath, [program, "trial", "--settle", "30s"], {
        cwd: folder,
        stdio: ["ignore", "pipe", "pipe"],
      });
      let said = "";
      child.stderr.on("data", (chunk) => {
        said += chunk;
      });
      const end = new Promise<number | null>((resolve) => child.on("exit", (code) => resolve(code)));
      await expect
        .poll(() => docker("ps", "-q", "--filter", "label=compose-harden.trial"), { timeout: 30_000 })
        .not.toBe("");
      return { child, end, said: () => said };
    }

    it.each(["SIGINT", "SIGTERM"] as const)("stopped by %s", async (signal) => {
      const { child, end, said } = await started(folderOf("postgres"));
      child.kill(signal);
      expect(await end).toBe(2);
      expect(said()).toContain("interrupted: no verdict; nothing of the trial is left");
      expect(ours()).toEqual([]);
    });

    it("killed", async () => {
      const { child, end } = await started(folderOf("postgres"));
      child.kill("SIGKILL");
      await end;
      await expect.poll(ours, { timeout: 40_000, interval: 500 }).toEqual([]);
    });

    it("killed with its watchdog: the next trial removes what is left", async () => {
      const { child, end } = await started(folderOf("postgres"));
      for (const pid of watchdogs()) process.kill(pid, "SIGKILL");
      child.kill("SIGKILL");
      await end;
      expect(ours()).not.toEqual([]);
      const { stderr } = await trial(folderOf("memcached"), "--settle", "2s");
      expect(stderr).toMatch(/removed \d+ things that an earlier trial had left/);
      expect(ours()).toEqual([]);
    });
  });
});

/** The processes that watch trials, on this machine as the tests see it. */
function watchdogs(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("\0trial-watchdog\0");
      } catch {
        return false;
      }
    })
    .map(Number);
}
