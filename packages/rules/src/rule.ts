import type { Fix, LookAt, Origin, Path, Project, Reference, Related, Service, Severity } from "@compose-harden/model";
import type { Advice } from "./advice/advice.js";

/** The chapters of the catalogue. */
export type Topic =
  | "network"
  | "privileges"
  | "files"
  | "resources"
  | "secrets"
  | "supply-chain"
  | "compose"
  | "access"
  | "ai"
  | "home"
  | "project";

/** Where the published guides say the same. */
export interface Frameworks {
  /** Recommendation numbers of the CIS Docker Benchmark 1.6.0. */
  readonly cis?: readonly string[];
  /** Rule numbers of the OWASP Docker Security Cheat Sheet. */
  readonly owasp?: readonly string[];
  /** Sections of NIST SP 800-190, chapter 4 (countermeasures). */
  readonly nist?: readonly string[];
}

/** What an option of a rule may hold. */
export type OptionValue = string | number | boolean | readonly string[];

/** One option of a rule; its type is that of its default. */
export interface OptionSpec<T extends OptionValue = OptionValue> {
  /** What it changes, one line. */
  readonly summary: string;
  readonly default: T;
}

/** What a finding concerns: a value with its origin, or the path of something missing. */
export interface Place {
  readonly path: Path;
  /** Absent: nobody wrote it, and the nearest thing that exists is shown. */
  readonly origin?: Origin | undefined;
}

/** What a rule says; `check` makes findings of it, in an order of its own. */
export interface Report {
  readonly at: Place;
  /** The fact: lower-case start, names in backticks, no full stop, never a secret's value. */
  readonly message: string;
  /** What can happen because of it, one sentence in the same style. */
  readonly risk: string;
  /** Where it differs from the rule's own. */
  readonly severity?: Severity | undefined;
  readonly related?: readonly Related[] | undefined;
  readonly fix?: Fix | undefined;
}

/** What a rule may look at besides the service, and how it says what it finds. */
export interface Context<O> {
  readonly project: Project;
  /** Says what was found. */
  report(report: Report): void;
  /** The rule's options, defaults filled in. */
  readonly options: O;
  /** What is known about the images in use. */
  readonly advice: Advice;
  /** The text of a file below the project's directory, where files can be read; undefined when it is missing. */
  readonly readFile?: ((path: string) => string | undefined) | undefined;
  /** What is known of a file on this machine, where that can be asked. */
  readonly lookAt?: LookAt | undefined;
}

/** The options a rule without options has. */
export type NoOptions = Readonly<Record<never, never>>;

/** One thing to check. Its page, its test and its address derive from the id. */
export interface Rule<O = NoOptions> {
  /** Kebab-case, also the file name; never reused. */
  readonly id: string;
  /** What holds when the rule is content, one line without full stop. */
  readonly summary: string;
  readonly topic: Topic;
  readonly severity: Severity;
  /** The version that brought it. */
  readonly since: string;
  readonly references: readonly [Reference, ...Reference[]];
  readonly frameworks?: Frameworks;
  readonly options?: { readonly [K in keyof O]: O[K] extends OptionValue ? OptionSpec<O[K]> : never };
  /**
   * Rules that say the same in general: where one of them speaks of the same place, and no more gravely, only this one's finding
   * is told. Its fix does what theirs does, and the guides that ask for theirs ask for it too.
   */
  readonly standsInFor?: readonly [string, ...string[]];
  /** Attributes of which a service writes one where `service` finds something; absent: it may find something in any. */
  readonly reads?: readonly [string, ...string[]];
  /** Asked once for every service. */
  service?(service: Service, context: Context<O>): void;
  /** Asked once. */
  project?(project: Project, context: Context<O>): void;
}
