import type { Decoded } from "./decoded.js";
import { accept, refuse } from "./decoded.js";
import type { Integer } from "./number.js";
import { parseFloating, parseInteger, parseUnsigned } from "./number.js";

/** A boolean and the warning that its spelling deserves. */
export interface CastBoolean {
  readonly value: boolean;
  readonly warning?: string;
}

/** Casts a text to a boolean: `true false y yes on n no off` in any case; the last six with a warning. */
export function castBoolean(text: string): Decoded<CastBoolean> {
  switch (text.toLowerCase()) {
    case "true":
      return accept({ value: true });
    case "false":
      return accept({ value: false });
    case "y":
    case "yes":
    case "on":
      return accept({ value: true, warning: deprecated(text, true) });
    case "n":
    case "no":
    case "off":
      return accept({ value: false, warning: deprecated(text, false) });
    default:
      return refuse(`invalid boolean: ${text}`);
  }
}

function deprecated(text: string, value: boolean): string {
  return `"${text}" for boolean is not supported by YAML 1.2, please use \`${value}\``;
}

/** Casts a text to an integer of Compose's `int` attributes (`scale`, `ports[].target`, `ulimits` …): decimal, signed. */
export function castInteger(text: string): Decoded<Integer> {
  return parseInteger(text, 10, "Atoi");
}

/** Casts a text to an integer of Compose's `int64` attributes (`pids_limit`, `cpu_quota` …); differs in messages only. */
export function castInteger64(text: string): Decoded<Integer> {
  return parseInteger(text, 10);
}

/** Casts a text to a float (`cpu_percent`, `max_failure_ratio`). */
export function castFloat(text: string): Decoded<number> {
  return parseFloating(text);
}

/** Casts a text to a float of single precision (`cpus`). */
export function castFloat32(text: string): Decoded<number> {
  return parseFloating(text, 32);
}

/** Casts a text to an umask, written as a YAML integer: a leading zero or `0o` makes it octal. */
export function castUmask(text: string): Decoded<Integer> {
  return parseUnsigned(text, 0, 32);
}

/** Reads a number of CPUs; Compose keeps it in single precision. */
export function parseCpus(text: string): Decoded<number> {
  const cpus = parseFloating(text);
  return cpus.ok ? accept(Math.fround(cpus.value)) : cpus;
}
