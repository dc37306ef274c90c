import { type Path, type Project, rememberedIn, type Service } from "@compose-harden/model";
import { HIDDEN, literalOf } from "./literal.js";
import type { Place } from "./rule.js";

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

/** Most command lines hold nothing like it, and looking for the places of their words is what costs time. */
const MAY_HOLD_SECRET = /pass|pwd|secret|token|key|auth|bearer|salt|cred|psk|:\/\/|(^|\s)-[apu]|[A-Za-z0-9_-]{20}/i;

/** The command lines that may hold a secret, hooks and health check included; variables of Compose are `HIDDEN`. */
export const commandLines: (service: Service, project: Project) => readonly CommandLine[] = rememberedIn(
  (service, project) => {
    const hooks = ["post_start", "pre_stop", "pre_start"].flatMap((name) => {
      const list = service.get(name)?.raw;
      return Array.isArray(list) ? list.map((_, index): Path => [name, index, "command"]) : [];
    });
    const places: readonly (readonly [CommandLine["what"], Path])[] = [
      ["entrypoint", ["entrypoint"]],
      ["command", ["command"]],
      ["health check", ["healthcheck", "test"]],
      ...hooks.map((path) => ["hook", path] as const),
    ];
    return places.flatMap(([what, below]) => {
      const words = wordsAt([...service.path, ...below], service.get(...below)?.raw, project);
      return words.length === 0 ? [] : [{ what, words }];
    });
  },
);

function wordsAt(path: Path, raw: unknown, project: Project): readonly Word[] {
  if (!Array.isArray(raw) || !MAY_HOLD_SECRET.test(raw.join(" "))) return [];
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
