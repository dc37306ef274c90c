import { isBelow, remembered } from "@compose-harden/model";
import { type Advice, advise, never, unknown } from "../advice.js";
import { caveatsFor, pathsFor } from "../conditions.js";
import type { ServiceFacts } from "../facts.js";
import { isRoot, readOnlyIsSafe, setsUser } from "../grade.js";
import type { Profile, ProfilePath } from "../profile.js";
import { adviseCapabilities } from "./capabilities.js";

/** What `read_only: true` needs besides. */
export interface ReadOnlyAdvice {
  readonly read_only: true;
  /** Entries for `tmpfs:`, as Compose writes them: `/run:uid=999,gid=999,exec`. */
  readonly tmpfs: readonly string[];
}

/** Whether the root file system can be read-only, and which scratch paths it then needs. */
export function adviseReadOnly(profile: Profile | undefined, facts: ServiceFacts): Advice<ReadOnlyAdvice> {
  if (profile === undefined) return unknown(`nothing is known of \`${facts.image}\``);
  if (profile.program !== undefined) return unknown(`\`${facts.image}\` runs whatever is put into it`);
  const claim = profile.read_only;
  if (claim === undefined) return unknown(`nothing is known of \`${facts.image}\` with a read-only root`);
  if (claim.compat !== "works") {
    return never(claim.why ?? "its start script writes into the image", claim.evidence);
  }
  const scratch = scratchPaths(profile, facts);
  const caveats: string[] = [];
  if (!readOnlyIsSafe(profile))
    caveats.push(claim.condition ?? "seen to work, but not proven by enough independent sources");
  const broken = brokenCheck(profile, facts);
  if (broken !== undefined) caveats.push(broken);
  const unowned = scratch.filter((path) => path.uid === undefined && !isWorldWritable(path.path));
  if (unowned.length > 0 && owner(profile, facts) === undefined) {
    caveats.push(
      `which user writes ${unowned.map(({ path }) => `\`${path}\``).join(", ")} is not known, and a tmpfs belongs to root`,
    );
  }
  caveats.push(...caveatsFor(profile, facts, "read_only"), ...togetherCaveat(profile, facts));
  const evidence = new Set(claim.evidence);
  for (const path of scratch) for (const source of path.evidence) evidence.add(source);
  const value: ReadOnlyAdvice = { read_only: true, tmpfs: scratch.map((path) => tmpfsEntry(path, profile, facts)) };
  return advise(value, caveats, [...evidence]);
}

/** Scratch paths that nothing is mounted on yet (Docker refuses two mounts on one path), and always /tmp. */
function scratchPaths(profile: Profile, facts: ServiceFacts): readonly ProfilePath[] {
  const taken = [...facts.mounts.map(({ target }) => target), ...facts.tmpfs];
  return scratchAmong(pathsFor(profile, facts.image)).filter(
    ({ path }) => !taken.some((target) => isBelow(path, target)),
  );
}

/** The scratch paths that lie neither on a volume of the image nor below one another. */
const scratchAmong = remembered((known: readonly ProfilePath[]): readonly ProfilePath[] => {
  const persist = known.filter(({ kind, volume }) => kind === "persist" && volume === true);
  const scratch = known.filter(({ kind, optional }) => kind === "scratch" && optional !== true);
  const all: readonly ProfilePath[] = scratch.some(({ path }) => path === "/tmp")
    ? scratch
    : [...scratch, { path: "/tmp", kind: "scratch", evidence: [] }];
  return all.filter(
    ({ path }) =>
      !persist.some((volume) => isBelow(path, volume.path)) &&
      !all.some((other) => other.path !== path && isBelow(path, other.path)),
  );
});

/**
 * One `tmpfs:` entry. A tmpfs over an existing directory belongs to root whatever the image had there, so the writer's
 * ids are named; it is `noexec` unless `exec` is asked for. Both were measured (runc 1.1.5).
 */
function tmpfsEntry(path: ProfilePath, profile: Profile, facts: ServiceFacts): string {
  const ids = isWorldWritable(path.path)
    ? undefined
    : setsUser(facts.user)
      ? owner(profile, facts)
      : pathOwner(path, profile, facts);
  const options = [
    ...(ids === undefined || ids.uid === 0 ? [] : [`uid=${ids.uid}`, `gid=${ids.gid}`]),
    ...(path.mode === undefined ? [] : [`mode=${path.mode}`]),
    ...(path.size === undefined ? [] : [`size=${path.size}`]),
    ...(path.exec === true ? ["exec"] : []),
  ];
  return options.length === 0 ? path.path : `${path.path}:${options.join(",")}`;
}

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

function pathOwner(path: ProfilePath, profile: Profile, facts: ServiceFacts): Ids | undefined {
  return path.uid === undefined ? owner(profile, facts) : { uid: path.uid, gid: path.gid ?? path.uid };
}

/** The user that writes: the service's, else the image's; 0 for a start script that runs as root and sets owners itself. */
function owner(profile: Profile, facts: ServiceFacts): Ids | undefined {
  const user = setsUser(facts.user) ? facts.user : profile.user?.default;
  if (user === undefined) return undefined;
  if (isRoot(user)) return { uid: 0, gid: 0 };
  const [, uid, gid] = /^(\d+)(?::(\d+))?$/.exec(user) ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid ?? 0) };
}

/** These directories have mode 1777 in base images, and a tmpfs over them keeps it. */
function isWorldWritable(path: string): boolean {
  return path === "/tmp" || path === "/var/tmp" || path === "/dev/shm";
}

function brokenCheck(profile: Profile, facts: ServiceFacts): string | undefined {
  if (profile.read_only?.check === undefined) return undefined;
  const { no_mount_under, no_env, no_command, env = {} } = profile.read_only.check;
  const condition = profile.read_only.condition ?? "the condition does not hold";
  const mount = facts.mounts.find(({ target }) => no_mount_under?.some((path) => isBelow(target, path)));
  if (mount !== undefined) return `\`${mount.target}\` is mounted: ${condition}`;
  const variable = [...facts.environment.keys()].find((name) => no_env?.some((pattern) => isNamed(name, pattern)));
  if (variable !== undefined) return `\`${variable}\` is set: ${condition}`;
  const [lacking] =
    Object.entries(env).find(
      ([name, pattern]) => !new RegExp(pattern).test(facts.environment.get(name)?.value ?? ""),
    ) ?? [];
  if (lacking !== undefined) return `\`${lacking}\` does not say so: ${condition}`;
  const words = facts.command?.join(" ") ?? "";
  return no_command?.some((pattern) => new RegExp(pattern, "i").test(words))
    ? `its \`command\` says otherwise: ${condition}`
    : undefined;
}

/** True when the name is the pattern, or begins like one that ends in `*`. */
function isNamed(name: string, pattern: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/**
 * A read-only root and a minimal set of capabilities interact (a start script that could create a directory now meets a
 * root-owned tmpfs), so both are safe together only where one source saw them together.
 */
function togetherCaveat(profile: Profile, facts: ServiceFacts): readonly string[] {
  const { start, as_user } = profile.capabilities;
  if ((start?.add ?? as_user?.add ?? []).length === 0) return [];
  const sets = [...(start?.evidence ?? []), ...(as_user?.evidence ?? [])];
  if (profile.read_only?.evidence.some((source) => sets.includes(source)) === true) return [];
  const drops = facts.capDrop.includes("ALL") || adviseCapabilities(profile, facts).grade === "safe";
  return !drops ? [] : ["a read-only root was not seen together with dropped capabilities"];
}
