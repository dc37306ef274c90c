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
