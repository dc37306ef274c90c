import type { Json } from "@compose-harden/model";
import type { CallOptions, Docker } from "./docker.js";
import { EngineError, isGone, lastLine } from "./errors.js";
import { entryReader, mapIn, textIn } from "./shape.js";

/** What a container uses at one moment. */
export interface Usage {
  readonly id: string;
  /** Bytes, without the page cache that the kernel can take back. */
  readonly memory: number;
  /** Processes and threads. */
  readonly pids: number;
}

/** One reading of `docker stats` for running containers; those that stop meanwhile may be missing. Throws `EngineError`. */
export async function usageOf(
  docker: Docker,
  ids: readonly string[],
  options: CallOptions = {},
): Promise<readonly Usage[]> {
  if (ids.length === 0) return [];
  const usages: Usage[] = [];
  const entries = entryReader((entry) => {
    const usage = usageIn(entry);
    if (usage !== undefined) usages.push(usage);
  });
  const args = ["stats", "--no-stream", "--no-trunc", "--format", "{{json .}}", ...ids];
  const answer = await docker.lines(args, entries.line, options);
  entries.end();
  if (answer.code !== 0 && !isGone(answer.stderr)) {
    throw new EngineError("failed", `\`docker stats\` failed: ${lastLine(answer.stderr)}`);
  }
  return usages;
}

function usageIn(entry: Json | undefined): Usage | undefined {
  const all = mapIn(entry);
  // Podman's names of the same are in lower case.
  const id = textIn(all.ID) || textIn(all.Container) || textIn(all.id);
  const memory = bytesIn(textIn(all.MemUsage ?? all.mem_usage).split("/")[0] ?? "");
  if (id === "" || memory === undefined) return undefined;
  return { id, memory, pids: Number(textIn(all.PIDs ?? all.pids)) || 0 };
}

const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/** `12.5MiB` in bytes. */
function bytesIn(text: string): number | undefined {
  const [, digits, unit = ""] = /^\s*([\d.]+)\s*([a-z]+)\s*$/i.exec(text) ?? [];
  const size = UNITS[unit.toLowerCase()];
  return digits === undefined || size === undefined ? undefined : Math.round(Number(digits) * size);
}
