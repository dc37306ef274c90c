import type { Decoded } from "./decoded.js";
import { accept, refuse } from "./decoded.js";
import { quote } from "./quote.js";

/** A whole number of up to 64 bits; a bigint only where a number would lose digits. */
export type Integer = number | bigint;

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);
const MAX_UINT64 = 2n ** 64n - 1n;
const MAX_UINT32 = 2n ** 32n - 1n;

type NumberFunction = "Atoi" | "ParseInt" | "ParseUint" | "ParseFloat";

function syntaxError(fn: NumberFunction, text: string): string {
  return `strconv.${fn}: parsing ${quote(text)}: invalid syntax`;
}

function rangeError(fn: NumberFunction, text: string): string {
  return `strconv.${fn}: parsing ${quote(text)}: value out of range`;
}

/** A number where it is exact, else the bigint. */
export function compactInteger(value: bigint): Integer {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/**
 * Parses a signed 64-bit integer. Base 0 takes `0x`, `0o`, `0b`, a leading zero for octal, and `_` between digits.
 * `fn` is the name that error messages carry.
 */
export function parseInteger(text: string, base: 0 | 8 | 10, fn: "Atoi" | "ParseInt" = "ParseInt"): Decoded<Integer> {
  const sign = text.charCodeAt(0);
  const signed = sign === 0x2b || sign === 0x2d;
  const digits = readDigits(signed ? text.slice(1) : text, base, MAX_UINT64);
  if (digits === "syntax") return refuse(syntaxError(fn, text));
  if (digits === "range") return refuse(rangeError(fn, text));
  if (typeof digits === "number") return accept(sign === 0x2d ? 0 - digits : digits);
  const value = sign === 0x2d ? -digits : digits;
  if (value > MAX_INT64 || value < MIN_INT64) return refuse(rangeError(fn, text));
  return accept(compactInteger(value));
}

/** Parses an unsigned integer of 32 or 64 bits, without a sign; bases as in `parseInteger`. */
export function parseUnsigned(text: string, base: 0 | 10, bits: 32 | 64): Decoded<Integer> {
  const digits = readDigits(text, base, bits === 32 ? MAX_UINT32 : MAX_UINT64);
  if (digits === "syntax") return refuse(syntaxError("ParseUint", text));
  if (digits === "range") return refuse(rangeError("ParseUint", text));
  return accept(typeof digits === "number" ? digits : compactInteger(digits));
}

/** Digits that fit nine places of any base up to 16 never leave the exact range of a number. */
const SHORT = 9;

function readDigits(text: string, base: 0 | 8 | 10, max: bigint): Integer | "syntax" | "range" {
  if (text === "") return "syntax";
  let radix: number = base;
  let start = 0;
  if (base === 0) {
    radix = 10;
    if (text.charCodeAt(0) === 0x30) {
      const prefix = text.length >= 3 ? RADIX[text.charAt(1)] : undefined;
      radix = prefix ?? 8;
      start = prefix === undefined ? 1 : 2;
    }
  }
  let number = 0;
  let big = 0n;
  const short = text.length - start <= SHORT;
  let underscores = false;
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5f && base === 0) {
      underscores = true;
      continue;
    }
    const digit = digitOf(code);
    if (digit >= radix) return "syntax";
    if (short) number = number * radix + digit;
    else {
      big = big * BigInt(radix) + BigInt(digit);
      // Later characters are not looked at any more, so that an overflow hides a syntax error behind it.
      if (big > max) return "range";
    }
  }
  if (underscores && !underscoresSeparate(text)) return "syntax";
  if (!short) return big;
  return max === MAX_UINT32 && BigInt(number) > max ? "range" : number;
}

const RADIX: Readonly<Record<string, number>> = { x: 16, X: 16, o: 8, O: 8, b: 2, B: 2 };

function digitOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a ? lower - 0x61 + 10 : 99;
}

/** True when every `_` stands between two digits, or between a base prefix and a digit. */
function underscoresSeparate(text: string): boolean {
  let i = /^[+-]/.test(text) ? 1 : 0;
  let last: "start" | "digit" | "_" | "other" = "start";
  const prefix = RADIX[text.charAt(i + 1)];
  const hex = text.charAt(i) === "0" && prefix === 16;
  if (text.charAt(i) === "0" && prefix !== undefined) {
    i += 2;
    last = "digit";
  }
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (digitOf(code) < (hex ? 16 : 10)) last = "digit";
    else if (code === 0x5f) {
      if (last !== "digit") return false;
      last = "_";
    } else {
      if (last === "_") return false;
      last = "other";
    }
  }
  return last !== "_";
}

