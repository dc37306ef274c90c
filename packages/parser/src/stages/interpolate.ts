import type { Lookup } from "../values/decoded.js";
import { type Interpolation, interpolate } from "../values/template.js";

/** A substituted text; with a problem, `text` is the most useful reading. */
export interface Substituted {
  readonly text: string;
  readonly problem: string | undefined;
  readonly unset: readonly string[];
}

/** Substitutes; a required variable without a value reads as blank, an invalid template stays as it is. */
export function interpolateLeniently(text: string, lookup: Lookup): Substituted {
  const result = interpolate(text, lookup);
  if (result.ok) return { text: result.value, problem: undefined, unset: result.unset };
  if (result.kind === "invalid") {
    return { text, problem: "`$` starts no valid expression: write `$$` for a plain `$`", unset: result.unset };
  }
  const blanks = new Set<string>();
  let again: Interpolation = result;
  while (!again.ok && again.name !== undefined && !blanks.has(again.name)) {
    blanks.add(again.name);
    // `:?` asks for a value that is not empty, so a placeholder stands in and is taken out again.
    again = interpolate(text, (name) => (blanks.has(name) ? PLACEHOLDER : lookup(name)));
  }
  const value = again.ok ? again.value.replaceAll(PLACEHOLDER, "") : text;
  const { name = "" } = result;
  return { text: value, problem: result.message.replace(` ${name} `, ` \`${name}\` `), unset: result.unset };
}

const PLACEHOLDER = "\u0000";
