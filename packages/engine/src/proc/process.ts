import { linkAt, namesAt, PROC, processNumbers, textAt } from "./read.js";

/** What the kernel says of one process. Nothing of its arguments or environment. */
export interface ProcessStatus {
  readonly pid: number;
  /** Name of the program, at most 15 characters. */
  readonly program: string;
  /** Effective ids as the process's own namespace counts them. */
  readonly uid: number;
  readonly gid: number;
  readonly threads: number;
  /** Most bytes that were resident at once; 0 where unknown. */
  readonly peakResident: number;
  /** Names without `CAP_`; a process may use `permitted` at any time. */
  readonly capabilities: { readonly permitted: readonly string[]; readonly bounding: readonly string[] };
  readonly noNewPrivileges: boolean;
}

/** In the order of their bits: include/uapi/linux/capability.h */
const CAPABILITIES: readonly string[] = [
  "CHOWN",
  "DAC_OVERRIDE",
  "DAC_READ_SEARCH",
  "FOWNER",
  "FSETID",
  "KILL",
  "SETGID",
  "SETUID",
  "SETPCAP",
  "LINUX_IMMUTABLE",
  "NET_BIND_SERVICE",
  "NET_BROADCAST",
  "NET_ADMIN",
  "NET_RAW",
  "IPC_LOCK",
  "IPC_OWNER",
  "SYS_MODULE",
  "SYS_RAWIO",
  "SYS_CHROOT",
  "SYS_PTRACE",
  "SYS_PACCT",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_NICE",
  "SYS_RESOURCE",
  "SYS_TIME",
  "SYS_TTY_CONFIG",
  "MKNOD",
  "LEASE",
  "AUDIT_WRITE",
  "AUDIT_CONTROL",
  "SETFCAP",
  "MAC_OVERRIDE",
  "MAC_ADMIN",
  "SYSLOG",
  "WAKE_ALARM",
  "BLOCK_SUSPEND",
  "AUDIT_READ",
  "PERFMON",
  "BPF",
  "CHECKPOINT_RESTORE",
];

/** The capabilities of a mask as `/proc/PID/status` writes it, sorted. */
export function capabilitiesIn(mask: string): readonly string[] {
  const bits = BigInt(`0x${mask}`);
  return CAPABILITIES.filter((_, bit) => ((bits >> BigInt(bit)) & 1n) === 1n).sort();
}

/** Reads `/proc/PID/status`; undefined when the process is gone or hidden. */
export function statusOf(pid: number, proc: string = PROC): ProcessStatus | undefined {
  const text = textAt(proc, String(pid), "status");
  if (text === undefined) return undefined;
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, "m").exec(text)?.[1] ?? "";
  const id = (name: string, map: string) => {
    const [, effective = "0"] = field(name).split(/\s+/);
    return idInNamespace(Number(effective), textAt(proc, String(pid), map));
  };
  const mask = (name: string) => capabilitiesIn(/^[0-9a-f]+$/i.test(field(name)) ? field(name) : "0");
  return {
    pid,
    program: field("Name"),
    uid: id("Uid", "uid_map"),
    gid: id("Gid", "gid_map"),
    threads: Number(field("Threads")) || 1,
    peakResident: (Number.parseInt(field("VmHWM"), 10) || 0) * 1024,
    capabilities: { permitted: mask("CapPrm"), bounding: mask("CapBnd") },
    noNewPrivileges: field("NoNewPrivs") === "1",
  };
}

/** An id of this namespace as another one counts it; `map` has lines of "inside outside count" (user_namespaces(7)). */
export function idInNamespace(id: number, map: string | undefined): number {
  for (const line of (map ?? "").split("\n")) {
    const [inside = Number.NaN, outside = Number.NaN, count = 0] = line.trim().split(/\s+/).map(Number);
    if (id >= outside && id < outside + count) return inside + id - outside;
  }
  return id;
}

/**
 * The container a process belongs to, by its control group: the full id, or undefined for processes of the machine itself.
 * Docker, containerd and Podman all write it there, under cgroup v1 and v2.
 */
export function containerOf(pid: number, proc: string = PROC): string | undefined {
  return /(?:^|[/:-])([0-9a-f]{64})(?:\.scope)?(?:$|\/)/m.exec(textAt(proc, String(pid), "cgroup") ?? "")?.[1];
}

/** The processes of each container that this user sees. */
export function processesByContainer(proc: string = PROC): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, number[]>();
  for (const pid of processNumbers(proc)) {
    const container = containerOf(pid, proc);
    if (container === undefined) continue;
    const pids = found.get(container);
    if (pids === undefined) found.set(container, [pid]);
    else pids.push(pid);
  }
  return found;
}

/** Paths of files that a process holds open for writing, as its container names them; deleted ones too. */
export function writtenFilesOf(pid: number, proc: string = PROC): readonly string[] {
  const base = [proc, String(pid)] as const;
  const paths: string[] = [];
  for (const number of namesAt(...base, "fd") ?? []) {
    const target = linkAt(...base, "fd", number);
    if (target === undefined || !target.startsWith("/")) continue;
    const flags = /^flags:\s*([0-7]+)$/m.exec(textAt(...base, "fdinfo", number) ?? "")?.[1];
    // The last two bits: 0 read, 1 write, 2 both (open(2)).
    if (flags !== undefined && (Number.parseInt(flags, 8) & 3) !== 0) paths.push(target.replace(/ \(deleted\)$/, ""));
  }
  return paths;
}

/** Paths of programs and libraries that a process runs code from, as its container names them. */
export function codePathsOf(pid: number, proc: string = PROC): readonly string[] {
  const paths = new Set<string>();
  for (const line of (textAt(proc, String(pid), "maps") ?? "").split("\n")) {
    const [, path] = /^\S+ \S\Sx\S \S+ \S+ \S+\s+(\/.*?)(?: \(deleted\))?$/.exec(line) ?? [];
    if (path !== undefined) paths.add(path);
  }
  return [...paths];
}
