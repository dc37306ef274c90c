import { type Finding, isFoundBy, isRenewal } from "@compose-harden/model";

/** Which fixes may be written, and where. */
export interface Policy {
  /** Fixes that need a person's judgement: all, none, or those of some rules or services. Default: none. */
  readonly unsafe?: boolean | { readonly rules?: readonly string[]; readonly services?: readonly string[] };
  /** Fixes of these rules are left alone. */
  readonly off?: readonly string[];
  /**
   * All findings of the project, where only some are given to be fixed, as with one rule after the other: the result is then
   * the same as of all at once. Default: those given.
   */
  readonly open?: readonly Finding[];
  /** Absolute path of an override file that takes all changes; the other files stay as they are. */
  readonly overlay?: string;
  /** Makes a secret to take the place of one that others know. Default: such secrets stay as they are. */
  readonly newSecret?: (old: string) => string;
  /** Without it no secret is moved: there is no place for an env file, as beside a text that came alone. */
  readonly keeping?: Keeping;
  /** Files outside this directory are not written unless they were named; default: the project's own directory. */
  readonly root?: string;
}

/** What is known of the files around a project, so that a secret can be kept in one of them. */
export interface Keeping {
  /**
   * What git does with a file: nothing (`outside` of a repository), `ignored`, `tracked`, or it would take it, unless a line
   * goes into a file of patterns.
   */
  readonly git: (
    path: string,
  ) => "outside" | "ignored" | "tracked" | { readonly ignoreFile: string; readonly line: string };
  /** True for a variable that files beside the project use: they would see it too. */
  readonly isTaken: (name: string) => boolean;
}

/** True when the policy lets the finding's fix be written. */
export function allows(policy: Policy, finding: Finding): boolean {
  const { fix, rule, service } = finding;
  if (fix === undefined || policy.off?.includes(rule)) return false;
  if (isRenewal(fix)) return policy.newSecret !== undefined;
  if (fix.applicability === "safe") return true;
  const { unsafe = false } = policy;
  if (typeof unsafe === "boolean") return unsafe;
  return (
    (unsafe.rules?.some((id) => isFoundBy(finding, id)) ?? false) ||
    (service !== undefined && (unsafe.services?.includes(service) ?? false))
  );
}
