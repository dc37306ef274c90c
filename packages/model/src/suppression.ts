import type { Finding } from "./finding.js";
import type { SourceRange } from "./source.js";

/** A comment that silences findings: `# compose-harden-ignore RULE until 2027-01-31: reason`. */
export interface Suppression {
  readonly rules: readonly string[];
  /** Never empty. */
  readonly reason: string;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly until?: string;
  /** The comment. */
  readonly at: SourceRange;
  /** What it silences: a line, the node that begins in a line, or the whole file. */
  readonly covers: SourceRange;
}

/** True for a day of the calendar written `YYYY-MM-DD`. */
export function isCalendarDate(text: string): boolean {
  const [, year = 0, month = 0, day = 0] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? []).map(Number);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  return month >= 1 && month <= 12 && day >= 1 && day <= days;
}

/** Something to know about the run that is no finding about the stack: an unused suppression, an expired one. */
export interface Remark {
  readonly message: string;
  /** Absent where nothing in a project's files is concerned. */
  readonly at?: SourceRange;
}

/** A finding that a person chose not to see, with the reason given. */
export interface Suppressed {
  readonly finding: Finding;
  /** `comment`: beside the code; `config`: in the configuration; `baseline`: known when the baseline was written. */
  readonly by: "comment" | "config" | "baseline";
  readonly reason: string;
}
