import type { Severity } from "@compose-harden/model";

/** Turns a piece of text into a styled piece; plain output uses the identity. */
export type Paint = (text: string) => string;

/** The few styles the text reports use. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly yellow: Paint;
  readonly green: Paint;
  readonly cyan: Paint;
}

const same: Paint = (text) => text;

/** No styles at all: for pipes, files and people who switch colour off. */
export const PLAIN: Style = { bold: same, dim: same, red: same, yellow: same, green: same, cyan: same };

/** ECMA-48 "select graphic rendition": the number that starts a style and the one that ends it. */
const graphic = (start: number, end: number): Paint => {
  return (text) => `\u001B[${start}m${text}\u001B[${end}m`;
};

/** For terminals. A bold or dim text holds no other of the two: one number ends both. */
export const COLORED: Style = {
  bold: graphic(1, 22),
  dim: graphic(2, 22),
  red: graphic(31, 39),
  yellow: graphic(33, 39),
  green: graphic(32, 39),
  cyan: graphic(36, 39),
};

/** A severity in its colour. */
export function paintSeverity(style: Style, severity: Severity, text: string): string {
  switch (severity) {
    case "critical":
      return style.bold(style.red(text));
    case "high":
      return style.red(text);
    case "medium":
      return style.yellow(text);
    case "low":
      return style.cyan(text);
    case "info":
      return style.dim(text);
    default:
      return severity satisfies never;
  }
}
