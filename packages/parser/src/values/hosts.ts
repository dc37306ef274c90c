import type { Decoded } from "./decoded.js";
import { accept, refuse } from "./decoded.js";
import { compareBytes } from "./unicode.js";

/** `extra_hosts` as written: a list of `host=address` or `host:address`, or a mapping to one address or several. */
export type HostsInput = readonly string[] | Readonly<Record<string, null | string | readonly string[]>>;

/** Reads `extra_hosts` into sorted `host=address` items. Only list items split at commas; brackets around an address go. */
export function parseHosts(input: HostsInput): Decoded<readonly string[]> {
  const hosts = isItems(input) ? readItems(input) : accept(readMapping(input));
  if (!hosts.ok) return hosts;
  const items: string[] = [];
  for (const [host, addresses] of hosts.value) {
    if (host === "" || /[:=]/.test(host)) return refuse(`bad host name '${host}'`);
    for (const address of addresses) items.push(`${host}=${unbracket(address)}`);
  }
  return accept(items.sort(compareBytes));
}

function isItems(input: HostsInput): input is readonly string[] {
  return Array.isArray(input);
}

function readItems(items: readonly string[]): Decoded<ReadonlyMap<string, readonly string[]>> {
  const hosts = new Map<string, readonly string[]>();
  for (const item of items) {
    const equals = item.indexOf("=");
    const at = equals < 0 ? item.indexOf(":") : equals;
    if (at < 0) return refuse(`invalid additional host, missing IP: ${item}`);
    const host = item.slice(0, at);
    hosts.set(host, [...(hosts.get(host) ?? []), ...item.slice(at + 1).split(",")]);
  }
  return accept(hosts);
}

function readMapping(mapping: Exclude<HostsInput, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(mapping).map(([host, value]) => [
      host,
      value === null ? [""] : typeof value === "string" ? [value] : value,
    ]),
  );
}

function unbracket(address: string): string {
  return address.length > 2 && address.startsWith("[") && address.endsWith("]") ? address.slice(1, -1) : address;
}
