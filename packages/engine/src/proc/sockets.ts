import { linkAt, namesAt, PROC, processNumbers, textAt } from "./read.js";

/** One socket of a network namespace. */
export interface Socket {
  readonly protocol: "tcp" | "udp";
  readonly local: { readonly address: string; readonly port: number };
  readonly remote: { readonly address: string; readonly port: number };
  /** True when it waits for whoever comes. */
  readonly isListening: boolean;
  readonly inode: number;
}

/** TCP_LISTEN in include/net/tcp_states.h; UDP sockets that are bound and not connected stand in TCP_CLOSE. */
const LISTEN = { tcp: "0A", udp: "07" } as const;

/** The sockets of the network namespace that a process is in; undefined where they cannot be read. */
export function socketsOf(pid: number | "self", proc: string = PROC): readonly Socket[] | undefined {
  const tables = (["tcp", "tcp6", "udp", "udp6"] as const).map((name) => ({
    protocol: name.startsWith("tcp") ? ("tcp" as const) : ("udp" as const),
    text: textAt(proc, String(pid), "net", name),
  }));
  // Without IPv6 its tables are missing.
  if (tables[0]?.text === undefined) return undefined;
  return tables.flatMap(({ protocol, text = "" }) =>
    text
      .split("\n")
      .slice(1)
      .flatMap((line) => socketIn(line, protocol)),
  );
}

/** A line of `/proc/net/tcp`: number, local and remote address, state, …, inode in the tenth column. */
function socketIn(line: string, protocol: Socket["protocol"]): readonly Socket[] {
  const [, local = "", remote = "", state = "", , , , , , inode = ""] = line.trim().split(/\s+/);
  const from = endpointIn(local);
  const to = endpointIn(remote);
  if (from === undefined || to === undefined) return [];
  const isListening = state === LISTEN[protocol] && to.port === 0;
  return [{ protocol, local: from, remote: to, isListening, inode: Number(inode) || 0 }];
}

/** `0100007F:1F90` is 127.0.0.1:8080: four bytes in the machine's order at a time. All machines with engines are little-endian. */
function endpointIn(text: string): Socket["local"] | undefined {
  const [, hex = "", port = ""] = /^((?:[0-9A-F]{8})+):([0-9A-F]{4})$/i.exec(text) ?? [];
  if (hex === "") return undefined;
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) =>
    (word.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
  );
  return { address: bytes.length === 4 ? bytes.join(".") : ipv6Text(bytes), port: Number.parseInt(port, 16) };
}

/** An IPv6 address in the spelling of RFC 5952; an IPv4 address in it as IPv4. */
function ipv6Text(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0));
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return bytes.slice(12).join(".");
  const text = groups.map((group) => group.toString(16)).join(":");
  const [longest = ""] = (text.match(/(?:^|:)0(?::0)+(?=:|$)/g) ?? []).sort((a, b) => b.length - a.length);
  if (longest === "") return text;
  const at = text.indexOf(longest);
  return `${text.slice(0, at)}::${text.slice(at + longest.length).replace(/^:/, "")}`;
}

/** The process that holds each socket, by the socket's inode; those of other users are missing without root's rights. */
export function holdersOf(inodes: ReadonlySet<number>, proc: string = PROC): ReadonlyMap<number, number> {
  const holders = new Map<number, number>();
  for (const pid of processNumbers(proc)) {
    for (const number of namesAt(proc, String(pid), "fd") ?? []) {
      const [, digits] = /^socket:\[(\d+)\]$/.exec(linkAt(proc, String(pid), "fd", number) ?? "") ?? [];
      const inode = Number(digits);
      if (inodes.has(inode) && !holders.has(inode)) holders.set(inode, pid);
    }
  }
  return holders;
}
