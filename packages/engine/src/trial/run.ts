import { connect } from "node:net";
import type { Json } from "@compose-harden/model";
import type { Container } from "../container.js";
import { listContainers } from "../containers.js";
import type { CallOptions, Docker } from "../docker.js";
import { EngineError, lastLine } from "../errors.js";
import { processesOf } from "../processes.js";
import { jsonOf, listIn, mapIn, textIn } from "../shape.js";
import { removeProject } from "./clean.js";
import type { Copy } from "./copy.js";

/** What became of a service of a copy. */
export interface Outcome {
  /** `waits`: what it depends on did not come up, so that it was never started. */
  readonly state: "lives" | "completed" | "failed" | "waits";
  /** How it ended, in a few words; empty for one that lives. */
  readonly how: string;
  /** Lines of its log that speak of missing rights or a read-only file system. */
  readonly complaints: readonly string[];
  /** The last lines of its log. */
  readonly lastWords: readonly string[];
  /** User ids of its processes. */
  readonly users: readonly number[];
  /** TCP ports that answered. */
  readonly ports: readonly number[];
}

/** How long to watch, and what for. Times are milliseconds. */
export interface Watching {
  /** One start, at most. */
  readonly timeout: number;
  /** A service without health check lives when it runs this long. */
  readonly settle: number;
  /** TCP ports a service may answer on. */
  portsOf(service: string): readonly number[];
  /** Those of them that the stack publishes. */
  publishedBy(service: string): readonly number[];
  /** Ports that must answer, users that must not turn into root: how the service was without the settings. */
  before(service: string): Outcome | undefined;
}

