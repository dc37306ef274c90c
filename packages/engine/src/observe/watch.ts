import { type Change, changesOf } from "../changes.js";
import type { Container } from "../container.js";
import { listContainers } from "../containers.js";
import type { CallOptions, Docker } from "../docker.js";
import { lookThrough } from "../proc/folder.js";
import { codePathsOf, containerOf, processesByContainer, statusOf, writtenFilesOf } from "../proc/process.js";
import { socketsOf } from "../proc/sockets.js";
import { cgroupUsageOf } from "../proc/usage.js";
import { processesOf } from "../processes.js";
import { usageOf } from "../stats.js";
import { together } from "../together.js";
import { lookByCopy } from "./copied.js";
import { notePorts, noteTracked, type PortBook, trackedConnections, whoseAddress } from "./ports.js";
import { type Writes, writesOf } from "./writes.js";

/** Milliseconds for what one look asks of each container by itself; the next look goes on with the others. */
const DEEP_LOOK = 60_000;
const SHALLOW_LOOK = 10_000;

/** Everything seen of one container. */
export interface Sighting {
  readonly container: Container;
  /** Milliseconds of its time that were watched. */
  watched: number;
  /** Time of the last look, in milliseconds of the clock. */
  last: number;
  /** True when its processes can be looked at: the engine runs on this machine, and the kernel shows them to this user. */
  readonly isOpen: boolean;
  writes: Writes | undefined;
  readonly writtenMounts: Set<string> | undefined;
  memoryNow: number;
  /** The kernel's own peak, page cache included. */
  memoryMost: number | undefined;
  pids: number;
  readonly users: Set<string>;
  readonly capabilities: Set<string> | undefined;
  readonly ports: PortBook | undefined;
}

/** One watch over the containers of a project. */
export interface Watch {
  /** Looks once; `deep` also asks what was written, which takes the engine longer. Throws `EngineError`. */
  look(deep: boolean, options?: CallOptions): Promise<void>;
  /** What was seen so far, containers that are gone included. */
  readonly sightings: readonly Sighting[];
}

/** Open files and code of a container, gathered over all looks. */
interface Paths {
  readonly files: Set<string>;
  readonly code: Set<string>;
}

/** Starts to watch the running containers of a Compose project; those that `docker compose run` started are left out. */
export function watchProject(docker: Docker, project: string): Watch {
  const byId = new Map<string, Sighting>();
  const paths = new Map<string, Paths>();
  const look = async (deep: boolean, options: CallOptions = {}): Promise<void> => {
    const all = await listContainers(docker, { project, all: false }, options);
    const containers = all.filter(({ compose, state }) => compose?.isOneOff === false && state.pid > 0);
    const now = Date.now();
    const processes = processesByContainer();
    const tracked = trackedConnections();
    for (const container of containers) {
      const pids = processes.get(container.id) ?? [];
      const sighting = byId.get(container.id) ?? sightingOf(container, now, pids);
      byId.set(container.id, sighting);
      sighting.watched += now - sighting.last;
      sighting.last = now;
      if (!sighting.isOpen) continue;
      const gathered = paths.get(container.id) ?? { files: new Set(), code: new Set() };
      paths.set(container.id, gathered);
      noteProcesses(sighting, pids, gathered, deep);
      if (sighting.ports === undefined) continue;
      const whose = whoseAddress(container, containers);
      notePorts(sighting.ports, socketsOf(container.state.pid) ?? [], whose);
      noteTracked(sighting.ports, tracked, container, whose);
    }
    await noteFromOutside(
      docker,
      containers.flatMap(({ id }) => byId.get(id) ?? []),
      options,
    );
    if (!deep) return;
    const ask = async ({ id }: Container): Promise<void> => {
      const sighting = byId.get(id);
      if (sighting === undefined) return;
      const changes = await changesOf(docker, id, options);
      if (sighting.isOpen) noteMounts(sighting);
      if (changes !== undefined) sighting.writes = await groupWrites(docker, sighting, changes, paths.get(id), options);
    };
    // Those that were not asked yet come first, for when there are too many.
    const rank = ({ id }: Container) => (byId.get(id)?.writes === undefined ? 0 : 1);
    await together(
      containers.toSorted((a, b) => rank(a) - rank(b)),
      ask,
      Date.now() + DEEP_LOOK,
    );
  };
  return {
    look,
    get sightings() {
      return [...byId.values()];
    },
  };
}

