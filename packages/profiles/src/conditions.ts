import { isBelow, remembered, rememberedText } from "@compose-harden/model";
import { containerPath, type ServiceFacts } from "./facts.js";
import { isRoot, startsUnprivileged } from "./grade.js";
import { parseImage } from "./image.js";
import type { Control, Profile, ProfilePath, Source } from "./profile.js";
import { inRange, variantOf, versionOf } from "./version.js";

/** A way in which a service can differ from what was tested; it turns a safe fix into one for review. */
export interface Condition {
  /** As in the documentation's table. */
  readonly id: string;
  readonly summary: string;
  readonly controls: readonly Control[];
  /** What differs, or undefined when nothing does. */
  applies(profile: Profile, facts: ServiceFacts, control: Control): string | undefined;
}

const BEHAVIOUR: readonly Control[] = ["capabilities", "no_new_privileges", "read_only"];

/** The conditions, in the order in which their caveats are told. */
export const CONDITIONS: readonly Condition[] = [
  {
    id: "D1",
    summary: "own `command`, `entrypoint` or `build`: another program or another start than the tested one may run",
    controls: [...BEHAVIOUR, "pids"],
    applies(profile, facts, control) {
      if (facts.hasBuild) return "the image is built here, so its start is not the published one";
      if (facts.hasEntrypoint) return "its own `entrypoint` replaces the start that was tested";
      if (!keepsStart(profile, facts)) return "its own `command` may start something else than was tested";
      const path = control === "read_only" ? unmountedPath(profile, facts) : undefined;
      return path === undefined
        ? undefined
        : `its \`command\` names \`${path}\`, which a read-only root would not let it write`;
    },
  },
  {
    id: "D2",
    summary:
      "the tag comes from a variable without a value, is outside the versions or variants that were read, or, where no range is known, an older major release than any that was run; a digest without a tag; the newest release where nobody read one",
    controls: BEHAVIOUR,
    applies: (profile, { image }) => otherRelease(profile, image),
  },
  {
    id: "D3",
    summary: "`user:` makes it root, and the image starts as another user: as root it meets files that are not its own",
    controls: BEHAVIOUR,
    applies(profile, facts) {
      const raised = facts.user !== undefined && isRoot(facts.user) && startsUnprivileged(profile);
      return raised ? `it was tested as the image's own user, not as \`${facts.user}\`` : undefined;
    },
  },
  {
    id: "D4",
    summary: "`privileged`, host process or IPC namespace, devices, or capabilities beyond the known set",
    controls: BEHAVIOUR,
    applies(profile, facts) {
      if (facts.privileged) return "it runs privileged, which was not tested";
      const host = facts.hostNamespaces.filter((namespace) => namespace === "pid" || namespace === "ipc");
      if (host.length > 0) return `it shares the host's ${host.join(" and ")} namespace`;
      const devices = facts.devices.filter((device) => profile.needs?.devices?.includes(device) !== true);
      if (devices.length > 0) return "it uses host devices, which may need more";
      if (facts.capAdd.length === 0) return undefined;
      const known = new Set([
        ...(profile.capabilities.start?.add ?? []),
        ...(profile.capabilities.as_user?.add ?? []),
        ...(profile.capabilities.required?.add ?? []),
      ]);
      const extra = facts.capAdd.filter((name) => !known.has(name));
      return extra.length > 0 ? `it adds ${extra.join(", ")}, which was not tested together` : undefined;
    },
  },
  {
    id: "D6",
    summary: "a data path that the image does not declare as a volume is not mounted",
    controls: ["read_only"],
    applies(profile, facts) {
      const lost = pathsFor(profile, facts.image).filter(
        (path) =>
          path.kind === "persist" && path.volume !== true && path.optional !== true && !isMounted(path.path, facts),
      );
      return lost.length > 0
        ? `nothing is mounted at ${lost.map(({ path }) => `\`${path}\``).join(", ")}, where it keeps data`
        : undefined;
    },
  },
  {
    id: "D7",
    summary: "a mount lies below, or hides, a path of the image that its start script writes",
    controls: ["read_only"],
    applies(profile, facts) {
      for (const { path, kind, breaks_when } of pathsFor(profile, facts.image)) {
        if (kind !== "image-write") continue;
        const mount = facts.mounts.find(({ target }) => isBelow(target, path) || isBelow(path, target));
        if (mount !== undefined)
          return `\`${mount.target}\` is mounted where the start script writes${breaks_when ? ` (${breaks_when})` : ""}`;
      }
      return undefined;
    },
  },
  {
    id: "D8",
    summary: "a variable is set, or a path mounted, with which the claim does not hold",
    controls: [...BEHAVIOUR, "user", "pids"],
    applies(profile, facts, control) {
      for (const { env = [], mounts = [], claims, why } of profile.downgrade) {
        if (!claims.includes(control)) continue;
        const set = env.filter((name) => facts.environment.has(name));
        if (set.length > 0) return `\`${set.join("`, `")}\` set: ${why}`;
        const mount = facts.mounts.find(({ target }) => mounts.some((path) => isBelow(target, path)));
        if (mount !== undefined) return `\`${mount.target}\` is mounted: ${why}`;
      }
      return undefined;
    },
  },
];

