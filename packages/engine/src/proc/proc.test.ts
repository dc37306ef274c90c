import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { containerIn } from "../container.js";
import { listenersInLsof, listenersInSs, listListeners } from "../listeners.js";
import { notePorts, noteTracked, type PortBook, portsIn, trackedConnections } from "../observe/ports.js";
import { lookThrough } from "./folder.js";
import { capabilitiesIn, codePathsOf, containerOf, processesByContainer, statusOf, writtenFilesOf } from "./process.js";
import { pathIn } from "./read.js";
import { socketsOf } from "./sockets.js";
import { cgroupUsageOf } from "./usage.js";

/** A folder like `/proc`; a text that starts with `->` is a link. */
function tree(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), "compose-harden-proc-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    if (text.startsWith("->")) symlinkSync(text.slice(2), join(root, path));
    else writeFileSync(join(root, path), text);
  }
  return root;
}

const HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const line = (local: string, remote: string, state: string, inode: number) =>
  `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0 100 0 0 10 0\n`;
const ID = "ab".repeat(32);

describe("processes", () => {
  it("are read with the ids that their container counts", () => {
    const proc = tree({
      "7/status":
        "Name:\tnginx\nUid:\t100101\t100101\t100101\t100101\nGid:\t100101\t100101\t100101\t100101\nVmHWM:\t    1592 kB\nThreads:\t3\nCapPrm:\t00000000a80425fb\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\n",
      "7/uid_map": "         0     100000      65536\n",
      "7/gid_map": "         0          0 4294967295\n",
    });
    expect(statusOf(7, proc)).toMatchObject({
      program: "nginx",
      uid: 101,
      gid: 100101,
      threads: 3,
      peakResident: 1592 * 1024,
      capabilities: { bounding: [] },
      noNewPrivileges: true,
    });
    expect(statusOf(7, proc)?.capabilities.permitted).toContain("SYS_CHROOT");
    expect(statusOf(8, proc)).toBeUndefined();
    expect(capabilitiesIn("0000000000000401")).toEqual(["CHOWN", "NET_BIND_SERVICE"]);
  });

  it.each([
    ["cgroup v1 of Docker", `4:memory:/docker/${ID}\n0::/docker/${ID}\n`],
    ["cgroup v2 of Docker under systemd", `0::/system.slice/docker-${ID}.scope\n`],
    ["rootless Docker", `0::/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${ID}.scope\n`],
    ["Podman", `0::/machine.slice/libpod-${ID}.scope/container\n`],
    ["Kubernetes' containerd", `0::/kubepods.slice/cri-containerd-${ID}.scope\n`],
    ["a container's own group", `0::/docker/${ID}/init\n`],
  ])("belong to a container: %s", (_, cgroup) => {
    const proc = tree({ "7/cgroup": cgroup, "8/cgroup": "0::/init.scope\n" });
    expect(containerOf(7, proc)).toBe(ID);
    expect(containerOf(8, proc)).toBeUndefined();
    expect(processesByContainer(proc)).toEqual(new Map([[ID, [7]]]));
  });

  it("show what they write and what they run", () => {
    const proc = tree({
      "7/fd/1": "->pipe:[1]",
      "7/fd/2": "->/var/log/a.log",
      "7/fd/3": "->/etc/a.conf",
      "7/fd/4": "->/tmp/x (deleted)",
      "7/fdinfo/1": "flags:\t01\n",
      "7/fdinfo/2": "pos:\t0\nflags:\t0102001\n",
      "7/fdinfo/3": "flags:\t0100000\n",
      "7/fdinfo/4": "flags:\t0100002\n",
      "7/maps":
        "5581-5582 r-xp 00000000 08:01 12      /usr/bin/java\n7f01-7f02 rw-p 00000000 00:00 0 \n7f03-7f04 r-xp 00001000 00:2f 77      /tmp/libnative.so (deleted)\n7f05-7f06 r--p 00000000 00:00 3      /tmp/data\n",
    });
    expect(writtenFilesOf(7, proc)).toEqual(["/var/log/a.log", "/tmp/x"]);
    expect(codePathsOf(7, proc)).toEqual(["/usr/bin/java", "/tmp/libnative.so"]);
    expect(writtenFilesOf(8, proc)).toEqual([]);
    expect(codePathsOf(8, proc)).toEqual([]);
  });

  it("are measured under both versions of control groups", () => {
    const proc = tree({ "7/cgroup": "4:memory:/docker/a\n5:pids:/docker/a\n0::/docker/a\n", "8/cgroup": "0::/b\n" });
    const sys = tree({
      "memory/docker/a/memory.usage_in_bytes": "1000\n",
      "memory/docker/a/memory.max_usage_in_bytes": "5000\n",
      "memory/docker/a/memory.stat": "cache 1\ntotal_inactive_file 400\n",
      "pids/docker/a/pids.current": "3\n",
      "b/memory.current": "70\n",
      "b/memory.stat": "inactive_file 100\n",
      "b/pids.current": "2\n",
      "b/pids.peak": "max\n",
    });
    expect(cgroupUsageOf(7, proc, sys)).toEqual({ memory: 600, memoryPeak: 5000, pids: 3, pidsPeak: undefined });
    expect(cgroupUsageOf(8, proc, sys)).toEqual({ memory: 0, memoryPeak: undefined, pids: 2, pidsPeak: undefined });
    expect(cgroupUsageOf(9, proc, sys).memory).toBeUndefined();
  });
});

