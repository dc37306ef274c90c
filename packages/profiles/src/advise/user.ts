import { type Advice, advise, never, unknown } from "../advice.js";
import { caveatsFor } from "../conditions.js";
import type { ServiceFacts } from "../facts.js";
import { startsUnprivileged } from "../grade.js";
import type { Profile } from "../profile.js";

/** Which `user:` fits; never automatic, because who owns the existing data cannot be seen in the file. */
export function adviseUser(profile: Profile | undefined, facts: ServiceFacts): Advice<string> {
  if (profile === undefined) return unknown(`nothing is known of \`${facts.image}\``);
  if (profile.program !== undefined) return unknown(`\`${facts.image}\` runs whatever is put into it`);
  const { user, capabilities } = profile;
  if (user !== undefined && startsUnprivileged(profile)) {
    return never(`the image already starts as ${user.default}`, user.evidence);
  }
  const seen = capabilities.as_user?.evidence.find(
    ({ ran_as }) => ran_as !== undefined && /^[1-9]\d*:\d+$/.test(ran_as),
  );
  const numeric = /^(\d+:\d+)/.exec(user?.drops_to ?? "")?.[1];
  const value = user?.recommended ?? numeric ?? seen?.ran_as;
  if (value === undefined || value === "any") return unknown(`no user is known that \`${facts.image}\` works as`);
  const caveats = ["files that exist already may belong to another user", ...caveatsFor(profile, facts, "user")];
  if (user?.recommended === undefined && capabilities.as_user === undefined) {
    caveats.push(`a start as ${value} was not seen: the start script may expect root`);
  }
  return advise(value, caveats, [...(user?.evidence ?? []), ...(capabilities.as_user?.evidence ?? [])]);
}
