import type { Path, Project, Service } from "@compose-harden/model";
import type { Place } from "../rule.js";
import { HIDDEN, literalOf } from "../secrets/literal.js";
import { mayHoldSecret } from "../secrets/secrets.js";

/** A word of a command line as the Compose files show it. */
export interface Word {
  readonly text: string;
  readonly at: Place;
}

/** A command line of a service: what it is for, and its words. */
export interface CommandLine {
  readonly what: "command" | "entrypoint" | "health check" | "hook";
  readonly words: readonly Word[];
}

/** What the name of a secret on a command line holds. */
const NAMED = /pass|pwd|secret|token|key|auth|bearer|salt|cred|psk/i;

/** Programs whose password option has no telling name, and these options. */
const PROGRAM =
  /redis-|valkey-|keydb-|mysql|mariadb|mongo|sshpass|curl|cypher-shell|cqlsh|sqlcmd|bcp|mosquitto_|ldap|\bmc |rabbitmqctl/;
const OPTION = /(^|\s)(-[apuwP]|--user|alias set|host add|add_user)/;

/** Most command lines hold no secret, and looking for the places of their words is what costs time. */
function isWorthALook(line: string): boolean {
  return NAMED.test(line) || mayHoldSecret("", line) || (PROGRAM.test(line) && OPTION.test(line));
}

/** The command lines that may hold a secret, hooks and health check included; variables of Compose are `HIDDEN`. */
export function commandLines(service: Service, project: Project): readonly CommandLine[] {
  const lines: CommandLine[] = [];
  const add = (what: CommandLine["what"], ...below: Path) => {
    const words = wordsAt(service, below, project);
    if (words.length > 0) lines.push({ what, words });
  };
  add("entrypoint", "entrypoint");
  add("command", "command");
  add("health check", "healthcheck", "test");
  for (const name of ["post_start", "pre_stop", "pre_start"]) {
    const hooks = service.get(name)?.raw;
    if (Array.isArray(hooks)) for (const index of hooks.keys()) add("hook", name, index, "command");
  }
  return lines;
}

function wordsAt(service: Service, below: Path, project: Project): readonly Word[] {
  const raw = service.get(...below)?.raw;
  if (!Array.isArray(raw) || !isWorthALook(raw.join(" "))) return [];
  const path = [...service.path, ...below];
  const seen = new Set<string>();
  const list = project.originsOf(path).at(-1);
  return raw.flatMap((value: unknown, index): readonly Word[] => {
    const origin = project.originsOf([...path, index]).at(-1);
    if (typeof value !== "string" || origin === undefined) return [];
    // A string that Compose split: its words share one text, which is split again with the variables hidden.
    const key = `${origin.value.file}:${origin.value.start}`;
    if (seen.has(key)) return [];
    seen.add(key);
    if (list?.value.start !== origin.value.start)
      return split(literalOf({ value, origin }, project)?.value ?? HIDDEN, { path: [...path, index], origin });
    const whole = { value: raw.join(" "), origin: { ...origin, derived: false } };
    const text = origin.interpolated ? (literalOf(whole, project)?.value ?? HIDDEN) : whole.value;
    return split(text, { path, origin });
  });
}

/** Words as a shell would see them: scripts given as one word are taken apart too. */
function split(text: string, at: Place): readonly Word[] {
  return Array.from(text.matchAll(/(?:[^\s"';|&]|"[^"]*"|'[^']*')+|[;|&]+/g), ([word]) => ({
    text: word.replace(/["']/g, ""),
    at,
  }));
}
