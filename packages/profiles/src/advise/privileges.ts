import { type Advice, advise, never, unknown } from "../advice.js";
import { caveatsFor } from "../conditions.js";
import type { ServiceFacts } from "../facts.js";
import { gradeOf, SAFE_GRADES, setsUser } from "../grade.js";
import type { Profile } from "../profile.js";

/** Whether `no-new-privileges:true` can be set. */
export function adviseNoNewPrivileges(
  profile: Profile | undefined,
  facts: ServiceFacts,
): Advice<"no-new-privileges:true"> {
  if (profile === undefined) return unknown(`nothing is known of \`${facts.image}\``);
  if (profile.program !== undefined) return unknown(`\`${facts.image}\` runs whatever is put into it`);
  const claim = profile.no_new_privileges;
  if (claim === undefined) return unknown(`nothing is known of \`${facts.image}\` with \`no-new-privileges\``);
  if (claim.compat === "breaks") {
    return never(claim.condition ?? "its start raises privileges, through sudo or a set-uid program", claim.evidence);
  }
  const grade = gradeOf(claim.evidence, setsUser(facts.user) ? "user" : "default", profile);
  const caveats = [...caveatsFor(profile, facts, "no_new_privileges")];
  if (claim.compat === "conditional") caveats.unshift(claim.condition ?? "it works only in some set-ups");
  else if (!SAFE_GRADES.no_new_privileges.includes(grade)) caveats.unshift(`it is not proven (grade ${grade})`);
  if (claim.as_user !== undefined && setsUser(facts.user)) caveats.unshift(claim.as_user);
  return advise("no-new-privileges:true", caveats, claim.evidence);
}
