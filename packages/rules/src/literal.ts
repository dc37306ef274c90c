import type { Located, Project } from "@compose-harden/model";
import { sliceOf } from "@compose-harden/model";

/** A value that stands in a Compose file in clear text. */
export interface Literal {
  /** What Docker uses; never to be printed. */
  readonly value: string;
  /** True when it is what an unset variable falls back to. */
  readonly isDefault: boolean;
}

/**
 * The part of a value that a reader of the Compose files sees: the value itself, or the fallback of `${NAME:-fallback}`.
 * Undefined when it comes from a variable, from an env file or from nowhere.
 */
export function literalOf(located: Located<string | null>, project: Project): Literal | undefined {
  const { value, origin } = located;
  if (value === null || value === "" || origin === undefined) return undefined;
  const file = project.files.find(({ path }) => path === origin.value.file);
  if (file === undefined) return undefined;
  if (!origin.interpolated) return { value, isDefault: false };
  const text = sliceOf(file, origin.value);
  const fallback = /\$\{\w+:?-([^${}]+)\}/.exec(text)?.[1];
  return fallback !== undefined && value.includes(fallback) ? { value: fallback, isDefault: true } : undefined;
}
