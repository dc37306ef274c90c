import type { Service } from "./project.js";

/** One stretch of time in which a container was seen running. ISO times in UTC. */
export interface ObservedRun {
  /** First twelve digits of the container's id. */
  readonly container: string;
  /** When it was started: what it wrote since then is known even where nobody watched. */
  readonly from: string;
  readonly to: string;
}

/** A directory that a service wrote to, outside of its mounts. */
export interface ObservedWrite {
  /** A directory of the image, or one that the service made itself in one that cannot be hidden. */
  readonly path: string;
  /** Its owner and mode (octal), as the container counts users; absent where the directory could not be looked at. */
  readonly uid?: number;
  readonly gid?: number;
  readonly mode?: string;
  /**
   * `scratch`: what lies in it may be gone after a restart, as its name or its content (sockets, empty folders) tells.
   * `data`: nobody can tell, and a tmpfs would lose it.
   */
  readonly kind: "scratch" | "data";
  /** What of the image a tmpfs at this path would hide. */
  readonly hides: "nothing" | "folders" | "files" | "unknown";
  /** True when code was run from it. */
  readonly exec?: boolean;
  /** Bytes that lay in it at the end. */
  readonly bytes?: number;
}

/** A port of a service, and who talked to it. */
export interface ObservedPort {
  readonly port: number;
  readonly protocol: "tcp" | "udp";
  /** True when something in the container waited for connections on it. */
  readonly listens: boolean;
  /**
   * Where connections came from: the container itself (health checks), others of the project, the machine and what it forwards
   * (published ports), or anywhere else. Short ones may be missed; none is no proof of disuse.
   */
  readonly from: readonly ("self" | "project" | "host" | "elsewhere")[];
}

/** What was seen of one service while it ran. Absent is unknown. Keys are those of `compose-harden.observed.yaml`. */
export interface ObservedService {
  /** The image as the Compose file names it. */
  readonly image: string;
  /** `sha256:…` of the image that ran. */
  readonly image_id: string;
  /** A check value of `entrypoint`, `command` and `user` in the Compose file: too short to guess their words from. */
  readonly start: string;
  /** The user it was started as; empty: root. */
  readonly user: string;
  /** Paths at which the Compose file mounts something, sorted. */
  readonly mounts: readonly string[];
  /** True when its root file system was read-only. */
  readonly read_only: boolean;
  readonly runs: readonly ObservedRun[];
  /** Seconds in which it was looked at every few seconds. */
  readonly watched: number;
  /** Directories written to, sorted; undefined where the engine did not say. */
  readonly writes?: readonly ObservedWrite[];
  /** Files of the image itself that were changed or removed, or that were added among the image's own files: no tmpfs helps. */
  readonly image_writes?: readonly string[];
  /** Mounts that were written to. */
  readonly written_mounts?: readonly string[];
  /** Most bytes of memory in use at once, reclaimable page cache not counted. */
  readonly memory_peak?: number;
  /** Most processes and threads at once. */
  readonly pids_peak?: number;
  /** `uid:gid` of its processes, sorted. */
  readonly users?: readonly string[];
  readonly ports?: readonly ObservedPort[];
  /**
   * Capabilities that processes held, without `CAP_`: what they could have used, not what they used. What ran before the first look,
   * such as a start script, is not in it.
   */
  readonly capabilities?: readonly string[];
}

/** What was seen of a running project. */
export interface Observation {
  readonly version: 1;
  readonly services: Readonly<Record<string, ObservedService>>;
}

/** Paths at which a service mounts something, sorted: what is written there is not written to its own file system. */
export function mountedPaths({ volumes, tmpfs }: Pick<Service, "volumes" | "tmpfs">): readonly string[] {
  const targets = [...volumes.items, ...tmpfs.items].map(({ value }) => value.target.replace(/(?<=.)\/+$/, ""));
  return [...new Set(targets)].sort();
}

/** The time a service is known for, in seconds: that in which at least one of its containers ran. */
export function observedSeconds({ runs }: Pick<ObservedService, "runs">): number {
  const times = runs
    .map(({ from, to }) => [new Date(from).getTime(), new Date(to).getTime()] as const)
    .sort(([a], [b]) => a - b);
  let seconds = 0;
  let known = Number.NEGATIVE_INFINITY;
  for (const [from, to] of times) {
    seconds += Math.max(0, to - Math.max(from, known)) / 1000;
    known = Math.max(known, to);
  }
  return seconds;
}

/** Below this many seconds an observation proves nothing: what a service does at start is seen, what it does at work may not be. */
export const OBSERVED_ENOUGH: number = 600;

/**
 * A check value of how a service is started: its `entrypoint`, `command` and `user` as the Compose file gives them. Sixteen bits, so
 * that it tells one command line from another, but cannot be used to try out the passwords in it (FNV-1a, folded).
 */
export function startMark({ entrypoint, command, user }: Pick<Service, "entrypoint" | "command" | "user">): string {
  let hash = 0x811c9dc5;
  for (const character of JSON.stringify([entrypoint?.value ?? null, command?.value ?? null, user?.value ?? null])) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return ((hash >>> 16) ^ (hash & 0xffff)).toString(16).padStart(4, "0");
}
