import {
  type Evidence,
  isBelow,
  mountedPaths,
  OBSERVED_ENOUGH,
  type Observation,
  type ObservedService,
  type ObservedWrite,
  observedSeconds,
  type Service,
  startMark,
} from "@compose-harden/model";
import {
  advise,
  containerPath,
  factsOf,
  type Advice as Known,
  parseImage,
  profileOf,
  setsUser,
} from "@compose-harden/profiles";
import { movementOf } from "../programs/images.js";
import type { Knowledge } from "./advice.js";
import { profileKnowledge } from "./profile-advice.js";

/** The id (`sha256:…`) of the image that a name stands for on this machine now; undefined where that is not known. */
export type ImageIds = (image: string) => string | undefined;

/**
 * What was seen of running services, each together with what its image's profile says: what was seen is added to what is known, and
 * neither takes the other's warnings away. What was seen of another image than the one that the name stands for now proves nothing.
 */
export function observedKnowledge(observation: Observation, idOf: ImageIds): Knowledge {
  const recordOf = (service: Service): ObservedService | undefined => {
    const seen = Object.hasOwn(observation.services, service.name) ? observation.services[service.name] : undefined;
    return seen !== undefined && isOfImage(seen, service) ? seen : undefined;
  };
  const from =
    <T>(answer: (service: Service, seen: ObservedService) => Known<T> | undefined) =>
    (service: Service): Known<T> | undefined => {
      const seen = recordOf(service);
      return seen === undefined ? undefined : answer(service, seen);
    };
  const differs = (service: Service, seen: ObservedService) => bindingCaveats(service, seen, idOf);
  return {
    readOnly: from((service, seen) => readOnly(service, seen, differs(service, seen))),
    capabilities: from((service, seen) => capabilities(service, seen, differs(service, seen))),
    memory: from((service, seen) =>
      limit(seen, differs(service, seen), seen.memory_peak, profileKnowledge.memory(service), MEMORY),
    ),
    pids: from((service, seen) =>
      limit(seen, differs(service, seen), seen.pids_peak, profileKnowledge.pids(service), PIDS),
    ),
    runsFrom: (service, path) =>
      recordOf(service)?.writes?.some((write) => write.exec === true && write.path === containerPath(path)) ?? false,
  };
}

/** A record of other software says nothing; one of another tag of the same does. */
function isOfImage(seen: ObservedService, { image, build }: Service): boolean {
  if (image === undefined) return build !== undefined;
  return parseImage(image.value).name === parseImage(seen.image).name;
}

/** A root that is read-only but for what it was seen to write, and for /tmp, which costs nothing. */
function readOnly(
  service: Service,
  seen: ObservedService,
  differences: readonly string[],
): Known<{ readonly tmpfs: readonly string[] }> | undefined {
  if (seen.writes === undefined) return undefined;
  const known = profileKnowledge.readOnly(service);
  if (known?.grade === "never") return known;
  const scratch = seen.writes.filter(({ path }) => !isInMount(service, path));
  const paths = scratch.map(({ path }) => path);
  // What the profile knows besides may only not have been seen yet.
  const beside = (known?.value?.tmpfs ?? []).filter((entry) => !paths.includes(pathOf(entry)));
  const tmpfs = [...scratch.map(tmpfsEntry), ...beside];
  if (!isInMount(service, "/tmp") && !tmpfs.some((entry) => pathOf(entry) === "/tmp")) tmpfs.push("/tmp");

  const of = (holds: (write: ObservedWrite) => boolean) => quoted(scratch.filter(holds).map(({ path }) => path));
  const lost = of(({ kind }) => kind === "data");
  const hidden = of(({ hides }) => hides === "files");
  const unseen = of(({ hides }) => hides === "unknown");
  const changed = quoted(
    (seen.image_writes ?? []).filter((path) => !isInMount(service, path) && !isTolerated(service, path, known)),
  );
  const caveats = [
    ...differences,
    ...(lost === "" ? [] : [`what lies in ${lost} looks like data, and a tmpfs forgets it: mount a volume there`]),
    ...(hidden === "" ? [] : [`a tmpfs at ${hidden} hides files of the image`]),
    ...(unseen === "" ? [] : [`whether a tmpfs at ${unseen} hides files of the image was not seen`]),
    ...(changed === "" ? [] : [`it changed files of its image, which it then cannot: ${changed}`]),
  ];
  const what =
    paths.length === 0 ? "wrote nothing outside of its mounts" : `wrote to ${quoted(paths)} outside of its mounts`;
  return advise({ tmpfs }, caveats, [evidenceOf(seen, what), ...(known?.evidence ?? [])], [noteOn(seen)]);
}

/** A change to the image's own files that its profile knows, and knows to be given up without harm. */
function isTolerated(service: Service, path: string, known: Known<unknown> | undefined): boolean {
  const facts = factsOf(service);
  const profile = facts === undefined ? undefined : profileOf(facts.image);
  return (
    known?.grade === "safe" &&
    profile?.paths.some((one) => one.kind === "image-write" && isBelow(path, containerPath(one.path))) === true
  );
}

/** Owners are named, because a tmpfs belongs to root whatever the image had there; its mode is that of the image's directory. */
function tmpfsEntry({ path, uid = 0, gid = 0, exec }: ObservedWrite): string {
  const options = [...(uid === 0 && gid === 0 ? [] : [`uid=${uid}`, `gid=${gid}`]), ...(exec === true ? ["exec"] : [])];
  return options.length === 0 ? path : `${path}:${options.join(",")}`;
}

