import type { SourceRange } from "@compose-harden/model";
import { type Environment, lookupIn, problemAt, type Session, unreadable } from "../session.js";
import { parseDotenv } from "../values/dotenv.js";

/**
 * The variables that env files define: later files win over earlier ones; `outer` is what their own `$` expressions see
 * first. Files that are missing or broken are reported.
 */
export function readEnvFiles(
  session: Session,
  paths: readonly string[],
  outer: Environment,
  at?: SourceRange,
): Map<string, string> {
  const found = new Map<string, string>();
  const lookup = lookupIn(outer);
  for (const path of paths) {
    const full = session.absolute(path);
    const result = session.look(full);
    if (result.kind !== "file") {
      session.report(problemAt("env-file", unreadable(path, result), at));
      continue;
    }
    session.envFiles.set(full, { path: full, text: result.text });
    const parsed = parseDotenv(result.text, lookup, (name) => found.get(name));
    if (!parsed.ok) {
      const place = { file: full, start: 0, end: result.text.length };
      session.report(problemAt("env-file", `\`${path}\`: ${parsed.message}`, place));
      continue;
    }
    for (const name of parsed.unset) {
      session.warn(`The "${name}" variable is not set. Defaulting to a blank string.`);
    }
    for (const [name, entry] of parsed.entries) found.set(name, entry.value);
  }
  return found;
}

/** Both environments in one; what `outer` defines stays. */
export function withDefaults(outer: Environment, inner: Environment): Environment {
  if (inner.size === 0) return outer;
  return new Map([...inner, ...outer]);
}
