import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { attempt, describeEngine, docker, kept, type Stack, stack } from "./engine.js";

const program = fileURLToPath(new URL("../../packages/cli/dist/compose-harden.js", import.meta.url));

const COMPOSE = `name: drift
services:
  web:
    image: nginx:1.22
    ports: ["127.0.0.1:28080:80"]
    read_only: true
    tmpfs: [/run, /var/cache/nginx]
    cap_drop: [ALL]
    cap_add: [CHOWN, NET_BIND_SERVICE, SETGID, SETUID]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 128m
    cpus: 0.5
    pids_limit: 64
    restart: unless-stopped
    labels: { proxy.enable: "false" }
    networks: [front]
  db:
    image: postgres:15
    environment: { POSTGRES_PASSWORD: correct-horse }
    networks: [back]
  cache:
    image: redis:7.0
    user: "999:999"
    command: [redis-server, --save, ""]
    sysctls: { net.core.somaxconn: "1024" }
    ulimits: { nofile: { soft: 4096, hard: 8192 } }
    volumes: ["data:/data", "./conf:/conf:ro"]
    networks: [back]
networks: { front: , back: { internal: true } }
volumes: { data: }
`;

interface Found {
  readonly service?: string;
  readonly message: string;
  readonly mend: string;
}

/** Without volumes that have no name: taking a container away by hand leaves its own. */
function named(things: readonly string[]): readonly string[] {
  return things.filter((thing) => !/^volume [0-9a-f]{64}$/.test(thing));
}

