import { ACTIVE } from "../escape.js";

/**
 * JSON for a file or a terminal: what could act on a screen is written as `\u001b`, and so is the `#` of `##[`, which
 * GitHub's runner takes for a command anywhere in a line. A reader of the JSON gets exactly the value that went in.
 */
export function jsonText(value: unknown): string {
  return `${inertJson(JSON.stringify(value, undefined, 2))}\n`;
}

/** The same for a piece of JSON that begins and ends outside of texts. */
export function inertJson(text: string): string {
  return text
    .replaceAll("##[", "\\u0023#[")
    .replace(ACTIVE, (found) => (found === "\n" ? found : found.split("").map(escapedUnit).join("")));
}

function escapedUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
