import type { Decoded, Span } from "./decoded.js";
import { accept, refuse } from "./decoded.js";
import { isIpAddress } from "./ip.js";
import { parseInteger } from "./number.js";

/** One published or exposed port in long form. */
export interface PortMapping {
  readonly mode: "ingress";
  /** Address without brackets; absent when the text names none. */
  readonly host_ip?: string;
  /** 0–65535. Compose leaves 0 out of the long form, and the schema then misses a target. */
  readonly target: number;
  /** Host port or range `3000-3002`; absent for a random one. */
  readonly published?: string;
  readonly protocol: "tcp" | "udp" | "sctp";
}

/** A short-syntax port and where its parts stand in the text. */
export interface ParsedPort {
  /** A range expands to one mapping for each container port, sorted as text (10000 before 9999), as Compose does. */
  readonly mappings: readonly PortMapping[];
  readonly parts: {
    /** With its brackets, if it has any; may be empty (`:80:80`). */
    readonly hostIp?: Span;
    /** May be empty (`127.0.0.1::80`). */
    readonly published?: Span;
    readonly target: Span;
    readonly protocol?: Span;
  };
}

/** Parses `[[ip:]host:]container[/protocol]`, each port a number or a range. */
export function parsePort(text: string): Decoded<ParsedPort> {
  const parts = splitPort(text);
  const targetText = text.slice(parts.target.start, parts.target.end);
  if (targetText === "") return refuse(`no port specified: ${text}<empty>`);
  const protocolText = parts.protocol === undefined ? "" : text.slice(parts.protocol.start, parts.protocol.end);
  const protocol = protocolText === "" ? "tcp" : protocolText.toLowerCase();
  if (protocol !== "tcp" && protocol !== "udp" && protocol !== "sctp") return refuse(`invalid proto: ${protocol}`);
  const address = readAddress(parts.hostIp === undefined ? "" : text.slice(parts.hostIp.start, parts.hostIp.end));
  if (!address.ok) return address;
  const target = readRange(targetText);
  if (target === undefined) return refuse(`invalid containerPort: ${targetText}`);
  const publishedText = parts.published === undefined ? "" : text.slice(parts.published.start, parts.published.end);
  const published = publishedText === "" ? undefined : readRange(publishedText);
  if (publishedText !== "") {
    if (published === undefined) return refuse(`invalid hostPort: ${publishedText}`);
    if (target.end !== target.start && target.end - target.start !== published.end - published.start) {
      return refuse(`invalid ranges specified for container and host Ports: ${targetText} and ${publishedText}`);
    }
  }
  const mappings = expand(target, published).map(
    ([port, host]): PortMapping => ({
      mode: "ingress",
      ...(address.value === "" ? {} : { host_ip: address.value }),
      target: port,
      ...(host === undefined ? {} : { published: host }),
      protocol,
    }),
  );
  return accept({ mappings, parts });
}

function splitPort(text: string): ParsedPort["parts"] {
  const last = text.lastIndexOf(":");
  const slash = text.indexOf("/", last + 1);
  const tail = {
    target: { start: last + 1, end: slash < 0 ? text.length : slash },
    ...(slash < 0 ? {} : { protocol: { start: slash + 1, end: text.length } }),
  };
  if (last < 0) return tail;
  const before = last === 0 ? -1 : text.lastIndexOf(":", last - 1);
  const published = { start: before + 1, end: last };
  return before < 0 ? { published, ...tail } : { hostIp: { start: 0, end: before }, published, ...tail };
}

function readAddress(text: string): Decoded<string> {
  const address = text.startsWith("[") ? unbracket(text) : accept(text);
  if (!address.ok || address.value === "" || isIpAddress(address.value)) return address;
  return refuse(`invalid IP address: ${address.value}`);
}

function unbracket(text: string): Decoded<string> {
  const close = text.indexOf("]");
  const complain = (what: string): Decoded<string> =>
    refuse(`invalid IP address ${text}: address ${text}:: ${what} in address`);
  if (close < 0) return complain("missing ']'");
  if (close !== text.length - 1) return complain(text.charAt(close + 1) === ":" ? "too many colons" : "missing port");
  const inner = text.slice(1, close);
  return inner.includes("[") ? complain("unexpected '['") : accept(inner);
}

function readRange(text: string): Span | undefined {
  const dash = text.indexOf("-");
  const first = dash < 0 ? text : text.slice(0, dash);
  const second = dash < 0 ? first : text.slice(dash + 1);
  const start = readPortNumber(first);
  const end = second === first ? start : readPortNumber(second);
  return start === undefined || end === undefined || end < start ? undefined : { start, end };
}

function readPortNumber(text: string): number | undefined {
  const number = parseInteger(text, 10);
  if (!number.ok || typeof number.value === "bigint") return undefined;
  return number.value >= 0 && number.value <= 65_535 ? Math.abs(number.value) : undefined;
}

function expand(target: Span, published: Span | undefined): readonly (readonly [number, string | undefined])[] {
  if (target.start === target.end) {
    const range = published === undefined || published.start === published.end ? "" : `-${published.end}`;
    return [[target.start, published === undefined ? undefined : `${published.start}${range}`]];
  }
  const all: [number, string | undefined][] = [];
  for (let i = 0; i <= target.end - target.start; i++) {
    all.push([target.start + i, published === undefined ? undefined : String(published.start + i)]);
  }
  // Ports are sorted with their protocol behind a slash, which sorts before any digit.
  return all.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}