/** Differences that change the value of a fix instead of its grade. */
export const ADJUSTMENTS: readonly Pick<Condition, "id" | "summary" | "controls">[] = [
  {
    id: "D3",
    summary: "a `user:` is set: only what was seen with a `user:` counts, and scratch paths get that owner",
    controls: BEHAVIOUR,
  },
  {
    id: "D4",
    summary: "capabilities that are already added stay",
    controls: ["capabilities"],
  },
  {
    id: "D5",
    summary: "host network and a port below 1024: NET_BIND_SERVICE is added (a container's own network needs none)",
    controls: ["capabilities"],
  },
  {
    id: "D9",
    summary:
      "something is mounted on or above a scratch path: no tmpfs there, since Docker refuses two mounts on one path",
    controls: ["read_only"],
  },
  {
    id: "D10",
    summary: "read-only root and dropped capabilities were not seen together: review, as the two interact",
    controls: ["read_only"],
  },
  {
    id: "D11",
    summary:
      "it starts as root (or unknown) with a bind mount of files, read-only ones too: DAC_OVERRIDE is added, as they may be private to another user",
    controls: ["capabilities"],
  },
  {
    id: "D12",
    summary:
      "it becomes another user, and `init: true` is set or its stop was not measured: KILL is added, since a first process that stays root cannot tell the program to stop without it",
    controls: ["capabilities"],
  },
];

/** The caveats of every condition that applies to this control. */
export function caveatsFor(profile: Profile, facts: ServiceFacts, control: Control): readonly string[] {
  const caveats: string[] = [];
  for (const condition of conditionsOf(control)) {
    const caveat = condition.applies(profile, facts, control);
    if (caveat !== undefined) caveats.push(caveat);
  }
  return caveats;
}

const conditionsOf = rememberedText((control) =>
  CONDITIONS.filter(({ controls }) => controls.some((name) => name === control)),
);

/** A pure function of a profile and an image of it that works out each answer once. */
function ofImage<A>(answer: (profile: Profile, image: string) => A): (profile: Profile, image: string) => A {
  const answersOf = remembered((profile: Profile) => rememberedText((image) => answer(profile, image)));
  return (profile, image) => answersOf(profile)(image);
}

/** Why the image's tag may name another release than those that were read. */
const otherRelease = ofImage((profile, image): string | undefined => {
  const { tag, digest, variableTag } = parseImage(image);
  if (variableTag) return "a variable names the version, and it has no value here";
  if (tag === undefined && digest !== undefined) return "a digest alone does not say which version runs";
  // Without a tag Docker takes `latest`; that, and any other tag without a number, stands for the newest release.
  const version = versionOf(tag);
  if (version === undefined && !profile.evidence.some(readsNewest)) {
    return `the newest release may run (\`${tag ?? "latest"}\`), and no source read its start`;
  }
  if (profile.versions !== undefined && !inRange(profile.versions.range, version)) {
    return `version \`${tag ?? "latest"}\` is outside what was read (${profile.versions.range})`;
  }
  const words = variantOf(tag).split(/[-_.]/);
  const { with: some, without = [] } = profile.versions ?? {};
  if (words.some((word) => without.includes(word)) || some?.some((word) => words.includes(word)) === false) {
    return `\`${tag ?? "latest"}\` is another variant than was read`;
  }
  const oldest = profile.versions === undefined ? oldestRun(profile) : undefined;
  if (oldest !== undefined && version?.[0] !== undefined && version[0] < oldest) {
    return `version \`${tag}\` is an older release than any that was run (${oldest})`;
  }
  return undefined;
});

/** The lowest major release among the tags that were run, undefined where none is named. */
const oldestRun = remembered(({ evidence }: Profile): number | undefined => {
  const majors = evidence.flatMap(({ tags = [] }) => tags.flatMap((tag) => versionOf(tag)?.[0] ?? []));
  return majors.length === 0 ? undefined : Math.min(...majors);
});

/** Sources that follow the newest release: read at the head of the vendor's own branch, or started by somebody's CI. */
function readsNewest({ kind, branch }: Source): boolean {
  return ["dockerfile", "entrypoint", "vendor-manifest", "ci-deployed"].includes(kind) && branch !== "unverified";
}

/** True when the service starts as the image does, or with arguments that its start script passes through. */
function keepsStart(profile: Profile, facts: ServiceFacts): boolean {
  const { command } = facts;
  if (command === undefined || command.length === 0) return true;
  const first = command[0] ?? "";
  return (profile.commands?.same_start ?? []).some((word) => (word === "-" ? first.startsWith("-") : first === word));
}

/** A path outside mounts, configuration and the kernel's file systems that the service's own arguments name. */
function unmountedPath(profile: Profile, facts: ServiceFacts): string | undefined {
  if (facts.command?.some((word) => word.includes("/")) !== true) return undefined;
  const known = pathsFor(profile, facts.image).map(({ path }) => path);
  return facts.command
    .flatMap((word) => Array.from(word.matchAll(/(?:^|[=,])(\/[^\s,:=]+)/g), ([, path = ""]) => containerPath(path)))
    .find(
      (path) =>
        !isMounted(path, facts) &&
        !["/etc", "/usr", "/proc", "/sys", "/dev", "/tmp", ...known].some((parent) => isBelow(path, parent)),
    );
}

/** The paths that hold for the image's tag, with the ids of its variant. */
export const pathsFor: (profile: Profile, image: string) => readonly ProfilePath[] = ofImage((profile, image) => {
  const { tag } = parseImage(image);
  const version = versionOf(tag);
  const variant = profile.variants?.find((candidate) => variantOf(tag).includes(candidate.tag));
  return profile.paths
    .filter((path) => path.versions === undefined || inRange(path.versions, version))
    .map((path) => {
      const own = { ...path, path: containerPath(path.path) };
      return variant !== undefined && own.uid !== undefined ? { ...own, uid: variant.uid, gid: variant.gid } : own;
    });
});

/** True when something writable or not is mounted on the path or above it. */
function isMounted(path: string, facts: ServiceFacts): boolean {
  return (
    facts.mounts.some(({ target }) => isBelow(path, target)) || facts.tmpfs.some((target) => isBelow(path, target))
  );
}
