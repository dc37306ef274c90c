import { join } from "node:path";
import { numberAt, PROC, textAt } from "./read.js";

/** What the kernel has counted for a container; each undefined where it does not tell. */
export interface CgroupUsage {
  /** Bytes in use now, without the page cache it can take back at once. */
  readonly memory: number | undefined;
  /** Most bytes that were in use at once since the container started, page cache included. */
  readonly memoryPeak: number | undefined;
  /** Processes and threads now. */
  readonly pids: number | undefined;
  /** Most of them at once since the container started. */
  readonly pidsPeak: number | undefined;
}

const SYS = "/sys/fs/cgroup";

/**
 * Reads a container's control groups, v1 or v2, by one of its processes. `memory.peak` exists since Linux 5.19 and `pids.peak` since
 * 6.1: https://docs.kernel.org/admin-guide/cgroup-v2.html
 */
export function cgroupUsageOf(pid: number, proc: string = PROC, sys: string = SYS): CgroupUsage {
  const lines = (textAt(proc, String(pid), "cgroup") ?? "").split("\n");
  const groupOf = (controller: string): string | undefined => {
    for (const line of lines) {
      const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      if (controllers.split(",").includes(controller)) return join(sys, controllers, path);
    }
    return undefined;
  };
  const memoryV1 = groupOf("memory");
  const [, unified = ""] = /^0::(.*)$/m.exec(lines.join("\n")) ?? [];
  const memory = memoryV1 ?? join(sys, unified);
  const pids = groupOf("pids") ?? join(sys, unified);
  const current = numberAt(memory, memoryV1 === undefined ? "memory.current" : "memory.usage_in_bytes");
  const inactive = memoryV1 === undefined ? "inactive_file" : "total_inactive_file";
  const cache = Number(new RegExp(`^${inactive} (\\d+)$`, "m").exec(textAt(memory, "memory.stat") ?? "")?.[1] ?? 0);
  return {
    memory: current === undefined ? undefined : Math.max(0, current - cache),
    memoryPeak: numberAt(memory, memoryV1 === undefined ? "memory.peak" : "memory.max_usage_in_bytes"),
    pids: numberAt(pids, "pids.current"),
    pidsPeak: numberAt(pids, "pids.peak"),
  };
}
