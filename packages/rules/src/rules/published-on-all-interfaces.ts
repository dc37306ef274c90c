import type { Intent, JsonMap, Located, Port, Project, Service } from "@compose-harden/model";
import { isMap, remembered, sameJson, valueAt, writtenAs } from "@compose-harden/model";
import type { Grade } from "../advice/advice.js";
import { isSwarmService } from "../host/container.js";
import {
  formatPort,
  innerPurpose,
  isEveryInterface,
  isEveryIPv6Interface,
  remotePurpose,
  unsetPort,
} from "../network/ports.js";
import type { Context, Report, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

interface Options {
  readonly bind: string;
}

/** Published ports are bound to one address, not to every interface of the machine. */
export const publishedOnAllInterfaces: Rule<Options> = {
  id: "published-on-all-interfaces",
  summary: "published ports are bound to one address, not to every interface",
  topic: "network",
  severity: severityOf("network", "comfort"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Packet filtering and firewalls (Docker and ufw)",
      url: "https://docs.docker.com/engine/network/packet-filtering-firewalls/#docker-and-ufw",
    },
    {
      title: "Docker: Port publishing and mapping",
      url: "https://docs.docker.com/engine/network/port-publishing/",
    },
    { title: "Compose: ports", url: "https://docs.docker.com/reference/compose-file/services/#ports" },
  ],
  frameworks: { cis: ["5.14"], owasp: ["5a"], nist: ["4.4.2"] },
  options: {
    bind: {
      summary: "the address to write, also one with a way to override it: `${BIND_ADDR:-127.0.0.1}`",
      default: "127.0.0.1",
    },
  },

  reads: ["ports"],

  service(service, context) {
    if (isVoid(service)) return;
    const open = service.ports.items.filter(
      (port) =>
        isEveryInterface(port.value.host_ip) &&
        ((port.value.host_ip ?? "") !== "" ||
          !(hasNarrowDefault(service, context.project) || mustBeSet(port, context.project))),
    );
    for (const entry of byWrittenEntry(open)) context.report(reportOf(service, entry, context));
  },
};

/** Without a network of its own the container publishes nothing: `host`, `none`, another container's. */
function isVoid({ network_mode }: Service): boolean {
  return network_mode !== undefined && /^(host|none|service:.*|container:.*)$/.test(network_mode.value);
}

