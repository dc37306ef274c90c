import { type Advice, advise, unknown } from "../advice.js";
import { caveatsFor } from "../conditions.js";
import type { ServiceFacts } from "../facts.js";
import { gradeOf, SAFE_GRADES } from "../grade.js";
import { AI_DEFAULT, memoryFloor } from "../memory.js";
import type { Profile } from "../profile.js";

/** Advice on the three limits. */
export interface LimitAdvice {
  /** MiB. */
  readonly memory: Advice<number>;
  readonly cpus: Advice<number>;
  readonly pids: Advice<number>;
}

/** A limit on tasks is never below this: thread pools grow with the number of cores. */
const LEAST_PIDS = 512;

/** Limits that a healthy start survives. */
export function adviseLimits(profile: Profile | undefined, facts: ServiceFacts): LimitAdvice {
  if (profile === undefined || profile.program !== undefined) {
    const reason =
      profile === undefined
        ? `nothing is known of \`${facts.image}\``
        : `\`${facts.image}\` runs whatever is put into it`;
    return { memory: unknown(reason), cpus: unknown(reason), pids: unknown(reason) };
  }
  return { memory: memoryAdvice(profile, facts), cpus: cpusAdvice(profile), pids: pidsAdvice(profile, facts) };
}

function memoryAdvice(profile: Profile, facts: ServiceFacts): Advice<number> {
  const floor = memoryFloor(profile, facts);
  if (floor === undefined) return unknown(`nothing is known of the memory \`${facts.image}\` takes`);
  const tooSmall = profile.limits.memory_too_small?.mb ?? 0;
  const value = floor.memory_mb > tooSmall ? floor.memory_mb : tooSmall * 2;
  const own = profile.limits.memory_limit !== undefined && floor.documented;
  return advise(value, own ? [] : [`${floor.why}; the need under load is not known`], floor.evidence);
}

function cpusAdvice(profile: Profile): Advice<number> {
  const { cpus_limit, started_within } = profile.limits;
  if (cpus_limit !== undefined) {
    const caveats = cpus_limit.cpus > 1 ? ["Docker refuses to start it on a machine with fewer processors"] : [];
    return advise(cpus_limit.cpus, caveats, cpus_limit.evidence);
  }
  if (profile.category !== "ai") return unknown("nothing is known of the processors it needs");
  return advise(AI_DEFAULT.cpus, ["work that needs more processors takes longer"], started_within?.evidence ?? []);
}

function pidsAdvice(profile: Profile, facts: ServiceFacts): Advice<number> {
  const { pids_limit, measured } = profile.limits;
  if (pids_limit !== undefined)
    return advise(Math.max(LEAST_PIDS, pids_limit.tasks), caveatsFor(profile, facts, "pids"), pids_limit.evidence);
  if (measured === undefined) return unknown(`nothing is known of the tasks \`${facts.image}\` starts`);
  const proven = SAFE_GRADES.pids.includes(gradeOf(measured.evidence, "default", profile));
  const caveats = [...(proven ? [] : ["the number of tasks is not proven"]), ...caveatsFor(profile, facts, "pids")];
  const tasks = Math.max(LEAST_PIDS, measured.tasks * 10) + connectionsOf(facts);
  return advise(tasks, caveats, measured.evidence);
}

/** Connections that the command allows, `-c max_connections=1000`: databases start a process or a thread for each. */
function connectionsOf({ command = [] }: ServiceFacts): number {
  if (command.length === 0) return 0;
  const [, connections = "0"] = /max[-_]connections[=\s]+(\d{1,6})/i.exec(command.join(" ")) ?? [];
  return Number(connections);
}
