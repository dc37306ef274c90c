import type { Evidence, Service } from "@compose-harden/model";
import {
  adviseCapabilities,
  adviseNoNewPrivileges,
  adviseReadOnly,
  containerPath,
  factsOf,
  type Advice as ImageAdvice,
  type Profile,
  profileOf,
  type ServiceFacts,
} from "@compose-harden/profiles";
import { capabilityName, DEFAULT_CAPABILITIES, STEP_DOWN_CAPABILITIES } from "./capabilities.js";
import { isRoot } from "./container.js";
import { type Sizes, sizesFor } from "./sizes.js";

/** How far a change may be trusted for one service. */
export type Grade = { readonly evidence?: readonly Evidence[] } & (
  | { readonly applicability: "safe" }
  | { readonly applicability: "unsafe"; readonly caveat: string }
);

/** What a service needs when its root file system is read-only. */
export interface ReadOnlyAdvice {
  readonly grade: Grade;
  /** `tmpfs` entries: paths that must stay writable, without what is mounted already. */
  readonly scratch: readonly string[];
}

/** What a service needs when all capabilities are dropped. */
export interface CapabilityAdvice {
  readonly grade: Grade;
  /** The ones to add back, without `CAP_`. */
  readonly add: readonly string[];
}

/** What is known about a service's image. The one place where knowledge about images enters the rules. */
export interface Advice {
  noNewPrivileges(service: Service): Grade;
  readOnly(service: Service): ReadOnlyAdvice;
  /** True when the image is known to start programs from this path: its tmpfs needs `exec`. */
  runsFrom(service: Service, path: string): boolean;
  capabilities(service: Service): CapabilityAdvice;
  sizes(service: Service): Sizes;
}

/**
 * Advice for now: what a fix needs (scratch paths, capabilities, room) comes from the image's profile where there is one, but
 * nothing that depends on the image is called safe yet.
 */
export const provisionalAdvice: Advice = {
  noNewPrivileges: (service) => {
    const known = adviceOn(service, adviseNoNewPrivileges);
    return known?.grade === "never"
      ? unsafe(`\`${service.name}\` is known to raise privileges when it starts`, known)
      : { applicability: "safe" };
  },
  readOnly: (service) => {
    const known = adviceOn(service, adviseReadOnly);
    return {
      grade: unsafe(
        `\`${service.name}\` can then write only to its volumes and tmpfs mounts: start it and look for \`Read-only file system\` in its logs`,
        known,
      ),
      scratch: known?.value?.tmpfs ?? ["/tmp"],
    };
  },
  runsFrom: (service, path) =>
    adviceOn(service, (profile) =>
      profile.paths.some((known) => known.exec === true && containerPath(known.path) === containerPath(path)),
    ) ?? false,
  capabilities: (service) => {
    const known = adviceOn(service, adviseCapabilities);
    if (known?.value !== undefined) {
      const caveat = `what \`${service.name}\` does beyond its ordinary start fails with \`Operation not permitted\` when it needs more`;
      return { grade: unsafe(caveat, known), add: known.value.cap_add.filter((name) => isGiven(service, name)) };
    }
    return {
      grade: unsafe(
        `\`${service.name}\` keeps what entry points commonly need to prepare folders and step down to their own user; for more it fails with \`Operation not permitted\`, and for less it can be cut further`,
        known,
      ),
      // With a user of its own it has no use for them: capabilities added for it do not take effect.
      add: service.user !== undefined && !isRoot(service.user.value) ? [] : STEP_DOWN_CAPABILITIES,
    };
  },
  sizes: sizesFor,
};

/** Nothing is added that the service does not have today: it works without. */
function isGiven(service: Service, name: string): boolean {
  return DEFAULT_CAPABILITIES.has(name) || service.cap_add.items.some(({ value }) => capabilityName(value) === name);
}

/** What the profile of the service's image says; undefined without an image or a profile. */
function adviceOn<T>(service: Service, advise: (profile: Profile, facts: ServiceFacts) => T): T | undefined {
  const facts = factsOf(service);
  const profile = facts === undefined ? undefined : profileOf(facts.image);
  return facts === undefined || profile === undefined ? undefined : advise(profile, facts);
}

/** The general caveat, with what is known to go wrong with this image and where that was read. */
function unsafe(caveat: string, known: ImageAdvice<unknown> | undefined): Grade {
  if (known === undefined || known.grade === "unknown") return { applicability: "unsafe", caveat };
  const text = [caveat, ...known.reasons].join("; ");
  return { applicability: "unsafe", caveat: text, evidence: known.evidence };
}
