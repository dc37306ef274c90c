import { isCalendarDate, isList, isMap, type Json, type Path } from "@compose-harden/model";
import { closest } from "../errors.js";

/** Something wrong with a file of this program's own. */
export interface ShapeProblem {
  readonly path: Path;
  readonly message: string;
}

/** What is wrong with a value that stands at a path; empty when nothing is. */
export type Check = (value: Json, path: Path) => readonly ShapeProblem[];

export const text: Check = (value, path) => (typeof value === "string" ? [] : [expected(path, "a text", value)]);
export const flag: Check = (value, path) =>
  typeof value === "boolean" ? [] : [expected(path, "true or false", value)];
export const date: Check = (value, path) =>
  typeof value === "string" && isCalendarDate(value) ? [] : [expected(path, "a date, such as 2027-01-31", value)];

export function oneOf(words: readonly string[]): Check {
  return (value, path) =>
    typeof value === "string" && words.includes(value) ? [] : [expected(path, `one of ${words.join(", ")}`, value)];
}

export function listOf(check: Check): Check {
  return (value, path) => {
    if (!isList(value)) return [expected(path, "a list", value)];
    return value.flatMap((item, index) => check(item, [...path, index]));
  };
}

export function object(members: Readonly<Record<string, Check>>, required: readonly string[] = []): Check {
  return (value, path) => {
    if (!isMap(value)) return [expected(path, "a mapping", value)];
    const missing = required.filter((key) => !Object.hasOwn(value, key));
    return [
      ...missing.map((key) => ({ path, message: `\`${key}\` is missing` })),
      ...Object.entries(value).flatMap(([key, member]) => {
        const check = Object.hasOwn(members, key) ? members[key] : undefined;
        return check === undefined
          ? [{ path: [...path, key], message: unknown("key", key, Object.keys(members)) }]
          : check(member, [...path, key]);
      }),
    ];
  };
}

/** Words for a name that nobody knows, with the closest ones that are known. */
export function unknown(noun: string, name: string, known: readonly string[]): string {
  const near = closest(name, known).map((word) => `\`${word}\``);
  return `unknown ${noun} \`${name}\`${near.length === 0 ? "" : `: did you mean ${near.join(" or ")}?`}`;
}

/** Words for a value of the wrong kind. */
export function expected(path: Path, what: string, value: Json): ShapeProblem {
  const found = isList(value) ? "a list" : isMap(value) ? "a mapping" : JSON.stringify(value);
  return { path, message: `expected ${what}, found ${found}` };
}
