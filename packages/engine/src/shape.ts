import { isList, isMap, type Json, type JsonMap } from "@compose-harden/model";

/**
 * Reads what an engine prints. Engines and versions differ in which fields they print and how they spell "nothing", so that
 * every reader takes any value and answers with a plain one.
 */

/** A mapping; anything else is an empty one. */
export function mapIn(value: Json | undefined): JsonMap {
  return isMap(value) ? value : {};
}

/** A list; anything else is an empty one. */
export function listIn(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

/** A text; numbers as text, anything else as the empty one. */
export function textIn(value: Json | undefined): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** A number, also from its text; anything else is 0. */
export function numberIn(value: Json | undefined): number {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : 0;
}

/** True for `true` and its texts. */
export function flagIn(value: Json | undefined): boolean {
  return value === true || (typeof value === "string" && value.toLowerCase() === "true");
}

/** Texts of a list; a single text is a list of one. */
export function textsIn(value: Json | undefined): readonly string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  return listIn(value).filter((item) => typeof item === "string");
}

/** Texts by name; `null` counts as empty. */
export function textMapIn(value: Json | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(mapIn(value)).map(([key, member]) => [key, textIn(member)]));
}

/** `NAME=value` lines by name; a later one counts. */
export function environmentIn(value: Json | undefined): ReadonlyMap<string, string> {
  return new Map(
    textsIn(value).map((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** JSON of a line, or undefined when it is none. */
export function jsonOf(line: string): Json | undefined {
  try {
    return JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
}

/**
 * Gathers entries from lines of JSON. Docker prints one entry a line; Podman prints a list over many lines, whatever format it is
 * asked for. Call `end` after the last line.
 */
export function entryReader(onEntry: (entry: Json) => void): { line(text: string): void; end(): void } {
  const rest: string[] = [];
  return {
    line(text) {
      const entry = /^\{.*\}$/.test(text) ? jsonOf(text) : undefined;
      if (entry === undefined) rest.push(text);
      else onEntry(entry);
    },
    end() {
      const all = jsonOf(rest.join("\n"));
      for (const entry of isList(all) ? all : isMap(all) ? [all] : []) onEntry(entry);
    },
  };
}
