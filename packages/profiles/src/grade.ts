import { remembered } from "@compose-harden/model";
import type { Control, EvidenceKind, Profile, Source } from "./profile.js";

/** A: the vendor says so or the image itself was run; B: its software was; C: others, independently; D: one, or read from its files; U: unknown. */
export type Grade = "A" | "B" | "C" | "D" | "U";

/** From best to worst. */
const GRADES: readonly Grade[] = ["A", "B", "C", "D", "U"];

/** How the service is started: as the image's own user, or with a `user:` that is not root. */
export type StartMode = "default" | "user";

/** What one piece of evidence proves about behaviour under a restriction. */
export const KIND_GRADES: Readonly<Record<EvidenceKind, Grade>> = {
  "vendor-doc": "A",
  "vendor-manifest": "A",
  experiment: "B",
  "ci-deployed": "B",
  "third-party-doc": "C",
  "k8s-sighting": "D",
  "compose-sighting": "D",
  dockerfile: "D",
  entrypoint: "D",
};

/** The fix is safe with these grades, before the conditions that downgrade; `read_only` has its own rule, see `readOnlyIsSafe`. */
export const SAFE_GRADES: Readonly<Record<Exclude<Control, "read_only">, readonly Grade[]>> = {
  capabilities: ["A", "B"],
  no_new_privileges: ["A", "B"],
  user: [],
  pids: ["A", "B"],
  memory: ["A"],
  cpus: ["A"],
};

/** The grade of a claim about behaviour in this start mode, from what it rests on. */
export function gradeOf(evidence: readonly Source[], mode: StartMode, profile: Profile): Grade {
  const known = gradesOf(profile)[mode];
  const grade = known.get(evidence) ?? bestOf(evidence, mode, profile);
  known.set(evidence, grade);
  return grade;
}

const gradesOf = remembered(
  (_: Profile): Readonly<Record<StartMode, Map<readonly Source[], Grade>>> => ({
    default: new Map(),
    user: new Map(),
  }),
);

function bestOf(evidence: readonly Source[], mode: StartMode, profile: Profile): Grade {
  const handsOver = evidence.some(({ fidelity }) => fidelity === "start");
  const grades = evidence.map((source) => gradeOfSource(source, mode, profile, handsOver));
  if (independentOwners(evidence) >= 2) grades.push("C");
  return GRADES.find((grade) => grades.includes(grade)) ?? "U";
}

function gradeOfSource(source: Source, mode: StartMode, profile: Profile, handsOver: boolean): Grade {
  const grade = KIND_GRADES[source.kind];
  if (source.kind === "experiment" && source.fidelity === "image") return "A";
  if (source.fidelity === "start") return "D";
  if (source.sibling === true) return "C";
  // What ran as another user says little about a start as root, which changes owners and drops privileges, unless that part was run by itself.
  const otherMode =
    mode === "default" && source.ran_as !== undefined && !isRoot(source.ran_as) && !startsUnprivileged(profile);
  return otherMode && grade < "C" ? (handsOver ? "B" : "C") : grade;
}

/** Operators who keep it so in public, each counted once, copies of one origin too. */
function independentOwners(evidence: readonly Source[]): number {
  const owners = evidence
    .filter(({ kind }) => kind === "k8s-sighting" || kind === "compose-sighting")
    .map(({ where, origin }) => (origin ?? where).split("/")[0]);
  return new Set(owners).size;
}

/** True for every spelling of root in `user:`; an empty one leaves it to the image. */
export function isRoot(user: string): boolean {
  return /^(?:root|0+)(?::|$)/.test(user.trim());
}

/** True when a `user:` is set that is not root. */
export function setsUser(user: string | undefined): boolean {
  return user !== undefined && user !== "" && !isRoot(user);
}

/** True when the image is known to start as a user other than root. */
export function startsUnprivileged(profile: Pick<Profile, "user">): boolean {
  return profile.user !== undefined && !isRoot(profile.user.default);
}

/**
 * Whether a read-only root is proven: documented with a condition that can be checked (or none), or measured and seen
 * with two operators, or seen with three and the image starts unprivileged.
 */
export const readOnlyIsSafe: (profile: Profile) => boolean = remembered(({ read_only, ...profile }) => {
  if (read_only?.compat !== "works") return false;
  const { evidence, condition, check } = read_only;
  const documented = evidence.some(({ kind }) => kind === "vendor-doc" || kind === "vendor-manifest");
  const measured = evidence.some(
    ({ kind, fidelity }) => kind === "experiment" && fidelity !== undefined && fidelity !== "start",
  );
  const seen = independentOwners(evidence);
  return (
    (condition === undefined || check !== undefined) &&
    (documented || (measured && seen >= 2) || (seen >= 3 && startsUnprivileged(profile)))
  );
});