describeEngine("verify", () => {
  let running: Stack;
  let before: readonly string[];
  beforeAll(() => {
    before = kept();
    running = stack({ "compose.yaml": COMPOSE, "conf/x": "" });
    running.compose("up", "-d");
  });
  afterAll(() => {
    running?.remove();
    expect(named(kept())).toEqual(named(before));
  });

  function verify(): { readonly code: number; readonly drift: readonly Found[] } {
    const { code, stdout, stderr } = attempt(process.execPath, [program, "verify", "--format", "json"], running.folder);
    if (code > 1) throw new Error(`verify: exit code ${code}\n${stderr}`);
    return { code, drift: JSON.parse(stdout).projects[0].drift };
  }

  /** Starts the project from other words, and puts the file back. */
  function startedFrom(change: (text: string) => string): () => void {
    return () => {
      const changed = change(COMPOSE);
      if (changed === COMPOSE) throw new Error("nothing was changed");
      writeFileSync(join(running.folder, "compose.yaml"), changed);
      running.compose("up", "-d");
      writeFileSync(join(running.folder, "compose.yaml"), COMPOSE);
    };
  }

  const replaced = (from: string, to: string) => startedFrom((text) => text.replace(from, to));
  const web = () => running.container("web");

  it("finds nothing on a stack that nobody touched", () => {
    expect(verify()).toEqual({ code: 0, drift: [] });
  });

  it.each<readonly [string, () => void, string]>([
    [
      "a container started by hand without the options",
      () => {
        running.compose("rm", "-sf", "web");
        docker("run", "-d", "--name", "drift-web-1", "-p", "28080:80", "nginx:1.22");
      },
      "runs with `read_only: false`, and the file says true",
    ],
    [
      "a port on every interface",
      replaced("127.0.0.1:28080:80", "0.0.0.0:28080:80"),
      "publishes port 80/tcp on 28080 of every interface, and the file says 127.0.0.1:28080",
    ],
    [
      "a port beside the file's",
      replaced('28080:80"]', '28080:80", "28081:81"]'),
      "publishes port 81/tcp on 28081 of every interface, and the file says nothing of it",
    ],
    [
      "a limit raised with docker update",
      () => void docker("update", "--memory", "512m", "--memory-swap", "1g", web()),
      "runs with `mem_limit` 512 MiB, and the file says 128 MiB",
    ],
    [
      "processors given with docker update",
      () => void docker("update", "--cpus", "2", web()),
      "runs with `cpus` 2, and the file says 0.5",
    ],
    [
      "processes allowed with docker update",
      () => void docker("update", "--pids-limit", "-1", web()),
      "runs with `pids_limit` no limit, and the file says 64",
    ],
    [
      "another restart policy",
      () => void docker("update", "--restart", "no", web()),
      "runs with `restart` `no`, and the file says `unless-stopped`",
    ],
    ["another image", replaced("nginx:1.22", "nginx:1"), "runs the image `nginx:1`, and the file says `nginx:1.22`"],
    [
      "a tag that names another image now",
      () => {
        const folder = mkdtempSync(join(tmpdir(), "image-"));
        writeFileSync(join(folder, "Dockerfile"), "FROM redis:7.0\nLABEL updated=yes\n");
        docker("build", "-q", "-t", "redis:7.0", folder);
        rmSync(folder, { recursive: true });
      },
      "runs an older `redis:7.0` than the one that was pulled since",
    ],
    [
      "another command",
      replaced('--save, ""', '--save, "60 1"'),
      "was started with another command than the file says",
    ],
    ["another user", replaced('user: "999:999"', 'user: "0:0"'), "runs as `0:0`, and the file says `999:999`"],
    [
      "a writable root",
      replaced("read_only: true", "read_only: false"),
      "runs with `read_only: false`, and the file says true",
    ],
    [
      "a tmpfs that is gone",
      replaced(", /var/cache/nginx]", "]"),
      "lacks the tmpfs `/var/cache/nginx`, which the file says",
    ],
    [
      "capabilities that were not dropped",
      replaced("cap_drop: [ALL]", "cap_drop: []"),
      "lacks the dropped capability `ALL`, which the file says",
    ],
    [
      "a capability more",
      replaced("SETUID]", "SETUID, NET_RAW]"),
      "has the added capability `NET_RAW`, which the file does not say",
    ],
    [
      "a security option less",
      replaced('["no-new-privileges:true"]', "[]"),
      "lacks the security option `no-new-privileges`, which the file says",
    ],
    [
      "a seccomp profile that is off",
      replaced('"no-new-privileges:true"', '"no-new-privileges:true", "seccomp:unconfined"'),
      "has the security option `seccomp=unconfined`, which the file does not say",
    ],
    [
      "a login that is off",
      replaced("correct-horse", "correct-horse, POSTGRES_HOST_AUTH_METHOD: trust"),
      "has the variable `POSTGRES_HOST_AUTH_METHOD`, which the file does not set; it decides about the login",
    ],
    [
      "another password",
      replaced("correct-horse", "hunter2"),
      "has another value in `POSTGRES_PASSWORD` than the file says; it decides about the login",
    ],
    ["a label", replaced('"false"', '"true"'), "has another value in its label `proxy.enable` than the file says"],
    [
      "a network joined by hand",
      () => void docker("network", "connect", "drift_back", web()),
      "has the network `drift_back`, which the file does not say",
    ],
    [
      "a network left by hand",
      () => void docker("network", "disconnect", "drift_front", web()),
      "lacks the network `drift_front`, which the file says",
    ],
    [
      "the machine's network",
      startedFrom((text) =>
        text
          .replace("    networks: [back]\nnetworks", "    network_mode: host\nnetworks")
          .replace(/ {4}sysctls.*\n/, ""),
      ),
      "is on the network `host`, and the file says networks of its own",
    ],
    [
      "the engine's socket",
      replaced('"./conf:/conf:ro"', '"./conf:/conf:ro", "/var/run/docker.sock:/var/run/docker.sock"'),
      "has `/var/run/docker.sock` mounted at `/var/run/docker.sock`, which the file does not say",
    ],
    ["a mount that may be written", replaced("/conf:ro", "/conf"), "may write to `/conf`, and the file says read-only"],
    [
      "another volume",
      replaced("data:/data", "/srv:/data"),
      "has `/srv` mounted at `/data`, and the file says `drift_data`",
    ],
    [
      "a device",
      replaced("    pids_limit", "    devices: [/dev/fuse]\n    pids_limit"),
      "has the device `/dev/fuse:/dev/fuse:rwm`, which the file does not say",
    ],
    [
      "a namespace of the machine",
      replaced("    pids_limit", "    pid: host\n    pids_limit"),
      "has `host` as `pid`, and the file says its own",
    ],
    [
      "a kernel setting",
      replaced('"1024"', '"2048"'),
      "has the kernel setting `net.core.somaxconn=2048`, which the file does not say",
    ],
    [
      "a ulimit",
      replaced("hard: 8192", "hard: 9999"),
      "runs with the limit `nofile` 4096 to 9999, and the file says 4096 to 8192",
    ],
    [
      "a stopped service",
      () => void docker("stop", "-t", "2", running.container("cache")),
      "does not run: it ended with exit code 0",
    ],
    ["a paused service", () => void docker("pause", running.container("cache")), "is paused"],
    ["a service that is gone", () => void running.compose("rm", "-sf", "cache"), "does not run: it has no container"],
    [
      "one container too many",
      () => void running.compose("up", "-d", "--scale", "db=2"),
      "has 2 containers, and the file says 1",
    ],
    [
      "a service that the file does not have",
      replaced("networks: { front", "  old: { image: 'redis:7.0', networks: [back] }\nnetworks: { front"),
      "the container `drift-old-1` belongs to the service `old`, which the files do not have",
    ],
    [
      "an override that the file beside does not have",
      () => {
        writeFileSync(join(running.folder, "debug.yaml"), "services: { cache: { labels: { debug: 'yes' } } }\n");
        running.compose("-f", "compose.yaml", "-f", "debug.yaml", "up", "-d");
      },
      "was started from other files (compose.yaml, debug.yaml) than these (compose.yaml)",
    ],
  ])("finds %s, and its command mends it", (_, act, message) => {
    act();
    const { code, drift } = verify();
    expect(drift.map((one) => one.message)).toContain(message);
    expect(code).toBe(1);
    expect(JSON.stringify(drift)).not.toMatch(/hunter2|correct-horse/);
    for (const mend of new Set(drift.map((one) => one.mend))) {
      const { code: ended, stderr } = attempt("sh", ["-c", mend], running.folder);
      expect([mend, ended, stderr]).toEqual([mend, 0, stderr]);
    }
    expect(verify()).toEqual({ code: 0, drift: [] });
  });

  it("finds an Ollama that listens on every interface outside of Docker, and says which process", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ollama-"));
    const script = join(folder, "ollama");
    const text = `#!/usr/bin/perl
use IO::Socket::INET;
my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => $ARGV[0], LocalPort => 11434, ReuseAddr => 1) or die;
$| = 1; print "ready\\n"; sleep 100;
`;
    writeFileSync(script, text, { mode: 0o755 });
    const started = (address: string) => {
      const child = spawn(script, [address], { stdio: ["ignore", "pipe", "inherit"] });
      return new Promise<typeof child>((resolve) => child.stdout.once("data", () => resolve(child)));
    };
    const local = await started("127.0.0.1");
    expect(verify().code).toBe(0);
    local.kill();
    await new Promise((resolve) => local.once("exit", resolve));
    const open = await started("0.0.0.0");
    expect(verify()).toMatchObject({
      code: 1,
      drift: [
        {
          message: `the process \`ollama\` (${open.pid}) listens on every interface at 11434/tcp, the port of Ollama, which has no login`,
        },
      ],
    });
    open.kill();
    await new Promise((resolve) => open.once("exit", resolve));
    rmSync(folder, { recursive: true });
    expect(readFileSync(join(running.folder, "compose.yaml"), "utf8")).toBe(COMPOSE);
  });

  it("says in one line that there is no engine", () => {
    const { code, stdout, stderr } = attempt(
      "env",
      ["DOCKER_HOST=unix:///nowhere.sock", process.execPath, program, "verify"],
      running.folder,
    );
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^error: no container engine answers `docker`: is it running\? [^\n]*\n$/);
  });
});
