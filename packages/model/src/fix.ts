import type { Json, KeyPath, Path } from "./json.js";

/**
 * What must hold on the merged project, in canonical values (`Project.data`'s own); how it is written is the fixer's business.
 * List members are named by value: an index would go stale when another fix drops a member.
 * `written` is how a person would write the value where that differs from the canonical form (`512m` for `"536870912"`).
 */
export type Intent =
  | { readonly op: "set"; readonly path: KeyPath; readonly value: Json; readonly written?: Json }
  | { readonly op: "unset"; readonly path: KeyPath }
  | { readonly op: "add"; readonly path: KeyPath; readonly item: Json; readonly written?: Json }
  | { readonly op: "drop"; readonly path: KeyPath; readonly item: Json }
  | { readonly op: "replace"; readonly path: KeyPath; readonly item: Json; readonly by: Json; readonly written?: Json };

/**
 * A secret that is to stand in the project's env file instead of a Compose file, which names a variable in its place. It changes
 * nothing in the project's data unless it is renewed, and so is no intent.
 */
export interface Move {
  /** The value that holds the secret, or the list that has it as a member or in one. */
  readonly path: Path;
  /** The secret itself, in the words of the data; never to be printed. */
  readonly part: string;
  /** The characters around it; empty at the ends of the value, undefined where they are not known. They tell it from the same text elsewhere. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** How many places of the same text with the same characters around come before it; absent for the first. */
  readonly nth?: number;
  /**
   * A secret that others know: a new one takes its place, if new ones are wanted. All places that hold it are moves of the same fix.
   * The project's data then has the new one, which makes this the one kind of move that changes it.
   */
  readonly renewed?: true;
  /** Names for the variable, the best first. They depend on the data alone, so that any order of fixes gives the same. */
  readonly names: readonly [string, ...string[]];
}

/** Where a claim about an image or a service was read or measured. */
export interface Evidence {
  /** `vendor-doc`, `vendor-manifest`, `dockerfile`, `entrypoint`, `experiment`, `ci-deployed`, `observed` … */
  readonly kind: string;
  /** A URL, or `owner/repository/path@commit`. */
  readonly where: string;
  readonly states: string;
  /** ISO date of reading or measuring. */
  readonly date?: string;
}

/** A fix that is not safe cannot be written without saying why: the types insist. */
export type Fix = {
  /** Imperative, no full stop: "bind port 5678 to 127.0.0.1". */
  readonly title: string;
  /** Empty only where the fix moves something. */
  readonly intents: readonly Intent[];
  readonly moves?: readonly Move[];
  readonly evidence?: readonly Evidence[];
  /** What the user should know even of a safe fix: how to get back access that was the point to lose. */
  readonly note?: string;
} & ({ readonly applicability: "safe" } | { readonly applicability: "unsafe"; readonly caveat: string });

/** True for a fix that puts new secrets in the place of known ones. */
export function isRenewal({ moves = [] }: Fix): boolean {
  return moves.some(({ renewed }) => renewed === true);
}
