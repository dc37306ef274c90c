/** The answer to one question of the audit: `yes` is what one wants. */
export type Mark = "yes" | "no" | "unknown";

/** One cell of the audit's table. */
export interface AuditCell {
  readonly mark: Mark;
  /** A few words: the fact. */
  readonly text: string;
}

/** The questions of the audit, in the order of the table's columns. */
export const AUDIT_COLUMNS = [
  ["reach", "Reachable from"],
  ["login", "Login"],
  ["noNewPrivileges", "No new privileges"],
  ["readOnly", "Read-only"],
  ["limits", "Limits"],
  ["secrets", "Secrets"],
  ["image", "Image pinned"],
] as const;

/** How a service does as a whole, from its worst finding: A nothing above info, B low, C medium, D high, F critical. */
export type AuditGrade = "A" | "B" | "C" | "D" | "F";

/** One service of the audit's table. */
export interface AuditRow extends Readonly<Record<(typeof AUDIT_COLUMNS)[number][0], AuditCell>> {
  readonly service: string;
  /** Published ports as people write them; empty when there are none. */
  readonly ports: readonly string[];
  readonly grade: AuditGrade;
}
