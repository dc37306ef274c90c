import { existsSync } from "node:fs";
import { type Container, isLoopback, type Listener, publishedPorts } from "@compose-harden/engine";
import { isMap, type Project, valueAt } from "@compose-harden/model";
import { type Profile, profileById, profileOf } from "@compose-harden/profiles";

/** Something on the machine that listens where only the project, or nothing, is meant to. */
export interface ListenerDrift {
  readonly service: string | undefined;
  readonly container: string | undefined;
  readonly attribute: "listeners";
  readonly message: string;
  readonly weaker: true;
  readonly mend: string;
  readonly process: Listener["process"];
}

/** Programs of the engine that hold published ports open for containers. */
const FORWARDERS =
  /^(?:docker-proxy|dockerd|rootlesskit|rootlessport|slirp4netns|pasta(?:\.avx2)?|conmon|netavark|aardvark-dns|vpnkit|gvproxy|com\.docker\.|containerd)/;

/** True when the engine's machine is this one: its containers' processes are seen here, or it answers on a local socket. */
export function engineIsHere(containers: readonly Container[], env: Readonly<Record<string, string>>): boolean {
  const [running] = containers.filter(({ state }) => state.pid > 0);
  if (running !== undefined) return existsSync(`/proc/${running.state.pid}`);
  return !/^(?:ssh|tcp|https?):/.test(env.DOCKER_HOST ?? "");
}

/**
 * Processes outside of the project that listen on other addresses than loopback: at a port that the project publishes or its
 * services listen on, at one that a service is told to use on this machine, or under the name of software that lets everyone in.
 */
export function strangersAt(
  listeners: readonly Listener[],
  project: Project,
  containers: readonly Container[],
): readonly ListenerDrift[] {
  const ports = wantedPorts(project);
  const found = new Map<string, ListenerDrift & { readonly port: number }>();
  for (const listener of listeners) {
    const { port, protocol, address, process } = listener;
    if (isLoopback(address) || FORWARDERS.test(process?.program ?? "")) continue;
    const container = containers.find(({ id }) => id === process?.container);
    if (container?.compose?.project === project.name) continue;
    // Without the process's name, a published port that a container of the engine holds is taken for its own.
    if (process === undefined && containers.some((one) => holds(one, port, protocol))) continue;
    const wanted = ports.get(`${protocol}/${port}`);
    const open = wanted === undefined ? openProgram(listener) : undefined;
    if (wanted === undefined && open === undefined) continue;
    const who =
      process === undefined
        ? "a process of another user"
        : container === undefined
          ? `the process \`${process.program}\` (${process.pid})`
          : `the container \`${container.name}\``;
    const where = address === "0.0.0.0" || address === "::" ? "on every interface" : `on ${address}`;
    const key = `${protocol}/${port} ${process?.pid ?? ""}`;
    found.set(key, {
      port,
      service: wanted?.service,
      container: container?.name,
      attribute: "listeners",
      message: `${who} listens ${where} at ${port}/${protocol}, ${wanted?.reason ?? `the port of ${open?.title}, which has no login`}`,
      weaker: true,
      mend: mendOf(listener, container),
      process,
    });
  }
  return [...found.values()].sort((a, b) => a.port - b.port).map(({ port: _, ...drift }) => drift);
}

function holds({ published }: Container, port: number, protocol: string): boolean {
  return published.some((one) => one.published === String(port) && one.protocol === protocol);
}

interface Wanted {
  readonly service: string;
  readonly reason: string;
}

/** The ports the project has to do with, by `protocol/number`. */
function wantedPorts(project: Project): ReadonlyMap<string, Wanted> {
  const ports = new Map<string, Wanted>();
  const add = (key: string, wanted: Wanted): void => {
    if (!ports.has(key)) ports.set(key, wanted);
  };
  for (const service of project.services) {
    const file = valueAt(project.data, service.path);
    for (const { port, protocol, address } of publishedPorts(isMap(file) ? file : {})) {
      // Two services of a project that want one port are another matter.
      if (service.active)
        add(`${protocol}/${port}`, {
          service: service.name,
          reason: `the port that \`${service.name}\` publishes on ${address === "" ? "every interface" : address}`,
        });
    }
  }
  for (const service of project.services) {
    for (const { value } of service.environment.items.values()) {
      for (const [, port] of (value ?? "").matchAll(/(?:host\.docker\.internal|172\.17\.0\.1|host-gateway):(\d+)/g))
        add(`tcp/${port}`, {
          service: service.name,
          reason: `the port at which \`${service.name}\` calls this machine`,
        });
    }
    const profile = service.image === undefined ? undefined : profileOf(service.image.value);
    for (const { port, proto = "tcp", exposure } of profile?.ports ?? []) {
      if (exposure !== "internal" && exposure !== "admin") continue;
      add(`${proto}/${port}`, {
        service: service.name,
        reason: `the port of software like \`${service.name}\`, outside of the project`,
      });
    }
  }
  return ports;
}

/** Software known to let everyone in, by the name of its program and its port: an Ollama outside of Docker. */
function openProgram({ port, process }: Listener): Profile | undefined {
  const name = process?.program.toLowerCase().replace(/-server$/, "") ?? "";
  const profile = /^[a-z][\w-]*$/.test(name) ? profileById(name) : undefined;
  const isOpen = profile?.auth?.state === "none" || profile?.auth?.state === "open";
  return isOpen && profile.ports.some((known) => known.port === port) ? profile : undefined;
}

function mendOf({ process }: Listener, container: Container | undefined): string {
  if (container !== undefined) return `docker rm -f ${container.name}`;
  if (process?.unit !== undefined)
    return `sudo systemctl edit ${process.unit}   # bind it to 127.0.0.1, then restart it`;
  return process === undefined
    ? "sudo ss -ltnup   # see whose it is, and bind it to 127.0.0.1"
    : `kill ${process.pid}   # or bind it to 127.0.0.1 in its own settings`;
}