function sightingOf(container: Container, now: number, pids: readonly number[]): Sighting {
  const { pid } = container.state;
  const isOpen = containerOf(pid) === container.id && pids.length > 0 && statusOf(pid) !== undefined;
  const { network } = container.namespaces;
  const ownNetwork = network !== "host" && !network.startsWith("container:");
  return {
    container,
    watched: 0,
    last: now,
    isOpen,
    writes: undefined,
    writtenMounts: isOpen ? new Set() : undefined,
    memoryNow: 0,
    memoryMost: undefined,
    pids: 0,
    users: new Set(),
    capabilities: isOpen ? new Set() : undefined,
    ports: isOpen && ownNetwork && socketsOf(pid) !== undefined ? new Map() : undefined,
  };
}

function noteProcesses(sighting: Sighting, pids: readonly number[], { files, code }: Paths, deep: boolean): void {
  let resident = 0;
  for (const pid of pids) {
    const status = statusOf(pid);
    if (status === undefined) continue;
    resident += status.peakResident;
    sighting.users.add(`${status.uid}:${status.gid}`);
    for (const name of status.capabilities.permitted) sighting.capabilities?.add(name);
    for (const file of writtenFilesOf(pid)) {
      const mount = mountOf(sighting.container, file);
      if (mount === undefined) files.add(file);
      else sighting.writtenMounts?.add(mount);
    }
    if (deep) for (const path of codePathsOf(pid)) code.add(path);
  }
  const usage = cgroupUsageOf(sighting.container.state.pid);
  sighting.memoryNow = Math.max(sighting.memoryNow, usage.memory ?? 0, Math.min(resident, usage.memoryPeak ?? 0));
  sighting.memoryMost = usage.memoryPeak;
  sighting.pids = Math.max(sighting.pids, usage.pids ?? 0, usage.pidsPeak ?? 0);
}

/** Asks the engine what the kernel does not show here: another machine's, a virtual one's, or another user's processes. */
async function noteFromOutside(docker: Docker, sightings: readonly Sighting[], options: CallOptions): Promise<void> {
  const unmeasured = sightings.filter(({ pids }) => pids === 0);
  const usages = await usageOf(
    docker,
    unmeasured.map(({ container }) => container.id),
    options,
  );
  for (const { id, memory, pids } of usages) {
    const sighting = unmeasured.find(
      ({ container }) => container.id === id || id.startsWith(container.id.slice(0, 12)),
    );
    if (sighting === undefined) continue;
    sighting.memoryNow = Math.max(sighting.memoryNow, memory);
    sighting.pids = Math.max(sighting.pids, pids);
  }
  await together(
    sightings.filter(({ isOpen }) => !isOpen),
    async ({ container, users }) => {
      for (const { uid, gid } of (await processesOf(docker, container.id, options)) ?? []) users.add(`${uid}:${gid}`);
    },
    Date.now() + SHALLOW_LOOK,
  );
}

/** A mount whose content changed after the container's start was written to, by the service as far as anybody can tell. */
function noteMounts({ container, writtenMounts }: Sighting): void {
  const look = lookThrough(container.state.pid);
  const start = Date.parse(container.state.started);
  for (const { target, writable } of container.mounts) {
    const seen = look(target);
    if (writable && typeof seen === "object" && seen.changed > start) writtenMounts?.add(canonicalPath(target));
  }
}

async function groupWrites(
  docker: Docker,
  { container, isOpen }: Sighting,
  changes: readonly Change[],
  gathered: Paths | undefined,
  options: CallOptions,
): Promise<Writes> {
  const clues = {
    changes,
    openFiles: [...(gathered?.files ?? [])],
    code: [...(gathered?.code ?? [])],
    mounts: mountTargets(container),
  };
  if (isOpen) return writesOf({ ...clues, look: lookThrough(container.state.pid) });
  // Which folders there are to look into shows when nothing is known of any.
  const { writes } = writesOf({ ...clues, look: () => undefined });
  const look = await lookByCopy(
    docker,
    container.id,
    writes.map(({ path }) => path),
    options,
  );
  return writesOf({ ...clues, look });
}

/** Where something is mounted in a container, sorted. */
function mountTargets({ mounts, tmpfs }: Container): readonly string[] {
  const targets = [...mounts.map(({ target }) => target), ...Object.keys(tmpfs)].map(canonicalPath);
  return [...new Set(targets)].sort();
}

/** `/var/run` is a link to `/run` in every base image, and `docker diff` names what a link leads to. */
function canonicalPath(path: string): string {
  return path.replace(/(?<=.)\/+$/, "").replace(/^\/var\/run(?=\/|$)/, "/run");
}

function mountOf(container: Container, file: string): string | undefined {
  return mountTargets(container)
    .filter((target) => file.startsWith(`${target}/`) || file === target)
    .sort((a, b) => b.length - a.length)[0];
}
