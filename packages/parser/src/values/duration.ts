import type { Decoded } from "./decoded.js";
import { accept, refuse } from "./decoded.js";

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "\u00b5s": 1_000n,
  "\u03bcs": 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
  w: 604_800_000_000_000n,
};

const MAX_INT64 = 2n ** 63n - 1n;
const TERM = /([0-9]*)(?:(\.)([0-9]*))?([^.0-9]*)/y;

/** Parses a duration of Compose, in nanoseconds: signed terms of a decimal number and `ns us ms s m h d w`. */
export function parseDuration(text: string): Decoded<bigint> {
  return readDuration(text, MAX_INT64, `"${text}"`, (unit) => (Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined));
}

/** Parses a duration as Go's standard library does, in nanoseconds: as `parseDuration`, without days and weeks. */
export function parseGoDuration(text: string): Decoded<bigint> {
  const units = (unit: string): bigint | undefined =>
    unit === "d" || unit === "w" || !Object.hasOwn(UNITS, unit) ? undefined : UNITS[unit];
  // The magnitude may be one more than the largest duration, for the lowest negative one.
  const result = readDuration(text, MAX_INT64 + 1n, quoteBytes(text), units);
  return result.ok && result.value > MAX_INT64 ? refuse(`time: invalid duration ${quoteBytes(text)}`) : result;
}

function readDuration(
  text: string,
  max: bigint,
  quoted: string,
  units: (unit: string) => bigint | undefined,
): Decoded<bigint> {
  const invalid = refuse(`time: invalid duration ${quoted}`);
  const signed = text.startsWith("-") || text.startsWith("+");
  const body = signed ? text.slice(1) : text;
  if (body === "0") return accept(0n);
  if (body === "") return invalid;
  let total = 0n;
  for (let at = 0; at < body.length; ) {
    TERM.lastIndex = at;
    const [matched = "", whole = "", point = "", fraction = "", unit = ""] = TERM.exec(body) ?? [];
    const leading = readLeading(whole, max);
    if (leading === undefined || (whole === "" && fraction === "")) return invalid;
    if (unit === "") return refuse(`time: missing unit in duration ${quoted}`);
    const scale = units(unit);
    if (scale === undefined) {
      const shown = quoted.startsWith(`"${text}"`) ? `"${unit}"` : quoteBytes(unit);
      return refuse(`time: unknown unit ${shown} in duration ${quoted}`);
    }
    if (leading > max / scale) return invalid;
    const value = leading * scale + (point === "" ? 0n : readFraction(fraction, scale, max));
    total += value;
    if (value > max || total > max) return invalid;
    at += matched.length;
  }
  return accept(text.startsWith("-") ? -total : total);
}

function readLeading(digits: string, max: bigint): bigint | undefined {
  const value = BigInt(`0${digits}`);
  return value > max ? undefined : value;
}

/** Digits beyond what 64 bits hold add no precision. */
function readFraction(digits: string, unit: bigint, max: bigint): bigint {
  let value = 0n;
  let scale = 1;
  for (const digit of digits) {
    if (value > MAX_INT64 / 10n) break;
    const next = value * 10n + BigInt(digit);
    if (next > max) break;
    value = next;
    scale *= 10;
  }
  return BigInt(Math.trunc(Number(value) * (Number(unit) / scale)));
}

/** Go's quoting of durations: bytes outside printable ASCII as `\xNN`. */
function quoteBytes(text: string): string {
  let out = "";
  for (const char of text) {
    if (char === '"' || char === "\\") out += `\\${char}`;
    else if (char >= " " && char < "\u007f") out += char;
    else if (char === "\u007f") out += char;
    else out += encodeURIComponent(char).replace(/%([0-9A-F]{2})/g, (_, hex: string) => `\\x${hex.toLowerCase()}`);
  }
  return `"${out}"`;
}

/** A duration in nanoseconds as Compose prints it: `1h30m0s`, `1.5s`, `100ms`, `1µs`. */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds < 0n) return `-${formatDuration(-nanoseconds)}`;
  if (nanoseconds === 0n) return "0s";
  if (nanoseconds < 1_000n) return `${nanoseconds}ns`;
  if (nanoseconds < 1_000_000n) return `${decimal(nanoseconds, 3)}µs`;
  if (nanoseconds < 1_000_000_000n) return `${decimal(nanoseconds, 6)}ms`;
  const seconds = `${decimal(nanoseconds % 60_000_000_000n, 9)}s`;
  const minutes = nanoseconds / 60_000_000_000n;
  if (minutes === 0n) return seconds;
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, places: number): string {
  const unit = 10n ** BigInt(places);
  const fraction = String(value % unit)
    .padStart(places, "0")
    .replace(/0+$/, "");
  return fraction === "" ? String(value / unit) : `${value / unit}.${fraction}`;
}
