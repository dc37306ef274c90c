import type { ObservedPort } from "@compose-harden/model";
import type { Container } from "../container.js";
import { PROC, textAt } from "../proc/read.js";
import type { Socket } from "../proc/sockets.js";

/** What is known about one port so far. */
interface PortClues {
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  readonly from: Set<ObservedPort["from"][number]>;
}

/** Ports by `protocol/number`. */
export type PortBook = Map<string, PortClues>;

/** Who an address belongs to, seen from one container. */
export type Whose = (address: string) => ObservedPort["from"][number];

/** Tells a container's own addresses, those of its project's others, and the machine's from all else. */
export function whoseAddress(container: Container, project: readonly Container[]): Whose {
  const own = container.addresses.flatMap((member) => member.own);
  const siblings = project.flatMap(({ addresses }) => addresses.flatMap((member) => member.own));
  const gateways = container.addresses.flatMap((member) => member.gateways);
  return (address) => {
    if (address.startsWith("127.") || address === "::1" || own.includes(address)) return "self";
    if (siblings.includes(address)) return "project";
    return gateways.includes(address) ? "host" : "elsewhere";
  };
}

/** Notes which ports wait for connections and who has one, from one look at the sockets of a container's network. */
export function notePorts(book: PortBook, sockets: readonly Socket[], whose: Whose): void {
  for (const { protocol, local, isListening } of sockets) {
    const key = `${protocol}/${local.port}`;
    if (isListening && !isEngineResolver(local.address) && !book.has(key))
      book.set(key, { port: local.port, protocol, from: new Set() });
  }
  for (const { protocol, local, remote, isListening } of sockets) {
    if (!isListening && remote.port !== 0) book.get(`${protocol}/${local.port}`)?.from.add(whose(remote.address));
  }
}

/** The name server that Docker puts into containers listens on this address. */
function isEngineResolver(address: string): boolean {
  return address === "127.0.0.11";
}

/** A connection that the kernel's firewall tracks, in the direction in which it was opened. */
export interface Tracked {
  readonly protocol: string;
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

/**
 * Connections as `/proc/net/nf_conntrack` lists them, both as they were opened and as they arrive after translation; none where it
 * is not there or not for this user.
 */
export function trackedConnections(proc: string = PROC): readonly Tracked[] {
  return (textAt(proc, "net", "nf_conntrack") ?? "").split("\n").flatMap((line) => {
    const protocol = /\b(tcp|udp)\b/.exec(line)?.[1];
    const [opened, answer] = [...line.matchAll(/src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/g)];
    if (protocol === undefined || opened === undefined) return [];
    const [, from = "", to = "", , port = ""] = opened;
    const direct = { protocol, from, to, port: Number(port) };
    // What answers is where it really went.
    const [, reached = "", , reachedPort = ""] = answer ?? [];
    return [
      direct,
      ...(reached === "" || reached === to ? [] : [{ ...direct, to: reached, port: Number(reachedPort) }]),
    ];
  });
}

/** Notes tracked connections to a container's addresses. */
export function noteTracked(book: PortBook, tracked: readonly Tracked[], container: Container, whose: Whose): void {
  const own = new Set(container.addresses.flatMap((member) => member.own));
  for (const { protocol, from, to, port } of tracked) {
    if (own.has(to)) book.get(`${protocol}/${port}`)?.from.add(whose(from));
  }
}

const ORDER: readonly ObservedPort["from"][number][] = ["self", "project", "host", "elsewhere"];

/** The first of the ports that Linux gives to whoever asks for any (`ip_local_port_range`). */
const FIRST_OF_ANY = 32_768;

/** The book as it is kept. A client's UDP socket looks like a server's; one on a port of the kernel's choice that nobody talked to is one. */
export function portsIn(book: PortBook): readonly ObservedPort[] {
  return [...book.values()]
    .filter(({ port, protocol, from }) => protocol === "tcp" || port < FIRST_OF_ANY || from.size > 0)
    .map(({ port, protocol, from }) => ({ port, protocol, listens: true, from: ORDER.filter((one) => from.has(one)) }))
    .sort((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1));
}