/**
 * Who starts without root's rights and never held a capability can lose them all: only programs with file capabilities could ask for
 * one later, and none was seen.
 */
function capabilities(
  service: Service,
  seen: ObservedService,
  differences: readonly string[],
): Known<{ readonly cap_add: readonly string[] }> | undefined {
  const known = profileKnowledge.capabilities(service);
  if (seen.capabilities === undefined || seen.capabilities.length > 0 || !setsUser(seen.user)) return undefined;
  if (known?.grade === "never" || known?.grade === "safe") return known;
  return advise(
    { cap_add: known?.value?.cap_add ?? [] },
    differences,
    [evidenceOf(seen, `started as \`${seen.user}\` and held no capability`), ...(known?.evidence ?? [])],
    [noteOn(seen)],
  );
}

/** How a limit is made of a peak. */
interface LimitKind {
  readonly unit: number;
  /** Least head-room, in units. */
  readonly least: number;
  /** The limit is a multiple of it. */
  readonly step: number;
  readonly name: (peak: number) => string;
}

const MEMORY: LimitKind = {
  unit: 1024 ** 2,
  least: 128,
  step: 64,
  name: (peak) => `used at most ${Math.ceil(peak)} MiB of memory`,
};
const PIDS: LimitKind = { unit: 1, least: 32, step: 16, name: (peak) => `had at most ${peak} processes and threads` };

/** As much head-room above the peak again. A peak is that of the load there was, so that it alone makes no limit safe. */
function limit(
  seen: ObservedService,
  differences: readonly string[],
  peak: number | undefined,
  known: Known<number> | undefined,
  { unit, least, step, name }: LimitKind,
): Known<number> | undefined {
  if (peak === undefined) return undefined;
  const used = peak / unit;
  const enough = Math.ceil((used + Math.max(used, least)) / step) * step;
  const value = Math.max(enough, known?.value ?? 0);
  const evidence = [evidenceOf(seen, name(used)), ...(known?.evidence ?? [])];
  // Whatever works within less works within more.
  if (known?.grade === "safe") return { grade: "safe", value, reasons: known.reasons, evidence };
  const spoken = `in ${timeText(observedSeconds(seen))} it ${name(used)}`;
  return advise(value, [spoken, ...differences, ...(known?.reasons ?? [])], evidence);
}

/** In what the service differs from what was seen, or why what was seen is too little. */
function bindingCaveats(service: Service, seen: ObservedService, idOf: ImageIds): readonly string[] {
  const { image, build } = service;
  const mounted = mountedPaths(service);
  const missing = quoted(seen.mounts.filter((path) => !mounted.includes(path)));
  const seconds = observedSeconds(seen);
  return [
    ...(build === undefined ? [] : ["the image is built here, and the next build may write elsewhere"]),
    ...(image === undefined || image.value === seen.image ? [] : [`it was seen with the image \`${seen.image}\``]),
    ...imageCaveats(image?.value, seen, idOf),
    ...(image?.origin?.interpolated === true ? ["the image holds a variable, so it may be another one"] : []),
    ...(startMark(service) === seen.start ? [] : ["it was seen with another `entrypoint`, `command` or `user`"]),
    ...(missing === "" ? [] : [`it was seen with ${missing} mounted`]),
    ...(seconds < OBSERVED_ENOUGH ? [`it was seen for ${timeText(seconds)} only`] : []),
  ];
}

/** What a name stood for when it was seen, and what it stands for now. */
function imageCaveats(image: string | undefined, seen: ObservedService, idOf: ImageIds): readonly string[] {
  if (image === undefined || image !== seen.image) return [];
  const now = idOf(image);
  if (now !== undefined) return now === seen.image_id ? [] : [`\`${image}\` is another image by now than the one seen`];
  const { tag = "latest", digest } = parseImage(image);
  return digest !== undefined || movementOf(tag) === undefined
    ? []
    : [`\`${image}\` moves, and no engine here tells whether it is still the image that was seen`];
}

function noteOn(seen: ObservedService): string {
  return `safe as observed for ${timeText(observedSeconds(seen))}; what it does more rarely (backups, log rotation, its stop) may not have been seen`;
}

function evidenceOf(seen: ObservedService, what: string): Evidence {
  const from = seen.runs.map((run) => run.from).sort()[0] ?? "";
  const to =
    seen.runs
      .map((run) => run.to)
      .sort()
      .at(-1) ?? "";
  return {
    kind: "observed",
    where: `compose-harden.observed.yaml: ${seen.image} (${seen.image_id.slice(0, 19)})`,
    date: to.slice(0, 10),
    states: `running for ${timeText(observedSeconds(seen))} between ${from} and ${to}, it ${what}`,
  };
}

function isInMount(service: Service, path: string): boolean {
  return mountedPaths(service).some((target) => isBelow(path, containerPath(target)));
}

function pathOf(entry: string): string {
  return containerPath(entry.split(":")[0] ?? entry);
}

function quoted(paths: readonly string[]): string {
  return paths.map((path) => `\`${path}\``).join(", ");
}

/** Seconds in the largest unit of which there are two. */
function timeText(seconds: number): string {
  for (const [unit, size] of [
    ["days", 86_400],
    ["hours", 3600],
    ["minutes", 60],
  ] as const)
    if (seconds >= 2 * size) return `${Math.floor(seconds / size)} ${unit}`;
  return `${Math.floor(seconds)} seconds`;
}
