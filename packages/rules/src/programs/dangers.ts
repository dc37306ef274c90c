import type { Fix, Project, Service } from "@compose-harden/model";
import type { Danger } from "@compose-harden/profiles";
import type { Place } from "../rule.js";
import { isSecretName } from "../secrets/secrets.js";
import { isLeftToReader, isOff, settingsAreAtHand } from "./environment.js";
import { productOf, runsVersion } from "./product.js";
import { words } from "./start-words.js";

/** Where a dangerous setting is written; undefined when it is not, or when its value is not at hand. */
export function foundIn(
  service: Service,
  { env, flag, value, since, unless = [] }: Danger,
  project: Project,
): Place | undefined {
  if (since !== undefined && !runsVersion(service, `>=${since}`)) return undefined;
  if (unless.some((name) => service.environment.items.has(name))) return undefined;
  // What makes it harmless may stand in an env file that is missing.
  if (unless.length > 0 && !settingsAreAtHand(service, project)) return undefined;
  if (env !== undefined) {
    const located = service.environment.items.get(env);
    if (located === undefined || isLeftToReader(located)) return undefined;
    return matches(located.value ?? "", value ?? "*") ? located : undefined;
  }
  const { command } = service;
  if (flag === undefined || command === undefined || !hasFlag(words(service), flag)) return undefined;
  if (/=['"]*$/.test(flag) && (command.origin?.interpolated ?? false)) return undefined;
  const given = command.value;
  const whole = given.findIndex((word) => hasFlag([word], flag));
  const index = whole < 0 ? given.findIndex((word, at) => hasFlag([word, given[at + 1] ?? ""], flag)) : whole;
  return index < 0 ? command : { path: [...command.path, index] };
}

function matches(value: string, pattern: string): boolean {
  const expression = /^\/(.+)\/$/.exec(pattern)?.[1];
  if (expression !== undefined) return new RegExp(expression).test(value);
  if (pattern === "*") return value !== "" && !isOff(value);
  return (
    value === pattern ||
    (/^(true|false|yes|no|on|off)$/i.test(pattern) && value.toLowerCase() === pattern.toLowerCase())
  );
}

/** True when an option stands in the words: `--auth none` also as `--auth=none`, and an empty value in any quotes. */
function hasFlag(all: readonly string[], flag: string): boolean {
  const wanted = normal(flag);
  // What stands behind an option may be its value, or the next argument.
  const readings = [all.map(normal).join(" "), normal(all.join(" "))].map((text) => ` ${text} `);
  return readings.some(
    (text) => text.includes(` ${wanted} `) || (!wanted.includes("=") && text.includes(` ${wanted}=true `)),
  );
}

function normal(text: string): string {
  return text
    .replace(/['"]/g, "")
    .replace(/(--[\w.-]+) (?=\w)/g, "$1=")
    .trim();
}

/** True when a dangerous value is a secret that documentation shows, not a switch. */
export function isKnownSecret({ env, value }: Danger): boolean {
  if (env === undefined || value === undefined || /^(\*?|\/.+\/)$/.test(value)) return false;
  // No switch has a value of twenty characters.
  return isSecretName(env) || /^\S{20,}$/.test(value);
}

/** True for a secret that the documentation of the image in use shows. */
export function isPublishedKey(service: Service, name: string, value: string): boolean {
  const dangers = productOf(service)?.dangerous ?? [];
  return dangers.some((danger) => danger.env === name && danger.value === value && isKnownSecret(danger));
}

/** How a dangerous setting reads in a file. */
export function nameOf({ env, flag, value }: Danger): string {
  return env === undefined
    ? (flag ?? "")
    : `${env}${value === undefined || /^(\*|\/.+\/)$/.test(value) ? "" : `=${value}`}`;
}

/** The fix that turns a switch the other way, never a safe one; undefined for settings that are no switch. */
export function flip(
  service: Service,
  { env, value, evidence }: Pick<Danger, "env" | "value"> & Partial<Pick<Danger, "evidence">>,
  caveat: string,
): Fix | undefined {
  const current = env === undefined ? undefined : service.environment.items.get(env)?.value;
  if (env === undefined || current === undefined || current === null || value === "*") return undefined;
  const other = OPPOSITES.find(([word]) => word === current)?.[1];
  // `yes` is no better where only `true` counts.
  if (other === undefined || (value !== undefined && matches(other, value))) return undefined;
  return {
    title: `set ${env} to ${other}`,
    intents: [{ op: "set", path: [...service.environment.path, env], value: other }],
    applicability: "unsafe",
    caveat,
    ...(evidence === undefined ? {} : { evidence }),
  };
}

const OPPOSITES: readonly (readonly [string, string])[] = [
  ["true", "false"],
  ["True", "False"],
  ["TRUE", "FALSE"],
  ["yes", "no"],
  ["on", "off"],
  ["1", "0"],
].flatMap(([a = "", b = ""]) => [
  [a, b],
  [b, a],
]);
