import { COLORED, PLAIN, type Style } from "@compose-harden/report";
import type { OutputStream } from "./stream.js";

/** A stream the program prints to, as far as it matters for looks. */
export interface Screen {
  readonly style: Style;
  /** Width in columns. */
  readonly columns: number;
}

/** What decides about colour. */
interface ColorWish {
  /** `--color` or `--no-color`; absent: neither. */
  readonly flag: boolean | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * How to print to a stream: the command line decides about colour, then `NO_COLOR` (https://no-color.org), then
 * `FORCE_COLOR`, then whether a person is looking.
 */
export function screenOf(stream: Pick<OutputStream, "isTTY" | "columns">, { flag, env }: ColorWish): Screen {
  const isColored = flag ?? wishOf(env) ?? (stream.isTTY && env.TERM !== "dumb");
  const width = stream.isTTY ? (stream.columns ?? 80) : 80;
  return { style: isColored ? COLORED : PLAIN, columns: Math.min(Math.max(width, 40), 120) };
}

function wishOf(env: ColorWish["env"]): boolean | undefined {
  if ((env.NO_COLOR ?? "") !== "") return false;
  const force = env.FORCE_COLOR;
  if (force === undefined) return undefined;
  return force !== "0" && force !== "false";
}