describe("folders of a container", () => {
  it("are found by its own links, and never outside", () => {
    const root = tree({ "run/app/a": "x", "var/run": "->/run", out: "->../../..", loop: "->loop" });
    expect(pathIn(root, "/var/run/app")).toBe(join(root, "run/app"));
    expect(pathIn(root, "/out/run")).toBe(join(root, "run"));
    expect(pathIn(root, "/loop")).toBeUndefined();
    expect(pathIn(root, "/missing")).toBeUndefined();
  });

  it("are looked into", () => {
    const proc = tree({ "7/root/tmp/a": "12345", "7/root/tmp/b/c": "", "7/root/tmp/l": "->a" });
    const look = lookThrough(7, proc);
    const seen = look("/tmp");
    if (typeof seen !== "object") throw new Error("no folder");
    expect(seen.entries.map(({ name, kind, bytes }) => [name, kind, bytes]).sort()).toEqual([
      ["a", "file", 5],
      ["b", "folder", 0],
      ["l", "other", 0],
    ]);
    expect(look("/tmp/a")).toBe("file");
    expect(look("/nowhere")).toBeUndefined();
  });
});

describe("sockets", () => {
  const proc = tree;
  it("are read from the kernel's tables", () => {
    const root = proc({
      "self/net/tcp":
        HEAD + line("0100007F:1F90", "00000000:0000", "0A", 11) + line("020011AC:0050", "010011AC:C350", "01", 0),
      "self/net/tcp6":
        HEAD +
        line("00000000000000000000000000000000:0050", "00000000000000000000000000000000:0000", "0A", 12) +
        line("0000000000000000FFFF00000100007F:0051", "00000000000000000000000000000000:0000", "0A", 13) +
        line("B80D0120000000000000000001000000:0052", "00000000000000000000000000000000:0000", "0A", 14),
      "self/net/udp": `${HEAD}${line("00000000:0035", "00000000:0000", "07", 15)}garbage\n`,
      "70/fd/3": "->socket:[11]",
      "70/comm": "ollama\n",
      "70/cgroup": "0::/system.slice/ollama.service\n",
      "71/fd/3": "->socket:[12]",
      "71/comm": "nginx\n",
      "71/cgroup": `0::/docker/${ID}\n`,
    });
    expect(listListeners(root)).toEqual({
      source: "proc",
      listeners: [
        { protocol: "udp", address: "0.0.0.0", port: 53 },
        { protocol: "tcp", address: "::", port: 80, process: { pid: 71, program: "nginx", container: ID } },
        { protocol: "tcp", address: "127.0.0.1", port: 81 },
        { protocol: "tcp", address: "2001:db8::1", port: 82 },
        {
          protocol: "tcp",
          address: "127.0.0.1",
          port: 8080,
          process: { pid: 70, program: "ollama", unit: "ollama.service" },
        },
      ],
    });
  });

  it("tell which ports got traffic, and from whom", () => {
    const root = proc({
      "7/net/tcp":
        HEAD +
        line("00000000:0050", "00000000:0000", "0A", 1) +
        line("0B00007F:9999", "00000000:0000", "0A", 2) +
        line("020011AC:0050", "030011AC:C350", "01", 0) +
        line("0100007F:0050", "0100007F:C351", "06", 0) +
        line("020011AC:C000", "040011AC:1538", "01", 0),
      // A name server, and the socket of a question to another one.
      "7/net/udp":
        HEAD + line("00000000:0035", "00000000:0000", "07", 3) + line("00000000:9C40", "00000000:0000", "07", 4),
      "net/nf_conntrack":
        "ipv4     2 tcp      6 117 TIME_WAIT src=192.0.2.7 dst=10.0.0.1 sport=5000 dport=8080 src=172.17.0.2 dst=192.0.2.7 sport=80 dport=5000 [ASSURED] mark=0 use=1\nnonsense\n",
    });
    const container = containerIn({
      Id: "a",
      State: {},
      NetworkSettings: { Networks: { n: { IPAddress: "172.17.0.2", Gateway: "172.17.0.1" } } },
    });
    if (container === undefined) throw new Error("no container");
    const whose = (address: string) =>
      address === "172.17.0.3" ? "project" : address.startsWith("127.") ? "self" : "elsewhere";
    const book: PortBook = new Map();
    notePorts(book, socketsOf(7, root) ?? [], whose);
    noteTracked(book, trackedConnections(root), container, whose);
    expect(portsIn(book)).toEqual([
      { port: 53, protocol: "udp", listens: true, from: [] },
      { port: 80, protocol: "tcp", listens: true, from: ["self", "project", "elsewhere"] },
    ]);
  });

  it("are read from ss and lsof where there is no /proc", () => {
    const ss = `tcp   LISTEN 0      4096       127.0.0.53%lo:53         0.0.0.0:*    users:(("systemd-resolve",pid=586,fd=18))
udp   UNCONN 0      0                  [::1]:323           [::]:*
tcp   LISTEN 0      511                    *:11434            *:*    users:(("ollama",pid=12,fd=3),("x",pid=13,fd=3))
`;
    expect(listenersInSs(ss)).toEqual([
      { protocol: "tcp", address: "127.0.0.53", port: 53, process: { pid: 586, program: "systemd-resolve" } },
      { protocol: "udp", address: "::1", port: 323 },
      { protocol: "tcp", address: "0.0.0.0", port: 11434, process: { pid: 12, program: "ollama" } },
    ]);
    const lsof =
      "p501\ncollama\nf3\nPTCP\nn*:11434\nf4\nPUDP\nn127.0.0.1:53->127.0.0.1:9\nf5\nPUDP\nn[::1]:5353\nf6\nPUDP\nn*:*\n";
    expect(listenersInLsof(lsof)).toEqual([
      { protocol: "tcp", address: "0.0.0.0", port: 11434, process: { pid: 501, program: "ollama" } },
      { protocol: "udp", address: "::1", port: 5353, process: { pid: 501, program: "ollama" } },
    ]);
  });
});
