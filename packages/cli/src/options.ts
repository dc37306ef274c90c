import { SEVERITIES, type Severity } from "@compose-harden/model";
import { escapeText } from "@compose-harden/report";
import { type Frameworks, rules } from "@compose-harden/rules";
import { closest, UsageError } from "./errors.js";

/** Options that choose what is read: Compose's own, with the same names. */
export interface ReadOptions {
  readonly file?: readonly string[];
  readonly envFile?: readonly string[];
  readonly profile?: readonly string[];
  readonly projectDirectory?: string;
  readonly projectName?: string;
  /** `--no-env`: interpolation does not see the process environment. */
  readonly env?: boolean;
}

/** Options that choose findings. */
export interface SelectOptions {
  readonly rule?: readonly string[];
  /** Only rules that are mapped to this guide. */
  readonly framework?: keyof Frameworks;
  readonly service?: readonly string[];
}

/** Options about configuration and suppressions. */
export interface SettingsOptions {
  /** `--config FILE`, or false for `--no-config`. */
  readonly config?: string | boolean;
  /** False for `--no-suppressions`: comments silence nothing. */
  readonly suppressions?: boolean;
  /** `--observed FILE`: what `observe` saw; absent: the file beside the Compose file, if there is one. */
  readonly observed?: string;
}

/** Option about an override file that takes all changes. */
export interface OverlayOptions {
  readonly overlay?: string;
}

/** Refuses unknown rule names with the closest known ones. */
export function checkRuleNames(names: readonly string[]): void {
  const known = rules.map(({ id }) => id);
  for (const name of names) if (!known.includes(name)) throw unknown("rule", name, known, "see `compose-harden rules`");
}

/** The same options with the guide turned into the names of its rules. */
export function withFramework<O extends SelectOptions>(options: O): O {
  const { framework, rule } = options;
  if (framework === undefined) return options;
  const mapped = rules.filter(({ frameworks }) => frameworks?.[framework] !== undefined).map(({ id }) => id);
  const left = rule === undefined ? mapped : mapped.filter((id) => rule.includes(id));
  if (left.length === 0) throw new UsageError(`no rule of \`--rule\` is mapped to \`--framework ${framework}\``);
  return { ...options, rule: left };
}

/** Refuses services that no project has. */
export function checkServiceNames(names: readonly string[], known: readonly string[]): void {
  for (const name of names) {
    if (!known.includes(name))
      throw unknown("service", name, known, `there are ${known.map(quoted).join(", ") || "none"}`);
  }
}

function unknown(noun: string, name: string, known: readonly string[], otherwise: string): UsageError {
  const near = closest(name, known);
  const hint = near.length > 0 ? `did you mean ${near.map(quoted).join(" or ")}?` : otherwise;
  return new UsageError(`unknown ${noun} \`${name}\`: ${hint}`);
}

function quoted(name: string): string {
  return `\`${name}\``;
}

/** Reads a severity from the command line. */
export function severityFrom(option: string, text: string): Severity {
  const severity = SEVERITIES.find((known) => known === text.toLowerCase());
  if (severity === undefined) {
    throw new UsageError(`\`${option} ${text}\`: expected one of ${SEVERITIES.join(", ")}`);
  }
  return severity;
}

/** Reads a list of words separated by commas. */
export function listFrom(text: string): readonly string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

/** Reads `--fail-on`; undefined for `none`. */
export function thresholdFrom(text: string): Severity | undefined {
  if (text === "none") return undefined;
  const severity = SEVERITIES.find((known) => known === text.toLowerCase());
  if (severity === undefined)
    throw new UsageError(`\`--fail-on ${text}\`: expected one of ${SEVERITIES.join(", ")}, none`);
  return severity;
}

/** Reads a time such as 90s, 10m, 2h or 1d as seconds. */
export function secondsFrom(option: string, text: string): number {
  const [, digits, unit = ""] = /^(\d+)([smhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[unit] ?? Number.NaN);
  if (!(seconds > 0)) {
    throw new UsageError(`\`${option} ${escapeText(text)}\`: expected a time such as 90s, 10m, 2h or 1d`);
  }
  return seconds;
}
