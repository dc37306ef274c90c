import { describe, expect, it } from "vitest";
import { fakeDocker } from "../test/fake-docker.js";
import { openDocker } from "./docker.js";
import { EngineError } from "./errors.js";

async function failureOf(call: Promise<unknown>): Promise<EngineError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof EngineError) return error;
  throw new Error(`expected an EngineError, got ${String(error)}`);
}

describe("a call of docker", () => {
  it("gives what was printed, and the exit code", async () => {
    const docker = fakeDocker('printf "%s\\n" "$@"; echo oops >&2; exit 3');
    expect(await docker.ask(["ps", "--all"])).toEqual({ stdout: "ps\n--all", stderr: "oops\n", code: 3 });
  });

  it("hands over lines whole, however they arrive", async () => {
    const docker = fakeDocker('printf "one\\ntw"; sleep 0.1; printf "o\\nthr\\303"; sleep 0.1; printf "\\251e"');
    const lines: string[] = [];
    await docker.lines(["x"], (line) => lines.push(line));
    expect(lines).toEqual(["one", "two", "thrée"]);
  });

  it("passes on standard input and the directory", async () => {
    const docker = fakeDocker("pwd; cat");
    expect(await docker.run(["x"], { input: "hello", cwd: "/" })).toBe("/\nhello");
  });

  it("survives a program that does not read its input", async () => {
    expect(await fakeDocker("exit 0").run(["x"], { input: "x".repeat(1_000_000) })).toBe("");
  });

  it.each([
    [
      "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
      "unreachable",
    ],
    [
      'error during connect: Get "http://docker.example.com/v1.50/containers/json": command [ssh -l me -- host docker system dial-stdio] has exited with exit status 255, stderr=me@host: Permission denied (publickey).',
      "unreachable",
    ],
    [
      'Failed to initialize: unable to resolve docker endpoint: context "nope": context not found: open x',
      "unreachable",
    ],
    ["failed to connect to the docker API at unix:///x.sock; check if the daemon is running", "unreachable"],
    ["Cannot connect to Podman. Please verify your connection to the Linux system", "unreachable"],
    [
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.24/info": dial unix /var/run/docker.sock: connect: permission denied',
      "denied",
    ],
    [
      'Got permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.24/info": dial unix /var/run/docker.sock: connect: permission denied',
      "denied",
    ],
    [
      'error during connect: Get "http://nowhere.example:2375/v1.24/info": dial tcp: lookup nowhere.example: no such host',
      "unreachable",
    ],
    [
      'Error: unable to connect to Podman socket: Get "http://d/v4.3.1/libpod/_ping": dial unix ///run/podman.sock: connect: no such file or directory',
      "unreachable",
    ],
    ["Error response from daemon: dial unix docker.raw.sock: connect: connection refused", "unreachable"],
    ["Error response from daemon: something new", "failed"],
    // The engine answers; who does not is a registry, a plugin, a name server.
    [
      'Error response from daemon: Get "https://registry.example/v2/": dial tcp 192.0.2.1:443: connect: connection refused',
      "failed",
    ],
    ["Error response from daemon: lookup registry.example on 127.0.0.53:53: no such host", "failed"],
    ["Error response from daemon: dial tcp 127.0.0.1:9: connect: connection refused", "failed"],
    ["redis: Could not connect to Redis at 127.0.0.1:6379: Connection refused", "failed"],
  ])("knows what %j means", async (stderr, failure) => {
    const docker = fakeDocker(`cat >&2 <<'END'\n${stderr}\nEND\nexit 1`);
    const error = await failureOf(docker.run(["ps"]));
    expect(error.failure).toBe(failure);
    expect(error.message).not.toContain("\n");
  });

  it.each(["exec", "logs", "compose"])(
    "takes what a program says in `docker %s` for the program's own",
    async (verb) => {
      const says = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?";
      const alive = fakeDocker(`[ $1 = version ] && exit 0; echo '${says}' >&2; exit 1`);
      expect(await alive.ask([verb, "agent"])).toMatchObject({ code: 1, stderr: `${says}\n` });
      const dead = fakeDocker(`echo '${says}' >&2; exit 1`);
      expect((await failureOf(dead.ask([verb, "agent"]))).failure).toBe("unreachable");
    },
  );

  it.each([
    "docker: unknown command: docker compose\n\nRun 'docker --help' for more information",
    "docker: 'compose' is not a docker command.\nSee 'docker --help'",
    "unknown shorthand flag: 'p' in -p\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]",
    "Error: unrecognized command `podman compose`",
  ])("says that Compose is missing when it is told %j", async (says) => {
    const docker = fakeDocker(`[ $1 = version ] && exit 0\ncat >&2 <<'END'\n${says}\nEND\nexit 1`);
    expect(await failureOf(docker.ask(["compose", "version"]))).toMatchObject({
      failure: "missing",
      message: "`docker compose` is not there: install Docker's Compose plugin, version 2 or later",
    });
  });

  it("says that there is no docker", async () => {
    const error = await failureOf(openDocker({ command: "/nowhere/docker" }).run(["ps"]));
    expect(error).toMatchObject({
      failure: "missing",
      message: "`/nowhere/docker` is not installed, or not on the PATH",
    });
  });

  it("gives up in time, also on what its children hold open", async () => {
    const docker = fakeDocker("sleep 30 & trap '' TERM; wait", { timeout: 200 });
    const start = Date.now();
    const error = await failureOf(docker.run(["ps"]));
    expect(error).toMatchObject({
      failure: "timeout",
      message: expect.stringMatching(/`\S+ ps` gave no answer within 0.2 seconds/),
    });
    expect(Date.now() - start).toBeLessThan(5000);
  });

  it("stops when told to", async () => {
    const stop = new AbortController();
    const call = failureOf(fakeDocker("exec sleep 30").run(["ps"], { signal: stop.signal }));
    setTimeout(() => stop.abort(), 100);
    expect((await call).failure).toBe("stopped");
    expect((await failureOf(fakeDocker("exit 0").run(["ps"], { signal: stop.signal }))).failure).toBe("stopped");
  });
});