const DECIMAL = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const HEXADECIMAL = /^[+-]?0[xX]([0-9a-fA-F]*)(?:\.([0-9a-fA-F]*))?[pP]([+-]?[0-9]+)$/;
const INFINITE = /^[+-]?inf(?:inity)?$/i;
const NOT_A_NUMBER = /^nan$/i;

/** True for a decimal number with optional fraction and exponent: no hexadecimal, no names, no `_`. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/**
 * Parses a floating-point number: decimal, hexadecimal with an exponent, `_` between digits, `inf`, `infinity`, `nan` in
 * any case. `bits` is the precision the result is rounded to.
 */
export function parseFloating(text: string, bits: 32 | 64 = 64): Decoded<number> {
  const value = readFloating(text);
  if (value === undefined) return refuse(syntaxError("ParseFloat", text));
  const rounded = bits === 32 ? Math.fround(value) : value;
  if (!Number.isFinite(rounded) && !Number.isNaN(rounded) && !INFINITE.test(text)) {
    return refuse(rangeError("ParseFloat", text));
  }
  return accept(rounded);
}

function readFloating(text: string): number | undefined {
  if (DECIMAL.test(text)) return Number(text);
  if (INFINITE.test(text)) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (NOT_A_NUMBER.test(text)) return Number.NaN;
  let digits = text;
  if (text.includes("_")) {
    if (!underscoresSeparate(text)) return undefined;
    digits = text.replaceAll("_", "");
    if (DECIMAL.test(digits)) return Number(digits);
  }
  const hex = HEXADECIMAL.exec(digits);
  return hex === null ? undefined : hexadecimal(digits, hex);
}

function hexadecimal(
  text: string,
  [, whole = "", fraction = "", exponent = "0"]: readonly string[],
): number | undefined {
  if (whole === "" && fraction === "") return undefined;
  const mantissa = Number(BigInt(`0x0${whole}${fraction}`));
  if (mantissa === 0) return text.startsWith("-") ? -0 : 0;
  let power = Number(exponent) - 4 * fraction.length;
  let value = mantissa;
  // In two steps, because 2 ** power alone may leave the range that the product is in.
  for (; power > 1000 && Number.isFinite(value); power -= 1000) value *= 2 ** 1000;
  for (; power < -1000 && value !== 0; power += 1000) value *= 2 ** -1000;
  value *= 2 ** power;
  return text.startsWith("-") ? -value : value;
}

/** A float as Go's `%v` prints it: `1.5`, `1e+06`, `1e-07`, `+Inf`, `NaN`. */
export function formatFloat(value: number, bits: 32 | 64 = 64): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  if (value === 0) return Object.is(value, -0) ? "-0" : "0";
  const [mantissa = "", exponentText = "0"] = shortest(value, bits).split("e");
  const exponent = Number(exponentText);
  const digits = mantissa.replace(/[-.]/g, "");
  const sign = value < 0 ? "-" : "";
  if (exponent < -4 || exponent >= 6) return scientific(sign, digits, exponent);
  return sign + positional(digits, exponent);
}

/** A finite float as Go's JSON encoder prints it. */
export function formatJsonFloat(value: number, bits: 32 | 64 = 64): string {
  if (Object.is(value, -0)) return "-0";
  return bits === 64 ? String(value) : String(Number(shortest(value, 32)));
}

/** The fewest digits that read back as the same number, in exponent form. */
function shortest(value: number, bits: 32 | 64): string {
  if (bits === 64) return value.toExponential();
  for (let places = 0; places < 8; places++) {
    const text = value.toExponential(places);
    if (Math.fround(Number(text)) === value) return halfEven(value, text, places);
  }
  return value.toExponential(8);
}

/** `toExponential` rounds a tie away from zero, Go to the even digit; a tie shows as a lone 5 in the exact expansion. */
function halfEven(value: number, text: string, places: number): string {
  const [exact = "", exponent = ""] = value.toExponential(100).split("e");
  const point = exact.indexOf(".") + 1 + places;
  const kept = exact.slice(0, point);
  if (!/^50*$/.test(exact.slice(point)) || !/[02468]\.?$/.test(kept)) return text;
  const even = `${kept.replace(/\.$/, "")}e${exponent}`;
  return Math.fround(Number(even)) === value ? even : text;
}

function scientific(sign: string, digits: string, exponent: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
  const power = String(Math.abs(exponent)).padStart(2, "0");
  return `${sign}${digits.charAt(0)}${fraction}e${exponent < 0 ? "-" : "+"}${power}`;
}

function positional(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  return fraction === "" ? whole : `${whole}.${fraction}`;
}
