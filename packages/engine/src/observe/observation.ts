import type { ObservedRun, ObservedService, ObservedWrite } from "@compose-harden/model";
import { portsIn } from "./ports.js";
import type { Sighting } from "./watch.js";

/** What the Compose file says of the service, in the words that bind an observation to it. */
export interface ServiceBinding {
  readonly image: string;
  /** See `startMark`. */
  readonly start: string;
  /** See `mountedPaths`. */
  readonly mounts: readonly string[];
}

/** One service's record from what was seen of one of its containers. */
export function observedService(sighting: Sighting, { image, start, mounts }: ServiceBinding): ObservedService {
  const { container, watched, last, writes, writtenMounts, memoryNow, memoryMost, pids, users, capabilities, ports } =
    sighting;
  // Page cache counts in the kernel's peak and is no need; but what it counts at most is never exceeded.
  const memory = Math.min(memoryNow, memoryMost ?? memoryNow);
  return {
    image,
    image_id: container.imageId,
    start,
    user: container.user,
    mounts,
    read_only: container.readOnly,
    runs: [
      {
        container: container.id.slice(0, 12),
        from: isoTime(Date.parse(container.state.started) || last - watched),
        to: isoTime(last),
      },
    ],
    watched: Math.round(watched / 1000),
    ...(writes === undefined ? {} : { writes: writes.writes, image_writes: writes.imageWrites }),
    ...(writtenMounts === undefined ? {} : { written_mounts: [...writtenMounts].sort() }),
    ...(memory === 0 ? {} : { memory_peak: memory }),
    ...(pids === 0 ? {} : { pids_peak: pids }),
    ...(users.size === 0 ? {} : { users: [...users].sort() }),
    ...(ports === undefined ? {} : { ports: portsIn(ports) }),
    ...(capabilities === undefined ? {} : { capabilities: [...capabilities].sort() }),
  };
}

function isoTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/** True when two records are of the same image, started the same way, with the same mounts. */
export function isSameSubject(a: ObservedService, b: ObservedService): boolean {
  const key = ({ image, image_id, start, user, mounts, read_only }: ObservedService) =>
    JSON.stringify([image, image_id, start, user, mounts, read_only]);
  return key(a) === key(b);
}

/** Two records of the same subject as one: longer knowledge adds up, nothing that was seen is lost. */
export function joinObserved(a: ObservedService, b: ObservedService): ObservedService {
  const most = (x: number | undefined, y: number | undefined) => (x === undefined ? y : Math.max(x, y ?? x));
  const union = (x: readonly string[] | undefined, y: readonly string[] | undefined) =>
    x === undefined && y === undefined ? undefined : [...new Set([...(x ?? []), ...(y ?? [])])].sort();
  return defined({
    ...a,
    runs: joinRuns([...a.runs, ...b.runs]),
    watched: a.watched + b.watched,
    writes: joinWrites(a.writes, b.writes),
    image_writes: union(a.image_writes, b.image_writes),
    written_mounts: union(a.written_mounts, b.written_mounts),
    memory_peak: most(a.memory_peak, b.memory_peak),
    pids_peak: most(a.pids_peak, b.pids_peak),
    users: union(a.users, b.users),
    ports: joinPorts(a.ports, b.ports),
    capabilities: union(a.capabilities, b.capabilities),
  });
}

/** A container seen twice was there in between. */
function joinRuns(runs: readonly ObservedRun[]): readonly ObservedRun[] {
  const joined = new Map<string, ObservedRun>();
  for (const run of runs) {
    const key = `${run.container} ${run.from}`;
    const before = joined.get(key);
    joined.set(key, before !== undefined && before.to > run.to ? before : run);
  }
  return [...joined.values()].sort((a, b) => (a.from < b.from ? -1 : 1));
}

/** The less favourable answer counts where two differ. */
function joinWrites(a: ObservedService["writes"], b: ObservedService["writes"]): readonly ObservedWrite[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const joined = new Map(a.map((write) => [write.path, write]));
  for (const write of b) {
    const before = joined.get(write.path);
    joined.set(write.path, before === undefined ? write : joinWrite(before, write));
  }
  return [...joined.values()].sort((x, y) => (x.path < y.path ? -1 : 1));
}

const WORST: readonly ObservedWrite["hides"][] = ["files", "unknown", "folders", "nothing"];

function joinWrite(a: ObservedWrite, b: ObservedWrite): ObservedWrite {
  const bytes = Math.max(a.bytes ?? 0, b.bytes ?? 0);
  return {
    ...a,
    ...b,
    kind: a.kind === "data" ? "data" : b.kind,
    hides: WORST.find((hides) => hides === a.hides || hides === b.hides) ?? "unknown",
    ...(a.exec === true || b.exec === true ? { exec: true } : {}),
    ...(a.bytes === undefined && b.bytes === undefined ? {} : { bytes }),
  };
}

function joinPorts(a: ObservedService["ports"], b: ObservedService["ports"]): ObservedService["ports"] {
  if (a === undefined || b === undefined) return a ?? b;
  const key = ({ port, protocol }: { readonly port: number; readonly protocol: string }) => `${protocol}/${port}`;
  const joined = new Map(a.map((port) => [key(port), port]));
  for (const port of b) {
    const before = joined.get(key(port));
    const from = (["self", "project", "host", "elsewhere"] as const).filter(
      (one) => port.from.includes(one) || before?.from.includes(one) === true,
    );
    joined.set(key(port), { ...port, listens: port.listens || before?.listens === true, from });
  }
  return [...joined.values()].sort((x, y) => x.port - y.port || (x.protocol < y.protocol ? -1 : 1));
}

function defined(service: { readonly [K in keyof ObservedService]: ObservedService[K] | undefined }): ObservedService {
  return Object.fromEntries(
    Object.entries(service).filter(([, value]) => value !== undefined),
  ) as unknown as ObservedService;
}
