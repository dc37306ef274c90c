import type { Lookup, Refused, Span } from "./decoded.js";
import { quote } from "./quote.js";
import { interpolate } from "./template.js";
import { isWhiteSpace } from "./unicode.js";

/** One variable of an env file and where it was written. A later entry of the same key replaces an earlier one. */
export interface EnvEntry {
  readonly value: string;
  readonly key: Span;
  /** The value as written, quotes included; for a key that takes its value from outside, the key itself. */
  readonly source: Span;
  /** Line of the key, from 1. */
  readonly line: number;
  /** True when the line has no value and the lookup gave it. */
  readonly inherited: boolean;
}

/** A parsed env file. */
export type EnvFile =
  | {
      readonly ok: true;
      readonly entries: ReadonlyMap<string, EnvEntry>;
      /** Names used inside values that had none and became blank. */
      readonly unset: readonly string[];
    }
  | (Refused & { readonly unset: readonly string[] });

interface State {
  readonly text: string;
  at: number;
  /** Line number as Compose counts it in its messages. */
  line: number;
  readonly entries: Map<string, EnvEntry>;
  readonly unset: string[];
  readonly lookup: Lookup;
  readonly earlier: Lookup;
  readonly lines: { at: number; line: number };
}

/**
 * Parses a dotenv file. Values are interpolated with `lookup` first, earlier keys of the file second and `earlier` (the files
 * before this one) last. Compose's oddities
 * hold: text after a closing quote is a new statement, and a last line of only a name is the value of the empty key.
 */
export function parseDotenv(text: string, lookup: Lookup, earlier: Lookup = () => undefined): EnvFile {
  const state: State = {
    text,
    at: text.startsWith("\ufeff") ? 1 : 0,
    line: 1,
    entries: new Map(),
    unset: [],
    lookup,
    earlier,
    lines: { at: 0, line: 1 },
  };
  while (toStatement(state)) {
    const problem = readStatement(state);
    if (problem !== undefined) return { ok: false, message: problem, unset: state.unset };
  }
  return { ok: true, entries: state.entries, unset: state.unset };
}

/** Moves to the next statement, over blanks and comments; false at the end of the file. */
function toStatement(state: State): boolean {
  const { text } = state;
  for (; state.at < text.length; state.at++) {
    const code = text.charCodeAt(state.at);
    if (code === 0x0a) state.line++;
    if (isWhiteSpace(code)) continue;
    if (code !== 0x23) return true;
    const newline = text.indexOf("\n", state.at);
    if (newline < 0) break;
    state.at = newline - 1;
  }
  return false;
}

/** Reads one statement; answers the error message, or undefined when all is well. */
function readStatement(state: State): string | undefined {
  const { text } = state;
  if (/^export[\t\n\f\r ]/.test(text.slice(state.at, state.at + 7))) state.at = skipBlanks(text, state.at + 6);
  const start = state.at;
  if (start >= text.length) return "zero length string";
  const stop = findKeyEnd(text, start);
  if (stop.kind === "bad") {
    const newline = text.indexOf("\n", start);
    const shown = text.slice(start, newline < 0 ? text.length : newline);
    return `line ${state.line}: unexpected character ${quote(stop.char)} in variable name ${quote(shown)}`;
  }
  const named = stop.kind === "separator";
  const inherited = named && text.charCodeAt(stop.at) === 0x0a;
  const written = named ? text.slice(start, stop.at) : "";
  if (inherited && !written.includes(" ")) state.line++;
  const name = trimRight(written);
  state.at = skipBlanks(text, named ? stop.at + 1 : start);
  if (name.includes(" ")) return `line ${state.line}: key cannot contain a space`;
  const place = { key: { start, end: start + name.length }, line: lineAt(state, start) };
  if (inherited) {
    const value = state.lookup(name);
    if (value !== undefined) state.entries.set(name, { value, ...place, source: place.key, inherited: true });
    return undefined;
  }
  return readValue(state, name, place);
}

function readValue(state: State, name: string, place: Pick<EnvEntry, "key" | "line">): string | undefined {
  const { text } = state;
  const start = state.at;
  const mark = text.charAt(start);
  const read = mark === '"' || mark === "'" ? readQuoted(state, mark) : readUnquoted(state);
  if (typeof read === "string") return read;
  const expanded = read.literal ? undefined : expand(state, read.value);
  if (expanded?.ok === false) return expanded.message;
  const value = expanded?.value ?? read.value;
  state.entries.set(name, { value, ...place, source: { start, end: read.end }, inherited: false });
  return undefined;
}

