import type { Decoded } from "./decoded.js";
import { accept, refuse } from "./decoded.js";
import type { Integer } from "./number.js";
import { compactInteger, parseFloating, parseInteger } from "./number.js";
import { utf8Length } from "./unicode.js";

const MULTIPLIERS: Readonly<Record<string, number>> = {
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
  p: 2 ** 50,
};

/** Parses an amount of memory in bytes: a whole number of any sign, or a number with `b`, `k`, `m`, `g`, `t`, `p`, `kb`, `kib` … in any case. */
export function parseBytes(text: string): Decoded<Integer> {
  const whole = parseInteger(text, 10);
  return whole.ok ? whole : parseSize(text);
}

function parseSize(text: string): Decoded<Integer> {
  const separator = lastNumeric(text);
  if (separator < 0) return refuse(`invalid size: '${text}'`);
  const suffix = text.slice(separator + 1);
  const number = parseFloating(text.slice(0, text.charAt(separator) === " " ? separator : separator + 1));
  if (!number.ok) return number;
  if (number.value < 0) return refuse(`invalid size: '${text}'`);
  if (suffix === "") return accept(truncate(number.value));
  if (utf8Length(suffix) > 3) return refuse(`invalid suffix: '${suffix}'`);
  const unit = suffix.toLowerCase();
  if (unit === "b") return accept(truncate(number.value));
  const multiplier = MULTIPLIERS[unit.charAt(0)];
  const rest = unit.slice(1);
  if (multiplier === undefined || (rest !== "" && rest !== "b" && rest !== "ib")) {
    return refuse(`invalid suffix: '${unit}'`);
  }
  return accept(truncate(number.value * multiplier));
}

function lastNumeric(text: string): number {
  for (let i = text.length - 1; i >= 0; i--) {
    if ("0123456789. ".includes(text.charAt(i))) return i;
  }
  return -1;
}

/** Drops the fraction; what does not fit 64 bits becomes the lowest integer, as on amd64. */
function truncate(value: number): Integer {
  if (!(value < 2 ** 63)) return -(2n ** 63n);
  return compactInteger(BigInt(Math.trunc(value)));
}