/** `${HOST_IP:?}:80:80`: without the variable nothing starts, so that the address is another one than none. */
function mustBeSet({ origin }: Located<Port>, project: Project): boolean {
  return /^["']?\$\{\w+:?\?[^}]*\}:[^:]+:/.test(writtenAs(origin, project) ?? "");
}

/** Networks can name the address that ports without one are bound to. */
function hasNarrowDefault(service: Service, project: Project): boolean {
  const networks = service.get("networks")?.raw;
  const keys = isMap(networks) ? Object.keys(networks) : [];
  const option = ["driver_opts", "com.docker.network.bridge.host_binding_ipv4"];
  return (
    keys.length > 0 &&
    keys.every((key) => {
      const address = valueAt(project.data, ["networks", key, ...option]);
      return typeof address === "string" && !isEveryInterface(address);
    })
  );
}

type Entry = readonly [Located<Port>, ...Located<Port>[]];

/** A range is one entry in the file and many ports in the project. */
function byWrittenEntry(ports: readonly Located<Port>[]): readonly Entry[] {
  const [first, ...others] = ports;
  if (first === undefined) return [];
  if (others.length === 0) return [[first]];
  const entries = new Map<string, [Located<Port>, ...Located<Port>[]]>();
  for (const port of ports) {
    const at = port.origin?.value;
    const key = at === undefined ? JSON.stringify(port.path) : `${at.file}:${at.start}:${at.end}`;
    const known = entries.get(key);
    if (known === undefined) entries.set(key, [port]);
    else known.push(port);
  }
  return [...entries.values()];
}

function reportOf(service: Service, entry: Entry, { project, options }: Context<Options>): Report {
  const [{ value: first }] = entry;
  const inner = firstOf(entry, (port) => innerPurpose(service, port));
  const name = entryName(entry);
  const reached = inner === undefined ? "it too" : inner.reason;
  return {
    at: entry[0],
    message:
      first.published === undefined
        ? `\`${service.name}\` publishes ${name} on ${unsetPort(entry[0], project) ?? "a random port"} of every interface`
        : `\`${service.name}\` publishes ${name}${inner === undefined ? "" : ` (${inner.name})`} on every interface`,
    risk: `every machine that reaches this one reaches ${reached}, because Docker's rules apply before those of UFW or firewalld`,
    severity: inner === undefined ? undefined : severityOf("network", inner.reach),
    fix: {
      title: `bind ${name} to ${isEveryIPv6Interface(first.host_ip) ? "::1" : options.bind}`,
      intents: entry.map((port) => bindIntent(service, port, options.bind)),
      note: `${name} then answers on this machine only; reach it from elsewhere by an SSH tunnel (ssh -L), Tailscale or WireGuard, Cloudflare Tunnel, or a reverse proxy with a login`,
      ...grade(project, service, entry, name),
    },
  };
}

/** What is told of the first of the ports of which anything is. */
function firstOf<T>(entry: Entry, tell: (port: Port) => T | undefined): T | undefined {
  for (const { value } of entry) {
    const told = tell(value);
    if (told !== undefined) return told;
  }
  return undefined;
}

function entryName(entry: Entry): string {
  const first = entry[0].value;
  const last = entry.at(-1)?.value ?? first;
  const [from, to] = [first.published ?? first.target, last.published ?? last.target];
  return formatPort(from === to ? from : `${from}-${to}`, first.protocol);
}

function bindIntent(service: Service, { value, raw }: Located<Port>, bind: string): Intent {
  const path = service.ports.path;
  const port: JsonMap = isMap(raw) ? raw : {};
  const address = isEveryIPv6Interface(value.host_ip) ? "::1" : bind;
  const by = { ...port, host_ip: withoutExpression(address) };
  // Published on loopback as well: the open entry only repeats it.
  if (service.ports.items.some((other) => other.value.host_ip === by.host_ip && sameJson(other.raw, by)))
    return { op: "drop", path, item: raw };
  const written = address === by.host_ip ? {} : { written: { ...port, host_ip: address } };
  return { op: "replace", path, item: raw, by, ...written };
}

/** The address when the variable of `${NAME:-address}` is unset. */
function withoutExpression(bind: string): string {
  return bind.startsWith("$") ? (/^\$\{\w+:?-([^}]*)\}$/.exec(bind)?.[1] ?? bind) : bind;
}

function grade(project: Project, service: Service, entry: Entry, name: string): Grade {
  const remote = firstOf(entry, (port) => remotePurpose(service, port));
  const caveat =
    remote !== undefined
      ? `${name} (${remote.name}) is made for other machines, which then cannot reach it: ${remote.reason}`
      : entry[0].value.protocol === "udp"
        ? `what answers on UDP is mostly made for other machines (calls, games, VPN, discovery), which then cannot reach ${name}`
        : isSwarmService(service)
          ? "`docker stack deploy` ignores addresses and publishes on every node; only `docker compose` honours them"
          : reachedThroughHost(project, entry)
            ? "the settings of this project name this port at the host's address, where loopback does not answer on Linux"
            : undefined;
  return caveat === undefined ? { applicability: "safe" } : { applicability: "unsafe", caveat };
}

/** Names and addresses that lead out of the project: not 127.0.0.1, nor 0.0.0.0 to listen on. */
const HOST_CALL =
  /(?:host\.docker\.internal|gateway\.docker\.internal|(?<![\d.])(?!127\.|0\.)\d{1,3}(?:\.\d{1,3}){3}):(\d+)/g;

/** The ports that some service's settings name at the host's address. */
const hostPortsCalled = remembered(({ services }: Project): ReadonlySet<string> => {
  const ports = new Set<string>();
  for (const { environment } of services)
    for (const { value } of environment.items.values())
      if (value?.includes(":") === true) for (const [, port = ""] of value.matchAll(HOST_CALL)) ports.add(port);
  return ports;
});

/** True when some service's settings name the published port at the host's address as containers see it. */
function reachedThroughHost(project: Project, entry: Entry): boolean {
  const called = hostPortsCalled(project);
  return entry.some(({ value }) => value.published !== undefined && called.has(value.published));
}