interface RawValue {
  readonly value: string;
  readonly end: number;
  readonly literal: boolean;
}

function readUnquoted(state: State): RawValue {
  const { text, at } = state;
  const newline = text.indexOf("\n", at);
  const lineEnd = newline < 0 ? text.length : newline;
  state.at = newline < 0 ? text.length : newline + 1;
  state.line++;
  const line = text.slice(at, lineEnd);
  const comment = line.indexOf(" #");
  const value = trimRight(comment < 0 ? line : line.slice(0, comment));
  return { value, end: at + value.length, literal: false };
}

function readQuoted(state: State, mark: '"' | "'"): RawValue | string {
  const { text } = state;
  const start = state.at;
  let value = "";
  let from = start + 1;
  for (let i = start + 1; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === "\n") state.line++;
    else if (char === "\\" && i + 1 < text.length) {
      const next = text.charAt(i + 1);
      if (next === mark) {
        value += text.slice(from, i);
        from = i + 1;
      } else if (next === "\n") state.line++;
      i++;
    } else if (char === mark) {
      value += text.slice(from, i);
      state.at = i + 1;
      return { value: mark === '"' ? expandEscapes(value) : value, end: i + 1, literal: mark === "'" };
    }
  }
  const newline = text.indexOf("\n", start);
  return `line ${state.line}: unterminated quoted value ${text.slice(start, newline < 0 ? text.length : newline)}`;
}

function expand(state: State, value: string): { readonly ok: true; readonly value: string } | Refused {
  const { lookup, earlier, entries, unset } = state;
  const result = interpolate(value, (name) => lookup(name) ?? entries.get(name)?.value ?? earlier(name));
  unset.push(...result.unset);
  return result;
}

const ESCAPE = /\\(?:[abcfnrtv$"\\]|0[0-9]{0,3})/g;
const ESCAPES: Readonly<Record<string, string>> = {
  "\\a": "\u0007",
  "\\b": "\b",
  "\\f": "\f",
  "\\n": "\n",
  "\\r": "\r",
  "\\t": "\t",
  "\\v": "\u000b",
  '\\"': '"',
  "\\\\": "\\",
  // Interpolation follows and turns this into one dollar sign.
  "\\$": "$$",
};

function expandEscapes(value: string): string {
  if (!value.includes("\\")) return value;
  return value.replace(ESCAPE, (written) => {
    if (!written.startsWith("\\0")) return ESCAPES[written] ?? written;
    const digits = written.slice(2);
    return /^[0-3][0-7]{2}$/.test(digits) ? String.fromCharCode(Number.parseInt(digits, 8)) : `\\${digits}`;
  });
}

type KeyEnd =
  | { readonly kind: "separator"; readonly at: number }
  | { readonly kind: "bad"; readonly char: string }
  | { readonly kind: "none" };

function findKeyEnd(text: string, start: number): KeyEnd {
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x3d || code === 0x3a || code === 0x0a) return { kind: "separator", at: i };
    if (isKeyCharacter(code) || isBlank(code)) continue;
    const char = String.fromCodePoint(text.codePointAt(i) ?? 0);
    if (code < 0x80 || !/^[\p{L}\p{N}]$/u.test(char)) return { kind: "bad", char };
    i += char.length - 1;
  }
  return { kind: "none" };
}

/** ASCII letters, digits and `_ . - [ ]`. */
function isKeyCharacter(code: number): boolean {
  const lower = code | 0x20;
  return (
    (lower >= 0x61 && lower <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x5f ||
    code === 0x2e ||
    code === 0x2d ||
    code === 0x5b ||
    code === 0x5d
  );
}

/** White space inside a line. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || (code >= 0x0b && code <= 0x0d) || code === 0x85 || code === 0xa0;
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}

function trimRight(text: string): string {
  let end = text.length;
  while (end > 0 && isWhiteSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Line of an offset; offsets are asked for in rising order, so the file is walked once. */
function lineAt(state: State, offset: number): number {
  const { text, lines } = state;
  for (let at = text.indexOf("\n", lines.at); at >= 0 && at < offset; at = text.indexOf("\n", at + 1)) {
    lines.line++;
    lines.at = at + 1;
  }
  return lines.line;
}
