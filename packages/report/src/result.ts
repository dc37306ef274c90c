import type {
  Edit,
  Finding,
  Fix,
  Gap,
  Project,
  Reference,
  Remark,
  Service,
  Severity,
  Suppressed,
} from "@compose-harden/model";

/** What reports show of a service. */
export type ReportedService = Pick<Service, "name" | "environment"> & {
  readonly image: { readonly value: string } | undefined;
};

/** What reports show of a project; a loaded `Project` is one. */
export interface ReportedProject extends Pick<Project, "name" | "files" | "gaps" | "data"> {
  readonly entry: Pick<Project["entry"], "cwd" | "files">;
  readonly envFiles: Project["files"];
  readonly services: readonly ReportedService[];
}

/** What reports show of a fix: not its intents, which may hold values that are secrets. */
export type ReportedFix = Pick<Fix, "title" | "evidence" | "note"> &
  ({ readonly applicability: "safe" } | { readonly applicability: "unsafe"; readonly caveat: string });

/** What reports show of a finding; a `Finding` is one. */
export type ReportedFinding = Omit<Finding, "fix"> & { readonly fix: ReportedFix | undefined };

/** A finding that a person chose not to see, as reports show it. */
export type ReportedSuppressed<F extends ReportedFinding = ReportedFinding> = Omit<Suppressed, "finding"> & {
  readonly finding: F;
};

/** One project that was read, with what was found in it. */
export interface Result<P extends ReportedProject = Project, F extends ReportedFinding = Finding> {
  /** How the project is called in reports: the files it was asked for. */
  readonly label: string;
  readonly project: P;
  /** What is to be shown. */
  readonly findings: readonly F[];
  readonly suppressed: readonly ReportedSuppressed<F>[];
  /** Suppressions that silence nothing, and the like. */
  readonly remarks: readonly Remark[];
  /** How many findings the command line's own filters left out, by `--min-severity`. */
  readonly hidden: number;
  /** The edits of a finding's fix, each proven by itself, for formats with a place for them; absent: none. */
  readonly editsOf?: (finding: ReportedFinding) => readonly Edit[] | undefined;
  /** Where the project stands in a run of several parts; absent in a run of one. */
  readonly shard?: ShardPlace;
}

/** What of a result reports show. */
export type ReportedResult = Result<ReportedProject, ReportedFinding>;

/** What a report of a part says about a project, so that the parts can be put together as if one run had made them. */
export interface ShardPlace {
  /** Reports of all parts name projects in this order. */
  readonly position: number;
  /** Tells findings that say the same of the same place apart from others, across projects. */
  readonly keyOf: (finding: ReportedFinding) => string;
  /** Keys of the findings that the command line's filters left out. */
  readonly hidden: readonly string[];
}

/** Which part of a run a report is. */
export interface Shard {
  /** From 1 to `count`. */
  readonly index: number;
  readonly count: number;
}

/** What a report says about a rule that has findings. */
export interface RuleInfo {
  readonly id: string;
  readonly summary: string;
  readonly severity: Severity;
  readonly references: readonly Reference[];
  /** Sections of guides that ask for the same, by the name of the guide. */
  readonly frameworks?: Readonly<Partial<Record<"cis" | "owasp" | "nist", readonly string[]>>> | undefined;
}

/** A path as the reader knows it: relative to where the program runs, `/` as separator. */
export type DisplayPath = (path: string) => string;

/** Gaps without repetition: one for each place and message. */
export function gapsOf(project: Pick<Project, "gaps">): readonly Gap[] {
  const seen = new Map<string, Gap>();
  for (const gap of project.gaps) {
    const key = JSON.stringify([gap.message, gap.at ?? null]);
    if (!seen.has(key)) seen.set(key, gap);
  }
  return [...seen.values()];
}

/** Takes results one by one, in their order, and writes them as a report; it is whole after `end`. */
export interface ReportWriter {
  readonly add: (result: ReportedResult) => void;
  readonly end: () => void;
}
