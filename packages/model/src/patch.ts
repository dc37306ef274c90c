import type { Finding } from "./finding.js";
import type { Intent } from "./fix.js";
import type { SourceFile, SourceRange } from "./source.js";

/** Replace a span by text; 1:1 to an LSP TextEdit and a SARIF replacement. */
export interface Edit {
  readonly range: SourceRange;
  readonly text: string;
}

/** Why a fix was not written. */
export type Refusal =
  | "shared-definition"
  | "interpolated"
  | "would-drop-comment"
  | "unwritable-file"
  | "unsupported-syntax"
  | "conflict"
  | "not-proven";

/** A fix that was not written, with the reason in words a reader of the file can check. */
export interface Refused {
  readonly finding: Finding;
  readonly refusal: Refusal;
  readonly detail: string;
}

/** A file before and after; `before` is undefined for a file that the patch creates. */
export interface FileChange {
  readonly path: string;
  readonly before: SourceFile | undefined;
  readonly after: string;
  /** What turns the one into the other, in the order in which edits at one place are made. */
  readonly edits?: readonly Edit[];
  /** The most permission bits the file may have: those of a created one, what an old one keeps of its own (a secret: 0600). */
  readonly mode?: number;
  /** What it is where it is no Compose file: `env` holds secrets, which no report shows; `ignore` says what git leaves out. */
  readonly role?: "env" | "ignore";
}

/** A fix that was written, with its edits on the text as it was read. */
export interface Applied {
  readonly finding: Finding;
  /** What the data says at places that got new secrets; never to be printed. */
  readonly renewed?: readonly Intent[];
  readonly edits: readonly Edit[];
}

/**
 * What to write, in the order in which to write it: a run that is killed leaves no secret unkept, and none that git would take.
 * Every file change is proven: reloading gives the old project plus the intents of `applied`, and new secrets where it says so.
 */
export interface Patch {
  readonly changes: readonly FileChange[];
  readonly applied: readonly Applied[];
  readonly refused: readonly Refused[];
  /** Findings whose fix the policy holds back: unsafe without leave, or switched off. */
  readonly held: readonly Finding[];
}
