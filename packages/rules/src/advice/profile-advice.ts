import { remembered, type Service } from "@compose-harden/model";
import {
  adviseCapabilities,
  adviseLimits,
  adviseNoNewPrivileges,
  adviseReadOnly,
  adviseRelease,
  containerPath,
  factsOf,
  type Profile,
  type ServiceFacts,
} from "@compose-harden/profiles";
import { productOf } from "../programs/product.js";
import { type Advice, adviceFrom, type Knowledge } from "./advice.js";

/** What the profile of a service's image says. */
export const profileKnowledge: Required<Knowledge> = {
  noNewPrivileges: (service) => asked(service, adviseNoNewPrivileges),
  readOnly: (service) => asked(service, adviseReadOnly),
  capabilities: (service) => asked(service, adviseCapabilities),
  memory: (service) => limitsOf(service)?.memory,
  cpus: (service) => limitsOf(service)?.cpus,
  pids: (service) => limitsOf(service)?.pids,
  release: (service) => asked(service, adviseRelease),
  runsFrom: (service, path) =>
    asked(service, ({ paths }) =>
      paths.some((known) => known.exec === true && containerPath(known.path) === containerPath(path)),
    ),
};

/** Advice from the image profiles alone. */
export const profileAdvice: Advice = adviceFrom([profileKnowledge]);

const limitsOf = remembered((service: Service) => asked(service, adviseLimits));

const factsOnce = remembered(factsOf);

/** Undefined without an image or a profile. */
function asked<T>(service: Service, question: (profile: Profile, facts: ServiceFacts) => T): T | undefined {
  const profile = productOf(service);
  const facts = profile === undefined ? undefined : factsOnce(service);
  return profile === undefined || facts === undefined ? undefined : question(profile, facts);
}
