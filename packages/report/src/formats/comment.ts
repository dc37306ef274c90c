import type { Entry } from "./entry.js";
import { code, detail, details, prose, SIGNS } from "./html.js";

/** A comment on lines of a pull request. */
export interface CommentText {
  /** What is said, worst first. */
  readonly entries: readonly Entry[];
  /** The lines that a click on the code host is to write in place of those commented on, without their endings. */
  readonly suggestion?: readonly string[];
  /** The same lines to copy, where a click might not write them byte for byte. */
  readonly replacement?: readonly string[];
  /** Why there is no suggestion, or what to know of it; our words, names in backticks. */
  readonly notes?: readonly string[];
}

/** GitHub takes 65,536 characters. */
const UNITS = 60_000;
const SHOWN = 20;

/**
 * The comment in GitHub's Markdown. What comes from files stands in HTML blocks, escaped, and the suggestion in a fence that no text in
 * it can close. A hidden last line names the findings, for `printsIn` to find them again.
 */
export function formatComment({ entries, suggestion, replacement, notes = [] }: CommentText): string {
  const end = markerOf(entries.map(({ fingerprint }) => fingerprint));
  const block = suggestion !== undefined ? fenced("suggestion", suggestion) : fenced("yaml", replacement);
  const after = notes.map((note) => `<p>${prose(note)}</p>\n`).join("");
  const room = UNITS - end.length - block.length - after.length - 200;
  const shown: Entry[] = [];
  let used = 0;
  for (const entry of entries.slice(0, SHOWN)) {
    used += paragraph(entry).length + detail(entry).length + 2;
    if (used > room) break;
    shown.push(entry);
  }
  const left = entries.length - shown.length;
  const rest = left === 0 ? "" : `<p>and ${left} more</p>\n`;
  const [only, ...others] = shown;
  // One is told in full; of several, what they are comes first.
  const text =
    only !== undefined && others.length === 0 ? whole(only) : `${shown.map(paragraph).join("\n")}\n${details(shown)}`;
  return `${text}\n${rest}${after}${block}\n${end}\n`;
}

function paragraph(entry: Entry): string {
  return `<p>${headline(entry)}</p>`;
}

function whole(entry: Entry): string {
  const { risk, remedy } = entry;
  const more = [risk === "" ? "" : `Risk: ${prose(risk)}`, remedy === "" ? "" : `Fix: ${prose(remedy)}`];
  return `<p>${[headline(entry), ...more.filter((line) => line !== "")].join("<br/>")}</p>`;
}

function headline({ kind, severity, rule, message }: Entry): string {
  const label = kind === "finding" ? severity : kind;
  return `${SIGNS[severity]} <strong>${label}</strong> ${prose(message)}${kind === "finding" ? ` <em>${code(rule)}</em>` : ""}`;
}

/** A fenced block of whole lines, if there are any to be: the fence is longer than any run of backticks inside. */
function fenced(language: string, lines: readonly string[] | undefined): string {
  if (lines === undefined) return "";
  const text = lines.map((line) => `${line}\n`).join("");
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `\n${fence}${language}\n${text}${fence}\n`;
}

function markerOf(prints: readonly string[]): string {
  return `<!-- compose-harden:v1 ${prints.join(" ")} -->`;
}

const MARKER = /<!-- compose-harden:v1((?: [0-9a-f]{16}(?:-\d+)?)+) -->\s*$/;

/** The fingerprints that a comment of ours names; undefined for any other comment. */
export function printsIn(comment: string): readonly string[] | undefined {
  return MARKER.exec(comment)?.[1]?.trim().split(" ");
}

/** What stands in place of a comment whose findings are gone, where its thread cannot be resolved. */
export function formatMended(comment: string): string {
  return `<p>✅ mended</p>\n\n${markerOf(printsIn(comment) ?? [])}\n`;
}
