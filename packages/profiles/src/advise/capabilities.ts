import { isBelow, remembered } from "@compose-harden/model";
import { type Advice, advise, never, unknown } from "../advice.js";
import { caveatsFor } from "../conditions.js";
import type { ServiceFacts } from "../facts.js";
import { gradeOf, isRoot, SAFE_GRADES, type StartMode, setsUser, startsUnprivileged } from "../grade.js";
import type { Profile, Source } from "../profile.js";

/** What `cap_drop: [ALL]` needs besides. */
export interface CapabilityAdvice {
  readonly cap_drop: readonly ["ALL"];
  /** Alphabetical, without the `CAP_` prefix. */
  readonly cap_add: readonly string[];
}

/** Measured: a root process without this cannot write a directory that belongs to another user, and bind mounts do. */
const BIND_MOUNT_OWNER: Source = {
  kind: "experiment",
  where: "replica runs of 14 servers on bind mounts owned by 1000:1000, docker 20.10.24, linux 6.18",
  date: "2026-11-23",
  fidelity: "replica",
  states: "processes that stay root (etcd, Chroma, changedetection) fail to write without DAC_OVERRIDE",
};

/** Measured: a first process that stays root cannot signal one of another user without this; tini ends with an error, s6 waits to be killed. */
const OTHER_USER_STOPS: Source = {
  kind: "experiment",
  where: "replica runs of s6-overlay 3.2.1 and of tini before a program of another user, docker 20.10.24, linux 6.18",
  date: "2026-11-25",
  fidelity: "replica",
  states: "without KILL the program is never told to stop and is killed; with it it ends by itself",
};

/** Which capabilities this service needs once all are dropped. */
export function adviseCapabilities(profile: Profile | undefined, facts: ServiceFacts): Advice<CapabilityAdvice> {
  if (profile === undefined) return unknown(`nothing is known of \`${facts.image}\``);
  if (profile.program !== undefined) return unknown(`\`${facts.image}\` runs whatever is put into it`);
  const { start, as_user } = profile.capabilities;
  if (profile.needs?.required === true) return never(`it needs the host: ${needsOf(profile)}`, profile.needs.evidence);
  const mode = setsUser(facts.user) ? "user" : "default";
  const set = mode === "user" ? as_user : start;
  const known = knownSets(profile)[mode];
  if (known === undefined) return unknown(`nothing is known of the capabilities \`${facts.image}\` needs`);

  const more: string[] = [];
  const measured: Source[] = [];
  const need = (name: string, source?: Source): void => {
    if (known.names.has(name) || more.includes(name)) return;
    more.push(name);
    if (source !== undefined) measured.push(source);
  };
  for (const name of facts.capAdd) if (name !== "ALL") need(name);
  if (facts.hostNamespaces.includes("network") && listensLow(profile, facts)) need("NET_BIND_SERVICE");
  if (mode === "default" && startsAsRoot(profile, facts) && facts.mounts.some(isForeign))
    need("DAC_OVERRIDE", BIND_MOUNT_OWNER);
  const becomesOther = known.names.has("SETUID") || more.includes("SETUID");
  if (mode === "default" && becomesOther && (facts.init === true || !known.wasRun)) need("KILL", OTHER_USER_STOPS);

  const caveats: string[] = [];
  if (set === undefined) {
    caveats.push(
      mode === "user"
        ? `it was tested as the image's own user, not as \`${facts.user}\``
        : "it was tested with another `user:` than the image's own",
    );
  } else {
    const grade = gradeOf(set.evidence, mode, profile);
    if (!SAFE_GRADES.capabilities.includes(grade)) caveats.push(`the set is not proven (grade ${grade})`);
  }
  caveats.push(...caveatsFor(profile, facts, "capabilities"));
  const value: CapabilityAdvice = {
    cap_drop: ["ALL"],
    cap_add: more.length === 0 ? known.sorted : [...known.sorted, ...more].sort(),
  };
  return advise(value, caveats, measured.length === 0 ? known.evidence : [...known.evidence, ...measured]);
}

/** What an image was seen to need in a start mode, whatever the service's settings are. */
interface KnownSet {
  readonly names: ReadonlySet<string>;
  readonly sorted: readonly string[];
  readonly evidence: readonly Source[];
  /** Whether some run of it ended with a stop that was looked at. */
  readonly wasRun: boolean;
}

/** By start mode; where nothing is known of one, what is known of the other. */
const knownSets = remembered((profile: Profile): Readonly<Record<StartMode, KnownSet | undefined>> => {
  const { start, as_user, required, files = [] } = profile.capabilities;
  const known = (set: typeof start): KnownSet | undefined => {
    if (set === undefined) return undefined;
    // In each mode also what it needs for its purpose, and for programs with file capabilities.
    const names = new Set([
      ...set.add,
      ...(required?.add ?? []),
      ...files.flatMap(({ capability }) => namesOf(capability)),
    ]);
    const evidence = new Set([
      ...set.evidence,
      ...(required?.evidence ?? []),
      ...files.flatMap((file) => file.evidence),
    ]);
    return { names, sorted: [...names].sort(), evidence: [...evidence], wasRun: set.evidence.some(wasRun) };
  };
  return { default: known(start ?? as_user), user: known(as_user ?? start) };
});

function needsOf(profile: Profile): string {
  const { host, network, privileged } = profile.needs ?? {};
  return [host, network, privileged].filter((text) => text !== undefined).join("; ");
}

/** Runs by this project end with a stop that the program has to notice. */
function wasRun({ kind, fidelity }: Source): boolean {
  return kind === "experiment" && fidelity !== undefined;
}

function startsAsRoot(profile: Profile, facts: ServiceFacts): boolean {
  return facts.user === undefined ? !startsUnprivileged(profile) : isRoot(facts.user);
}

/** A bind mount of files that may be private to another user: data to write, keys and logs to read. Sockets and files of the system are not. */
function isForeign({ type, source = "", target }: ServiceFacts["mounts"][number]): boolean {
  const ofSystem = ["/run", "/proc", "/sys", "/dev", "/etc/localtime", "/etc/timezone"].some((path) =>
    isBelow(target, path),
  );
  return type === "bind" && !ofSystem && !source.endsWith(".sock");
}

/** `cap_net_bind_service=+ep` → NET_BIND_SERVICE. */
function namesOf(text: string): readonly string[] {
  return Array.from(text.matchAll(/cap_([a-z_]+)/g), ([, name = ""]) => name.toUpperCase());
}

function listensLow(profile: Profile, facts: ServiceFacts): boolean {
  return [...profile.ports.map(({ port }) => port), ...facts.ports].some((port) => port < 1024);
}
