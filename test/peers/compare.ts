import { type Finding, isFoundBy, type Project, type Service } from "@compose-harden/model";
import { CATALOGUES, type Peer } from "./catalogues.js";
import { REASONS } from "./reasons.js";

/** A finding of a peer. */
export interface Theirs {
  readonly peer: Peer;
  readonly rule: string;
  /** Relative to the folder. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly service: string | undefined;
}

/** How a finding of a peer stands here: found too, lacking for a reason, or lacking. */
export type Standing =
  | { readonly kind: "found" }
  | { readonly kind: "explained"; readonly reason: string }
  | { readonly kind: "open" };

/** One difference that a person looked at: no reason fits it that a program could see. */
export interface Explained {
  readonly peer: Peer;
  readonly rule: string;
  /** `file service`. */
  readonly at: string;
  readonly reason: string;
}

/** Where a finding of a peer stands among ours of the same file. */
export function standingOf(
  theirs: Theirs,
  project: Project,
  ours: readonly Finding[],
  explained: readonly Explained[],
): Standing {
  const rule = CATALOGUES[theirs.peer][theirs.rule];
  if (rule === undefined) return { kind: "open" };
  const service = serviceOf(theirs, project);
  if (
    ours.some((one) => rule.ours.some((id) => isFoundBy(one, id)) && one.service === (service?.name ?? theirs.service))
  )
    return { kind: "found" };
  if (rule.left !== undefined)
    return { kind: "explained", reason: `left out on purpose, see ${rule.left} in [coverage](coverage.md)` };
  const known = REASONS.find(({ rules, holds }) => rules.includes(theirs.rule) && holds(service, project, theirs));
  if (known !== undefined) return { kind: "explained", reason: known.reason };
  const at = placeOf(theirs);
  const own = explained.find((row) => row.peer === theirs.peer && row.rule === theirs.rule && row.at === at);
  return own === undefined ? { kind: "open" } : { kind: "explained", reason: own.reason };
}

/** The service that a finding names, by its name or by a path that begins with it. */
function serviceOf({ service }: Theirs, project: Project): Service | undefined {
  const named = project.services.filter(({ name }) => service === name || service?.startsWith(`${name}.`));
  return named.sort((a, b) => b.name.length - a.name.length)[0];
}

/** The file and the service of a finding. */
export function placeOf({ file, service }: Theirs): string {
  return `${file} ${service ?? "-"}`;
}