/** What programs say when a restriction stops them. */
const COMPLAINT =
  /read-only file ?system|permission denied|operation not permitted|not permitted|access denied|cannot (?:create|open|write|allocate)|can'?t (?:create|open|write|chown|chmod)|can(?:no|')t (?:set|change) |unable to (?:set|open|create|write|change|allocate)|failed to (?:set|open|create|write|chown|drop)|\bE(?:ROFS|ACCES|PERM|NOMEM|AGAIN)\b|out of memory|resource temporarily unavailable|no space left|errno (?:1|13|30)\b|\((?:1|13|30): /i;

/** Milliseconds between looks. */
const POLL = 500;
/** Milliseconds in which a service opens the ports that the stack publishes, if it does; for those of the image, half of it. */
const FIRST_ANSWER = 30_000;

/** Starts a copy, watches its services until each has settled, and removes it again, whatever comes. Throws `EngineError`. */
export async function runCopy(
  docker: Docker,
  copy: Copy,
  watching: Watching,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Outcome>> {
  const compose = (args: readonly string[], options: CallOptions = {}) =>
    docker.ask(["compose", "-p", copy.name, "-f", "-", ...args], {
      input: JSON.stringify(copy.config),
      timeout: watching.timeout + 30_000,
      signal,
      ...options,
    });
  try {
    const created = await compose(["create", "--no-build"]);
    if (created.code !== 0) throw new EngineError("failed", `the copy cannot be created: ${lastLine(created.stderr)}`);
    await seed();
    const starting = startUp();
    const end = Date.now() + watching.timeout;
    const answering = new Map<string, Set<number>>();
    let containers: readonly Container[] = [];
    try {
      for (;;) {
        containers = await listContainers(docker, { project: copy.name }, { signal });
        await Promise.all(containers.map((container) => knock(container, answering)));
        const isOver = starting.isOver() && containers.every((container) => isSettled(container, answering));
        if (isOver || Date.now() > end) break;
        await pause(POLL, signal);
      }
    } finally {
      await starting.end();
    }
    return new Map(
      await Promise.all(
        containers.flatMap((container) => {
          const service = container.compose?.service;
          return service === undefined
            ? []
            : [outcomeOf(container, answering).then((outcome): [string, Outcome] => [service, outcome])];
        }),
      ),
    );
  } finally {
    await removeProject(docker, copy.name);
  }

  /** Starts the containers in the background: with health checks to wait for, that takes as long as they take. */
  function startUp() {
    const stop = new AbortController();
    let over = false;
    const call = compose(["up", "--detach", "--no-build", "--no-recreate", "--timeout", "1"], {
      signal: AbortSignal.any([signal, stop.signal]),
    });
    const ended = call.then(
      () => {
        over = true;
      },
      // It was stopped, or its containers tell better what is wrong.
      () => {
        over = true;
      },
    );
    return {
      isOver: () => over,
      end: async () => {
        stop.abort();
        await ended;
      },
    };
  }

  async function seed(): Promise<void> {
    if (copy.seeds.length === 0) return;
    const containers = await listContainers(docker, { project: copy.name }, { signal });
    for (const { service, source, target } of copy.seeds) {
      const container = containers.find((one) => one.compose?.service === service);
      if (container === undefined) continue;
      await docker.run(["cp", "--archive", `${source}/.`, `${container.id}:${target}`], { signal });
    }
  }

  /** Tries the ports that have not answered yet, from this machine: where it cannot reach containers, none ever does. */
  async function knock(container: Container, answering: Map<string, Set<number>>): Promise<void> {
    const service = container.compose?.service ?? "";
    const open = answering.get(service) ?? new Set();
    answering.set(service, open);
    const ports = watching.portsOf(service).filter((port) => !open.has(port));
    if (container.state.status !== "running" || ports.length === 0) return;
    const addresses = container.addresses.flatMap(({ own }) => own);
    for (const port of ports) {
      for (const address of addresses) if (await answers(address, port)) open.add(port);
    }
  }

  function isSettled(
    { state, compose: note, hasHealthcheck }: Container,
    answering: ReadonlyMap<string, ReadonlySet<number>>,
  ): boolean {
    if (state.status !== "running") return true;
    const service = note?.service ?? "";
    if (hasHealthcheck && state.health !== "") {
      // A database is healthy while its first start still fills it, without a port open.
      return state.health === "healthy" ? portsMissing(service, answering).length === 0 : state.health !== "starting";
    }
    const age = Date.now() - Date.parse(state.started);
    if (age < watching.settle) return false;
    if (watching.before(service) !== undefined) return portsMissing(service, answering).length === 0;
    // Nothing is known of it yet: whether its ports ever answer is worth waiting for.
    const open = answering.get(service) ?? new Set();
    const published = watching.publishedBy(service);
    const isOpen =
      published.length > 0
        ? published.every((port) => open.has(port))
        : open.size > 0 || watching.portsOf(service).length === 0;
    return isOpen || age > (published.length > 0 ? FIRST_ANSWER : FIRST_ANSWER / 2);
  }

  function portsMissing(service: string, answering: ReadonlyMap<string, ReadonlySet<number>>): readonly number[] {
    return (watching.before(service)?.ports ?? []).filter((port) => answering.get(service)?.has(port) !== true);
  }

  async function outcomeOf(
    container: Container,
    answering: ReadonlyMap<string, ReadonlySet<number>>,
  ): Promise<Outcome> {
    const service = container.compose?.service ?? "";
    const lines = await logOf(docker, container.id, signal);
    const complaints = lines.filter((line) => COMPLAINT.test(line));
    const processes = container.state.status === "running" ? await processesOf(docker, container.id, { signal }) : [];
    const users = [...new Set((processes ?? []).map(({ uid }) => uid))].sort((a, b) => a - b);
    const told = { complaints, lastWords: lines.slice(-3), users, ports: [...(answering.get(service) ?? [])] };
    const before = watching.before(service);
    const [state, how] = judge(container, users, before, portsMissing(service, answering));
    const health =
      state === "failed" && container.state.health === "unhealthy"
        ? await healthWords(docker, container.id, signal)
        : [];
    return { state, how, ...told, lastWords: [...told.lastWords, ...health] };
  }
}

function judge(
  { state, hasHealthcheck }: Container,
  users: readonly number[],
  before: Outcome | undefined,
  silent: readonly number[],
): readonly [Outcome["state"], string] {
  if (state.outOfMemory) return ["failed", "is killed because its memory runs out"];
  if (state.status === "created")
    return state.error === "" ? ["waits", "is never started"] : ["failed", `does not start: ${state.error}`];
  if (state.status !== "running") {
    return state.exitCode === 0 && (before === undefined || before.state === "completed")
      ? ["completed", ""]
      : ["failed", `stops with exit code ${state.exitCode}`];
  }
  if (hasHealthcheck && state.health !== "" && state.health !== "healthy") {
    return ["failed", state.health === "unhealthy" ? "is unhealthy" : "does not become healthy in time"];
  }
  if (silent.length > 0) return ["failed", `does not answer on port ${silent.join(", ")}`];
  // A restriction that stops a program from stepping down to its own user does harm while everything seems to work.
  const stayed = before?.users.filter((uid) => uid !== 0 && !users.includes(uid)) ?? [];
  if (stayed.length > 0 && users.length > 0 && users.every((uid) => uid === 0)) {
    return ["failed", `runs as root what ran as user ${stayed.join(", ")}`];
  }
  return ["lives", ""];
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 });
    const done = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => done(true));
    socket.once("timeout", () => done(false));
    socket.once("error", () => done(false));
  });
}

/** The end of what a container wrote to both of its streams, which Docker hands over one after the other. */
async function logOf(docker: Docker, id: string, signal: AbortSignal): Promise<readonly string[]> {
  const { stdout, stderr } = await docker.ask(["logs", "--timestamps", "--tail", "300", id], { signal });
  return `${stdout}\n${stderr}`
    .split("\n")
    .filter((line) => /^\d{4}-/.test(line))
    .sort()
    .map((line) => line.replace(/^\S+ ?/, "").trim())
    .filter((line) => line !== "");
}

async function healthWords(docker: Docker, id: string, signal: AbortSignal): Promise<readonly string[]> {
  const { stdout } = await docker.ask(["inspect", "--format", "{{json .State.Health}}", id], { signal });
  const checks: readonly Json[] = listIn(mapIn(jsonOf(stdout)).Log);
  const output = textIn(mapIn(checks.at(-1)).Output).trim();
  return output === "" ? [] : [`health check: ${lastLine(output)}`];
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done, { once: true });
  });
}
