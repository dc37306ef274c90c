import type { Decoded, Span } from "./decoded.js";
import { accept, refuse } from "./decoded.js";
import { isWhiteSpace } from "./unicode.js";

/** A `KEY=value` item and where its parts stand in the text. */
export interface KeyValue {
  readonly key: string;
  /** Null when the item has no `=`. */
  readonly value: string | null;
  readonly parts: { readonly key: Span; readonly value?: Span };
}

/** Splits an item of a list that stands for a mapping (`labels`, `sysctls`, `build.args` …) at its first `=`. */
export function splitKeyValue(text: string): KeyValue {
  const equals = text.indexOf("=");
  if (equals < 0) return { key: text, value: null, parts: { key: { start: 0, end: text.length } } };
  const parts = { key: { start: 0, end: equals }, value: { start: equals + 1, end: text.length } };
  return { key: text.slice(0, equals), value: text.slice(equals + 1), parts };
}

/** Splits an item of `environment`, where a key must not end in a blank. */
export function parseEnvironmentItem(text: string): Decoded<KeyValue> {
  const item = splitKeyValue(text);
  if (item.key !== "" && endsInSpace(item.key)) {
    return refuse(`environment variable ${item.key} is declared with a trailing space`);
  }
  return accept(item);
}

/** Compose looks at the last byte alone, so that two continuation bytes of UTF-8 pass for a blank as well. */
function endsInSpace(key: string): boolean {
  const code = key.charCodeAt(key.length - 1);
  if (code < 0x80) return isWhiteSpace(code);
  const lastByte = 0x80 | (code & 0x3f);
  return lastByte === 0x85 || lastByte === 0xa0;
}
