import { spawnSync } from "node:child_process";
import { basename } from "node:path";
import { containerOf } from "./proc/process.js";
import { linkAt, PROC, textAt } from "./proc/read.js";
import { holdersOf, socketsOf } from "./proc/sockets.js";

/** A socket of this machine that waits for others. */
export interface Listener {
  readonly protocol: "tcp" | "udp";
  /** `0.0.0.0` and `::` mean every interface. */
  readonly address: string;
  readonly port: number;
  /** Absent where this user may not see whose it is. */
  readonly process?: {
    readonly pid: number;
    /** Name of the program, at most 15 characters. */
    readonly program: string;
    /** Full id of the container it belongs to; absent for a process of the machine itself. */
    readonly container?: string;
    /** The systemd service it belongs to: `ollama.service`. */
    readonly unit?: string;
  };
}

/** The listening sockets of this machine. */
export interface Listeners {
  readonly listeners: readonly Listener[];
  /** Where they were read: the kernel's own tables, or a program that reads them. */
  readonly source: "proc" | "ss" | "lsof";
}

/** Milliseconds for a program that lists sockets. */
const TIMEOUT = 15_000;

/**
 * The sockets this machine listens on, sorted by port, one for each address. From `/proc` on Linux, else by `ss` or `lsof`;
 * undefined where none of them tells. Several processes may share a socket: the first is named.
 */
export function listListeners(proc: string = PROC): Listeners | undefined {
  const own = fromProc(proc);
  if (own !== undefined) return { listeners: inOrder(own), source: "proc" };
  for (const { source, args, read } of PROGRAMS) {
    const { status, stdout } = spawnSync(source, args, { encoding: "utf8", timeout: TIMEOUT, maxBuffer: 1 << 26 });
    if (status === 0) return { listeners: inOrder(read(stdout)), source };
  }
  return undefined;
}

function fromProc(proc: string): readonly Listener[] | undefined {
  const sockets = socketsOf("self", proc)?.filter(({ isListening }) => isListening);
  if (sockets === undefined) return undefined;
  const holders = holdersOf(new Set(sockets.map(({ inode }) => inode)), proc);
  return sockets.map(({ protocol, local, inode }) => {
    const pid = holders.get(inode);
    return { protocol, ...local, ...(pid === undefined ? {} : { process: processAt(pid, proc) }) };
  });
}

function processAt(pid: number, proc: string): NonNullable<Listener["process"]> {
  const container = containerOf(pid, proc);
  const name = textAt(proc, String(pid), "comm")?.trim() ?? "";
  // Node names its threads, and the first one is what is shown of it.
  const program = name.endsWith("MainThread") ? basename(linkAt(proc, String(pid), "exe") ?? name) : name;
  const [, unit] = /\/([^/]+\.service)(?:\/|$)/m.exec(textAt(proc, String(pid), "cgroup") ?? "") ?? [];
  return {
    pid,
    program,
    ...(container === undefined ? {} : { container }),
    ...(unit === undefined || container !== undefined ? {} : { unit }),
  };
}

const PROGRAMS = [
  { source: "ss", args: ["-H", "-l", "-n", "-t", "-u", "-p"], read: listenersInSs },
  { source: "lsof", args: ["-nP", "-iTCP", "-iUDP", "-sTCP:LISTEN", "-FpcPnf"], read: listenersInLsof },
] as const;

/** `tcp LISTEN 0 128 127.0.0.1:631 0.0.0.0:* users:(("cupsd",pid=12,fd=7))` */
export function listenersInSs(text: string): readonly Listener[] {
  return text.split("\n").flatMap((line) => {
    const [protocol = "", , , , local = ""] = line.trim().split(/\s+/);
    const end = endpointIn(local);
    if ((protocol !== "tcp" && protocol !== "udp") || end === undefined) return [];
    const [, program, pid] = /users:\(\("([^"]*)",pid=(\d+)/.exec(line) ?? [];
    return [{ protocol, ...end, ...(program === undefined ? {} : { process: { pid: Number(pid), program } }) }];
  });
}

/** Fields one a line: `p12`, `ccupsd`, then for each socket `f7`, `PTCP`, `n127.0.0.1:631`. */
export function listenersInLsof(text: string): readonly Listener[] {
  const found: Listener[] = [];
  let pid = 0;
  let program = "";
  let protocol = "";
  for (const line of text.split("\n")) {
    const value = line.slice(1);
    if (line.startsWith("p")) pid = Number(value);
    else if (line.startsWith("c")) program = value;
    else if (line.startsWith("P")) protocol = value.toLowerCase();
    else if (line.startsWith("n") && !value.includes("->")) {
      const end = endpointIn(value);
      if (end !== undefined && (protocol === "tcp" || protocol === "udp"))
        found.push({ protocol, ...end, process: { pid, program } });
    }
  }
  return found;
}

/** `[::1%lo]:80`, `*:80`, `127.0.0.53%lo:53`. */
function endpointIn(text: string): { readonly address: string; readonly port: number } | undefined {
  const [, host = "", port] = /^(.*):(\d+)$/.exec(text) ?? [];
  if (port === undefined) return undefined;
  const address = host.replace(/^\[|\]$/g, "").replace(/%.*$/, "");
  return { address: address === "*" ? "0.0.0.0" : address, port: Number(port) };
}

function inOrder(listeners: readonly Listener[]): readonly Listener[] {
  const seen = new Map<string, Listener>();
  for (const listener of listeners) {
    const key = `${listener.protocol} ${listener.address} ${listener.port}`;
    if (seen.get(key)?.process === undefined) seen.set(key, listener);
  }
  return [...seen.values()].sort(
    (a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1) || (a.address < b.address ? -1 : 1),
  );
}
