import type { Lookup, Refused } from "./decoded.js";
import type { EnvEntry } from "./dotenv.js";
import { isWhiteSpace, utf8Length } from "./unicode.js";

/** The entries of a raw env file, in file order; a repeated key is listed again. */
export type RawEnvFile =
  | { readonly ok: true; readonly entries: readonly (EnvEntry & { readonly name: string })[] }
  | Refused;

/** A line of this many bytes or more does not fit the buffer of the reader that Compose uses. */
const LINE_LIMIT = 65_536;

/**
 * Parses an env file in `docker run` syntax (`format: raw`): `KEY=value` to the end of the line, no quotes, no comments after
 * values, no interpolation. A line of only a name takes its value from the lookup, or is left out.
 */
export function parseRawEnv(text: string, lookup: Lookup): RawEnvFile {
  const entries: (EnvEntry & { readonly name: string })[] = [];
  let line = 1;
  for (let start = 0; start < text.length; line++) {
    const newline = text.indexOf("\n", start);
    const next = newline < 0 ? text.length : newline + 1;
    const end = newline < 0 ? text.length : newline;
    if (end - start > LINE_LIMIT / 4 && utf8Length(text.slice(start, end)) >= LINE_LIMIT) {
      return { ok: false, message: "bufio.Scanner: token too long" };
    }
    const stop = text.charCodeAt(end - 1) === 0x0d && end > start ? end - 1 : end;
    const problem = readLine(text, line, start, stop, lookup, entries);
    if (problem !== undefined) return { ok: false, message: problem };
    start = next;
  }
  return { ok: true, entries };
}

function readLine(
  text: string,
  line: number,
  lineStart: number,
  end: number,
  lookup: Lookup,
  entries: (EnvEntry & { readonly name: string })[],
): string | undefined {
  let start = line === 1 && text.startsWith("\ufeff") ? 1 : lineStart;
  while (start < end && isWhiteSpace(text.charCodeAt(start))) start++;
  if (start >= end || text.charCodeAt(start) === 0x23) return undefined;
  const content = text.slice(start, end);
  const equals = content.indexOf("=");
  const name = equals < 0 ? content : content.slice(0, equals);
  if (name === "") return `no variable name on line '${content}'`;
  if (/[ \t]/.test(name)) return `variable '${name}' contains whitespaces`;
  const key = { start, end: start + name.length };
  if (equals >= 0) {
    const source = { start: key.end + 1, end };
    entries.push({ name, value: content.slice(equals + 1), key, source, line, inherited: false });
    return undefined;
  }
  const value = lookup(name);
  if (value !== undefined) entries.push({ name, value, key, source: key, line, inherited: true });
  return undefined;
}
