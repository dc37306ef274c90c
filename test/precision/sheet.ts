import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a person found when reading the file: `arguable` is true as a fact, but not everybody would want to hear it. */
export type Verdict = "right" | "wrong" | "arguable";

/** A finding that was drawn and judged. It holds names and places, and nothing else of the file. */
export interface Judged {
  readonly rule: string;
  /** The files that were loaded together, relative to the collection. */
  readonly files: readonly string[];
  /** The file it is shown in, and the attribute. */
  readonly at: string;
  readonly fingerprint: string;
  readonly verdict: Verdict;
  /** Why, in one line. */
  readonly reason: string;
}

/** The verdicts so far, on the collection of real projects. */
export function readSheet(): readonly Judged[] {
  return read("sheet.json");
}

/**
 * Verdicts on files of repositories that are not in the collection, drawn once and judged as they were found:
 * what was wrong has become a case of its rule's table since.
 */
export function readUnseen(): readonly Judged[] {
  return read("unseen.json");
}

function read(name: string): readonly Judged[] {
  return JSON.parse(readFileSync(join(import.meta.dirname, name), "utf8"));
}
