import type { Decoded } from "./decoded.js";
import type { Integer } from "./number.js";
import { parseInteger } from "./number.js";

/** Parses the mode of a file as text, always octal: `0400` and `400` are the same. */
export function parseFileMode(text: string): Decoded<Integer> {
  return parseInteger(text, 8);
}

/** A file mode as Compose prints it: octal with a leading zero. */
export function formatFileMode(mode: Integer): string {
  return `0${mode.toString(8)}`;
}
