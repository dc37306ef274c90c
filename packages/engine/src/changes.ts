import type { CallOptions, Docker } from "./docker.js";
import { EngineError, isGone, lastLine } from "./errors.js";

/** One path of a container's own file system that differs from its image. */
export interface Change {
  readonly kind: "added" | "changed" | "deleted";
  readonly path: string;
}

const KINDS: Readonly<Record<string, Change["kind"]>> = { A: "added", C: "changed", D: "deleted" };

/**
 * What `docker diff` lists: everything a container wrote into its own file system since it was created, folders on the way included.
 * What lies in volumes, bind mounts and tmpfs mounts is not part of it. Undefined when the container is gone. Throws `EngineError`.
 */
export async function changesOf(
  docker: Docker,
  id: string,
  options: CallOptions = {},
): Promise<readonly Change[] | undefined> {
  const changes: Change[] = [];
  const answer = await docker.lines(
    ["diff", id],
    (line) => {
      const kind = KINDS[line.charAt(0)];
      if (kind !== undefined && line.startsWith("/", 2)) changes.push({ kind, path: line.slice(2) });
    },
    options,
  );
  if (answer.code === 0) return changes;
  if (isGone(answer.stderr)) return undefined;
  throw new EngineError("failed", `\`docker diff\` failed: ${lastLine(answer.stderr)}`);
}
