import type { CallOptions, Docker } from "./docker.js";

/** A process of a container, by what identifies nobody's secrets: no arguments. */
export interface ContainerProcess {
  /** In the process namespace of the engine's machine. */
  readonly pid: number;
  /** Numbers, as the engine's machine counts users. */
  readonly uid: number;
  readonly gid: number;
  /** Name of the program, at most 15 characters. */
  readonly program: string;
}

/**
 * The processes of a running container, as `docker top` lists them. Undefined when it does not run or the engine's `ps` does not
 * know the columns. Throws `EngineError` when the engine cannot be asked.
 */
export async function processesOf(
  docker: Docker,
  id: string,
  options: CallOptions = {},
): Promise<readonly ContainerProcess[] | undefined> {
  const { code, stdout } = await docker.ask(["top", id, "-eo", "pid,uid,gid,comm"], options);
  if (code !== 0) return undefined;
  const [head = "", ...rows] = stdout.split("\n");
  if (!/^\s*PID\s+UID\s+GID\s+/.test(head)) return undefined;
  return rows.flatMap((row) => {
    const [, pid, uid, gid, program = ""] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*?)\s*$/.exec(row) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), uid: Number(uid), gid: Number(gid), program }];
  });
}
