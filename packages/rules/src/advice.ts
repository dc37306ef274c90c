import type { Evidence, Service } from "@compose-harden/model";
import { STEP_DOWN_CAPABILITIES } from "./capabilities.js";
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
  capabilities(service: Service): CapabilityAdvice;
  sizes(service: Service): Sizes;
}

/** Advice without knowledge of any image: only what holds for all of them. */
export const provisionalAdvice: Advice = {
  noNewPrivileges: () => ({ applicability: "safe" }),
  readOnly: (service) => ({
    grade: {
      applicability: "unsafe",
      caveat: `\`${service.name}\` can then write only to its volumes and tmpfs mounts: start it and look for \`Read-only file system\` in its logs`,
    },
    scratch: ["/tmp"],
  }),
  capabilities: (service) => ({
    grade: {
      applicability: "unsafe",
      caveat: `\`${service.name}\` keeps what entry points commonly need to prepare folders and step down to their own user; for more it fails with \`Operation not permitted\`, and for less it can be cut further`,
    },
    // With a user of its own it has no use for them: capabilities added for it do not take effect.
    add: service.user !== undefined && !isRoot(service.user.value) ? [] : STEP_DOWN_CAPABILITIES,
  }),
  sizes: sizesFor,
};
