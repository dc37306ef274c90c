import type { Service } from "@compose-harden/model";
import {
  adviseCapabilities,
  adviseLimits,
  adviseNoNewPrivileges,
  adviseReadOnly,
  adviseRelease,
  containerPath,
  factsOf,
  type Profile,
  profileOf,
  type ServiceFacts,
} from "@compose-harden/profiles";
import { type Advice, adviceFrom, type Knowledge } from "./advice.js";
import { remembered } from "./remembered.js";

/** What the profile of a service's image says. */
export const profileKnowledge: Required<Knowledge> = {
  noNewPrivileges: (service) => asked(service, adviseNoNewPrivileges),
  readOnly: (service) => asked(service, adviseReadOnly),
  capabilities: (service) => asked(service, adviseCapabilities),
  memory: (service) => asked(service, adviseLimits)?.memory,
  cpus: (service) => asked(service, adviseLimits)?.cpus,
  pids: (service) => asked(service, adviseLimits)?.pids,
  release: (service) => asked(service, adviseRelease),
  runsFrom: (service, path) =>
    asked(service, ({ paths }) =>
      paths.some((known) => known.exec === true && containerPath(known.path) === containerPath(path)),
    ),
};

/** Advice from the image profiles alone. */
export const profileAdvice: Advice = adviceFrom([profileKnowledge]);

const factsOnce = remembered(factsOf);

/** Undefined without an image or a profile. */
function asked<T>(service: Service, question: (profile: Profile, facts: ServiceFacts) => T): T | undefined {
  const facts = factsOnce(service);
  const profile = facts === undefined ? undefined : profileOf(facts.image);
  return facts === undefined || profile === undefined ? undefined : question(profile, facts);
}
