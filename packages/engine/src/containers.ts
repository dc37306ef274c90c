import type { Json } from "@compose-harden/model";
import { type Container, containerIn } from "./container.js";
import type { CallOptions, Docker } from "./docker.js";
import { EngineError, isGone, lastLine } from "./errors.js";
import { entryReader } from "./shape.js";
import { together } from "./together.js";

/** Which containers to look at. */
export interface ContainerFilter {
  /** Only those of this Compose project. */
  readonly project?: string;
  /** Also those that do not run; default true. */
  readonly all?: boolean;
}

/** Ids a call of `docker inspect` takes: enough to be quick, few enough for every system's command line. */
const BATCH = 100;
/** Milliseconds for one look at all containers. */
const DEADLINE: number = 120_000;

/**
 * The containers of the engine, each as `docker inspect` describes it, in the order of `docker ps`. One that is removed meanwhile
 * is left out. Throws `EngineError`.
 */
export async function listContainers(
  docker: Docker,
  filter: ContainerFilter = {},
  options: CallOptions = {},
): Promise<readonly Container[]> {
  const { project, all = true } = filter;
  const args = ["ps", "--quiet", "--no-trunc"];
  if (all) args.push("--all");
  if (project !== undefined) args.push("--filter", `label=com.docker.compose.project=${project}`);
  const ids = (await docker.run(args, options)).split("\n").filter((id) => id !== "");
  return inspectContainers(docker, ids, options);
}

/** The named containers in the order of the names; names that no container has (any more) are left out. */
export async function inspectContainers(
  docker: Docker,
  names: readonly string[],
  options: CallOptions = {},
): Promise<readonly Container[]> {
  return inspect(docker, "container", names, containerIn, options);
}

/**
 * Entries of `docker inspect` for things of one type, some calls at a time, within two minutes together. Things that are gone are
 * left out.
 */
export async function inspect<T>(
  docker: Docker,
  type: "container" | "image" | "network" | "volume",
  names: readonly string[],
  read: (entry: Json | undefined) => T | undefined,
  options: CallOptions = {},
): Promise<readonly T[]> {
  const end = Date.now() + (options.timeout ?? DEADLINE);
  const batches = Array.from({ length: Math.ceil(names.length / BATCH) }, (_, i) =>
    names.slice(i * BATCH, (i + 1) * BATCH),
  );
  const found: T[][] = batches.map(() => []);
  await together(batches, async (batch, index) => {
    const timeout = end - Date.now();
    if (timeout <= 0) throw new EngineError("timeout", `\`docker inspect\` of ${names.length} ${type}s takes too long`);
    const args = ["inspect", "--type", type, "--format", "{{json .}}", "--", ...batch];
    const entries = entryReader((entry) => {
      const one = read(entry);
      if (one !== undefined) found[index]?.push(one);
    });
    const answer = await docker.lines(args, entries.line, {
      ...options,
      timeout: Math.min(timeout, options.timeout ?? DEADLINE),
    });
    entries.end();
    if (answer.code !== 0 && !isGone(answer.stderr)) {
      throw new EngineError("failed", `\`docker inspect\` failed: ${lastLine(answer.stderr)}`);
    }
  });
  return found.flat();
}
