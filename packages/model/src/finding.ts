import type { Fix } from "./fix.js";
import type { Path } from "./json.js";
import type { Origin } from "./source.js";

/** From worst to least. */
export type Severity = "critical" | "high" | "medium" | "low" | "info";

/** All severities, worst first. */
export const SEVERITIES: readonly Severity[] = ["critical", "high", "medium", "low", "info"];

/** A primary source a rule or a claim rests on. */
export interface Reference {
  readonly title: string;
  readonly url: string;
}

/** Another place that explains a finding. */
export interface Related {
  readonly message: string;
  readonly origin: Origin;
}

/** One thing to know about a project. */
export interface Finding {
  /** Rule id, kebab-case. */
  readonly rule: string;
  /** Rules that found the same, and less about it; their findings are left out. */
  readonly standsInFor?: readonly string[];
  readonly severity: Severity;
  /** The service concerned; absent for a finding about the project. */
  readonly service: string | undefined;
  /** The fact: lower-case start, names in backticks, no full stop, never a secret's value. */
  readonly message: string;
  /** What can happen because of it, one sentence in the same style. */
  readonly risk: string;
  /** The attribute concerned, also when it is missing. */
  readonly path: Path;
  /** What to show: the value, or the nearest thing that exists (the service's block) when something is missing. */
  readonly origin: Origin;
  readonly related: readonly Related[];
  readonly fix: Fix | undefined;
}

/** True for what a rule found, also where another rule says it in its place. */
export function isFoundBy({ rule, standsInFor }: Pick<Finding, "rule" | "standsInFor">, id: string): boolean {
  return rule === id || standsInFor?.includes(id) === true;
}
