import { parseDotenv } from "@compose-harden/parser";
import { lineEnding } from "../write/lines.js";

/** The line in front of the variables that fixes put into an env file; below it names are in order, whoever came first. */
const HEADING = "# Secrets moved out of the Compose files";

/**
 * An env file with more variables; undefined where that cannot be done: a value that no quotes hold, a name that has another value,
 * a file that Docker refuses or would read differently. A variable that is there and empty gets its value where it stands.
 */
export function withVariables(text: string, variables: ReadonlyMap<string, string>): string | undefined {
  const before = valuesOf(text);
  if (before === undefined) return undefined;
  let result: string | undefined = text;
  for (const [name, value] of [...variables].sort(([a], [b]) => (a < b ? -1 : 1)))
    result = result === undefined ? undefined : withVariable(result, name, value);
  const after = result === undefined ? undefined : valuesOf(result);
  const isKept = [...before].every(([name, value]) => after?.get(name) === (variables.get(name) ?? value));
  return isKept && [...variables].every(([name, value]) => after?.get(name) === value) ? result : undefined;
}

/** The variables of an env file by themselves; undefined for one that Docker refuses. */
export function valuesOf(text: string): ReadonlyMap<string, string> | undefined {
  const file = parseDotenv(text, () => undefined);
  return file.ok ? new Map([...file.entries].map(([name, { value }]) => [name, value])) : undefined;
}

function withVariable(text: string, name: string, value: string): string | undefined {
  const file = parseDotenv(text, () => undefined);
  const written = quotedFor(name, value);
  if (!file.ok || written === undefined) return undefined;
  const known = file.entries.get(name);
  if (known !== undefined && known.value === value) return text;
  if (known !== undefined) {
    if (known.value !== "" || known.inherited) return undefined;
    return text.slice(0, known.source.start) + written + text.slice(known.source.end);
  }
  const eol = lineEnding(text);
  const line = `${name}=${written}${eol}`;
  const heading = headingIn(text);
  const end = text === "" || text.endsWith("\n") ? text : text + eol;
  if (heading === undefined) return `${end}${/\S/.test(end) ? eol : ""}${HEADING}${eol}${line}`;
  const next = [...file.entries].find(([other, { key }]) => key.start > heading && other > name)?.[1];
  if (next === undefined) return end + line;
  const start = text.lastIndexOf("\n", next.key.start) + 1;
  return text.slice(0, start) + line + text.slice(start);
}

function headingIn(text: string): number | undefined {
  return new RegExp(`^${HEADING}[ \\t\\r]*$`, "m").exec(text)?.index;
}

/** A value as Compose reads it back; what needs no quotes gets none, so that other readers of such files agree. */
function quotedFor(name: string, value: string): string | undefined {
  const forms = [
    ...(/^[\w./+=:@%,~-]+$/.test(value) ? [value] : []),
    `'${value}'`,
    `"${value
      .replace(/[\\"$]/g, "\\$&")
      .replaceAll("\n", "\\n")
      .replaceAll("\r", "\\r")}"`,
  ];
  return forms.find((form) => {
    const file = parseDotenv(`${name}=${form}\nnext=1\n`, () => undefined);
    return file.ok && file.unset.length === 0 && file.entries.size === 2 && file.entries.get(name)?.value === value;
  });
}
