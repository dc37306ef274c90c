import type { Evidence, Service } from "@compose-harden/model";
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

/** What is known about a service's image. The one place where knowledge about images enters the rules. */
export interface Advice {
  noNewPrivileges(service: Service): Grade;
  readOnly(service: Service): ReadOnlyAdvice;
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
  sizes: sizesFor,
};
