import type { Origin, Project } from "@compose-harden/model";
import { writtenAs } from "@compose-harden/model";

/** A value as a reader of the Compose files sees it. */
export interface Literal {
  /** The text, with `HIDDEN` for each part that comes from elsewhere; never to be printed. */
  readonly value: string;
  /** True when part of it is what an unset variable falls back to. */
  readonly isDefault: boolean;
  /** False when what the files show is not all that the text says: `abc$X` shows `abc`. */
  readonly isExact: boolean;
}

/** Stands for a part of a value that the files do not show: a variable without a fallback. */
export const HIDDEN = "\uE000";

/**
 * What the Compose files show of a value: all of it, or its fallbacks and what stands beside its variables. A variable that is
 * not set leaves nothing, so that `abc$X` shows `abc`: most likely a password with a dollar sign that Compose took for a
 * variable. Undefined for values that nobody wrote, and for those of env files.
 */
export function literalOf(
  { value, origin }: { readonly value: string | null; readonly origin: Origin | undefined },
  project: Project,
): Literal | undefined {
  if (value === null || value === "" || origin === undefined) return undefined;
  const slice = writtenAs(origin, project);
  if (slice === undefined) return undefined;
  if (!origin.interpolated && !origin.derived) return { value, isDefault: false, isExact: true };
  const written = withoutQuotes(slice);
  // `KEY:` and `- KEY` take the value from the environment; in `- KEY="value"` the quotes are part of the value.
  if (origin.derived && /^[\w.-]*$/.test(written) && written !== value && slice !== value) return undefined;
  if (!origin.interpolated) return { value, isDefault: false, isExact: true };
  const shown = shownText(written, value);
  // In a list the text is `NAME=value`.
  const text = origin.derived ? shown.value.replace(/^[^=\uE000]+=/, "") : shown.value;
  const stripped = text.replaceAll(HIDDEN, "");
  if (stripped === "") return undefined;
  // `Bearer ${TOKEN}` and `sk-${KEY}` show a beginning, not a value.
  // What stands as a word of its own is missing: in `-a $X ping` the password is not `ping`.
  const isMissing = /(^|[\s"'])\uE000($|[\s"'])/.test(text);
  const isWhole = stripped === value && !isMissing && !/^[\s:=_-]|[\s:=_./-]$/.test(stripped);
  const isExact = !isWhole || !text.includes(HIDDEN);
  return { value: isExact ? text : stripped, isDefault: shown.isDefault, isExact };
}

const EXPRESSION = /\$\$|\$\{(\w+)(?:(:?[-?+])((?:[^{}$]|\$\$|\$\{[^{}]*\})*))?\}|\$\w+/g;

function shownText(text: string, inUse: string): Pick<Literal, "value" | "isDefault"> {
  let isDefault = false;
  const value = text.replace(EXPRESSION, (whole, _name, operator: string | undefined, operand: string | undefined) => {
    if (whole === "$$") return "$";
    if (operator === undefined || !operator.endsWith("-") || operand === undefined) return HIDDEN;
    const fallback = shownText(operand, inUse).value;
    if (fallback === "" || !inUse.includes(fallback.replaceAll(HIDDEN, ""))) return HIDDEN;
    isDefault = true;
    return fallback;
  });
  return { value, isDefault };
}

function withoutQuotes(text: string): string {
  return /^(["'])([\s\S]*)\1$/.exec(text)?.[2] ?? text;
}
