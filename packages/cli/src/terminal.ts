import { PLAIN, type Style } from "@compose-harden/report";
import colors from "picocolors";

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
export function screenOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  { flag, env }: ColorWish,
): Screen {
  const isColored = flag ?? wishOf(env) ?? (stream.isTTY === true && env.TERM !== "dumb");
  const width = stream.isTTY === true ? (stream.columns ?? 80) : 80;
  return { style: isColored ? colored() : PLAIN, columns: Math.min(Math.max(width, 40), 120) };
}

function wishOf(env: ColorWish["env"]): boolean | undefined {
  if ((env.NO_COLOR ?? "") !== "") return false;
  const force = env.FORCE_COLOR;
  if (force === undefined) return undefined;
  return force !== "0" && force !== "false";
}

function colored(): Style {
  const { bold, dim, red, yellow, green, cyan } = colors.createColors(true);
  return { bold, dim, red, yellow, green, cyan };
}
