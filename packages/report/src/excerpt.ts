import type { SourceRange } from "@compose-harden/model";
import { columnsOf } from "./columns.js";
import { escapeText } from "./escape.js";
import type { Sources } from "./place.js";
import { maskSecrets, maskValue, maskVariable } from "./secrets.js";

/** The line of a source that holds a span, and a line that marks the span below it. */
export interface Excerpt {
  /** Counted from 1. */
  readonly line: number;
  /** The line's text: tabs expanded, active characters escaped, secrets masked, cut to fit with `…`. */
  readonly text: string;
  /** Blanks, then `^` under the span. */
  readonly marks: string;
}

/** Columns shown in front of the span when a long line has to be cut. */
const LEAD = 16;

/**
 * Shows a span in its line, at most `width` columns wide. Of a span over several lines the first is shown. Of an env
 * file every value is masked, since such files are where secrets live. Undefined for a file that was not read.
 */
export function excerpt(range: SourceRange, width: number, sources: Sources): Excerpt | undefined {
  const text = sources.textOf(range.file);
  if (text === undefined || text === "") return undefined;
  const { line, column } = sources.positionAt(range.file, range.start);
  const lineStart = range.start - (column - 1);
  const full = /^[^\n\r]*/.exec(text.slice(lineStart, lineStart + 20_000))?.[0] ?? "";
  const masked = sources.isEnvFile(range.file)
    ? maskVariable(full)
    : maskSecrets(maskSpans(full, lineStart, sources.secretsIn(range.file)));
  const from = column - 1;
  const to = Math.max(from + 1, Math.min(full.length, from + range.end - range.start));
  const [before, span, after] = [show(masked.slice(0, from)), show(masked.slice(from, to)), show(masked.slice(to))];
  const lead = columnsOf(before) + Math.min(columnsOf(span), width >> 1) > width ? `…${tail(before, LEAD)}` : before;
  const shown = fit(`${lead}${span}${after}`.trimEnd(), width);
  const marked = Math.max(1, Math.min(columnsOf(span), columnsOf(shown) - columnsOf(lead)));
  return { line, text: shown, marks: " ".repeat(columnsOf(lead)) + "^".repeat(marked) };
}

/** Hides values that are secrets by the project's own account, whatever their style; names in `${…}` and in front of `=` stay. */
function maskSpans(line: string, lineStart: number, spans: readonly SourceRange[]): string {
  let masked = line;
  for (const span of spans) {
    const [from, to] = [Math.max(0, span.start - lineStart), Math.min(line.length, span.end - lineStart)];
    if (from >= to) continue;
    const value = masked.slice(from, to);
    const name = /^["']?[\w.-]+=/.exec(value)?.[0] ?? "";
    masked = masked.slice(0, from) + name + maskValue(value.slice(name.length)) + masked.slice(to);
  }
  return masked;
}

function show(text: string): string {
  return escapeText(text.replace(/^\ufeff/, "").replaceAll("\t", "  "));
}

function tail(text: string, columns: number): string {
  const characters = [...text];
  while (columnsOf(characters.join("")) > columns) characters.shift();
  return characters.join("");
}

function fit(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  const characters = [...text].slice(0, columns);
  while (columnsOf(characters.join("")) > columns - 1) characters.pop();
  return `${characters.join("")}…`;
}
