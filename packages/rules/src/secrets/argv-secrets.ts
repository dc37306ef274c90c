import { type Project, rememberedIn, type Service } from "@compose-harden/model";
import { type CommandLine, commandLines, type Word } from "../programs/words.js";
import { HIDDEN } from "./literal.js";
import { type Movable, namesFor, namesOfVariable } from "./move.js";
import { isPlaceholder } from "./placeholder.js";
import { secretIn, secretParts } from "./secrets.js";

/** A secret on a command line. */
export interface WordSecret {
  readonly what: CommandLine["what"];
  readonly word: Word;
  /** "a password", "a GitHub token" … */
  readonly kind: string;
  /** What it is given to: `--requirepass`, `PGPASSWORD`; absent when its own form shows it. */
  readonly option: string | undefined;
  /** The secret itself, or the word that holds it; never to be printed. */
  readonly value: string;
}

/** Programs whose password option has no telling name; `glued` stands in the same word: `-phunter2`. */
const OPTIONS: readonly {
  readonly programs: RegExp;
  readonly option: string;
  readonly glued?: true;
  readonly pair?: true;
}[] = [
  { programs: /(^|\/)(redis|valkey|keydb)-cli$/, option: "-a" },
  { programs: /(^|\/)(mysql|mariadb)(admin|dump|check|show|import)?$|(^|\/)mariadb-\w+$/, option: "-p", glued: true },
  { programs: /(^|\/)mongo(sh|dump|restore|import|export)?$/, option: "-p" },
  { programs: /(^|\/)sshpass$/, option: "-p" },
  { programs: /(^|\/)(curl|cypher-shell)$/, option: "-u", pair: true },
  { programs: /(^|\/)curl$/, option: "--user", pair: true },
  { programs: /(^|\/)(cypher-shell|cqlsh)$/, option: "-p" },
  { programs: /(^|\/)(sqlcmd|bcp|mosquitto_(pub|sub|rr))$/, option: "-P" },
  { programs: /(^|\/)ldap(search|add|modify|delete|whoami|passwd|compare)$/, option: "-w" },
];

/** Words of a program behind which a secret stands, and how far behind. */
const POSITIONS: readonly { readonly program: RegExp; readonly words: readonly string[]; readonly behind: number }[] = [
  // `mc alias set NAME URL USER SECRET`, and `mc config host add` before 2020.
  { program: /(^|[(/])mc$/, words: ["alias", "set"], behind: 4 },
  { program: /(^|[(/])mc$/, words: ["host", "add"], behind: 4 },
  { program: /(^|\/)rabbitmqctl$/, words: ["add_user"], behind: 2 },
  { program: /(^|\/)rabbitmqctl$/, words: ["change_password"], behind: 2 },
];

/** Option names that say password in other words. */
const NAMED = /^(requirepass|masterauth|sentinel-pass|basic-auth-pass)$/;

/** The secrets that stand in clear text on the command lines of a service. */
export const commandSecrets: (service: Service, project: Project) => readonly WordSecret[] = rememberedIn(
  (service, project) =>
    commandLines(service, project).flatMap(({ what, words }) =>
      secretsAmong(words).map((found) => ({ what, ...found })),
    ),
);

type Found = Omit<WordSecret, "what">;

function secretsAmong(words: readonly Word[]): readonly Found[] {
  return words.flatMap((word, index): readonly Found[] => {
    const position = POSITIONS.find(
      (known) =>
        known.words.every((text, step) => words[index + step]?.text === text) &&
        programBefore(words, index, known.program),
    );
    const positioned = words[index + (position?.words.length ?? 0) - 1 + (position?.behind ?? 0)];
    if (position !== undefined && positioned !== undefined)
      return found(positioned, position.words.join(" "), valueKind(positioned.text), positioned.text);
    // `echo user:password | chpasswd`
    const piped = words[index + 1]?.text === "|" && /(^|\/)chpasswd$/.test(words[index + 2]?.text ?? "");
    if (piped && word.text.includes(":"))
      return found(word, "chpasswd", valueKind(afterColon(word.text)), afterColon(word.text));
    const [, name, value] = /^(?:--?(?:D(?=[a-z]))?)?([A-Za-z][\w.-]*?)=(.+)$/s.exec(word.text) ?? [];
    if (name !== undefined && value !== undefined)
      return found(word, optionOf(word.text, name), kindOf(name, value), value);
    if (/^(-H|--header)$/.test(words[index - 1]?.text ?? "")) {
      const [, header = "", sent] = /^([A-Za-z][\w-]*):(?:\s+(\S+))?$/.exec(word.text) ?? [];
      // A command that Compose has split may have lost its quotes.
      const value = sent ?? words[index + 1]?.text ?? "";
      if (kindOf(header, value) !== undefined)
        return found(sent === undefined ? (words[index + 1] ?? word) : word, header, kindOf(header, value), value);
    }
    const byForm = secretIn("", word.text) ?? headerKind(word.text);
    if (byForm !== undefined) return found(word, undefined, byForm, word.text);
    const next = words[index + 1];
    const option = /^--?([A-Za-z][\w.-]*)$/.exec(word.text)?.[1];
    const special = OPTIONS.find(
      (known) =>
        (known.glued ? word.text.startsWith(known.option) && word.text.length > 2 : word.text === known.option) &&
        programBefore(words, index, known.programs),
    );
    if (special?.glued) {
      const glued = word.text.slice(special.option.length);
      return found(word, special.option, valueKind(glued), glued);
    }
    if (next === undefined || next.text.startsWith("-") || /^[;|&]/.test(next.text)) return [];
    if (secretIn("", next.text) !== undefined) return [];
    if (special !== undefined) {
      const secret = special.pair ? afterColon(next.text) : next.text;
      return found(next, special.option, valueKind(secret), secret);
    }
    if (option !== undefined) return found(next, word.text, kindOf(option, next.text), next.text);
    return /^bearer$/i.test(word.text) ? found(next, "Bearer", valueKind(next.text, "a token"), next.text) : [];
  });
}

/** What can be taken out of a word that holds a secret. */
export function movablesOf(
  service: Service,
  { word, kind, option, value }: WordSecret,
  project: Project,
): readonly Movable[] {
  const name = kind.split(" ").at(-1) ?? "secret";
  const setting = /[a-z]_|_[a-z]/i.test(option ?? "") ? (option ?? "") : name;
  return secretParts(option === undefined ? "" : "password", value).map((part) => {
    const secret = value.slice(part.start, part.end);
    const names = namesOfVariable(service, secret, project) ?? namesFor(service, setting, secret, project);
    return {
      path: word.at.path,
      text: HIDDEN + secret + HIDDEN,
      part: { start: 1, end: secret.length + 1 },
      names,
    };
  });
}

function found(word: Word, option: string | undefined, kind: string | undefined, value: string): readonly Found[] {
  return kind === undefined ? [] : [{ word, option, kind, value }];
}

function optionOf(text: string, name: string): string {
  return text.slice(0, text.indexOf(name) + name.length);
}

/** What an option's value is; undefined for no secret, or one that the shell puts in. */
export function kindOf(name: string, value: string): string | undefined {
  if (isComputed(value)) return undefined;
  return NAMED.test(name) ? valueKind(value) : secretIn(name, value);
}

function valueKind(value: string, kind = "a password"): string | undefined {
  return isComputed(value) || isPlaceholder(value) ? undefined : kind;
}

/** `Authorization: Bearer …` in one word. */
function headerKind(text: string): string | undefined {
  const token = /^authorization:\s*(?:bearer|basic|token)\s+(\S+)$/i.exec(text)?.[1];
  return token === undefined ? undefined : valueKind(token, "a token");
}

/** A value that the shell puts in. */
function isComputed(value: string): boolean {
  return value.includes(HIDDEN) || /[$`{}()+\\]/.test(value);
}

function afterColon(text: string): string {
  return text.slice(text.indexOf(":") + 1 || text.length);
}

function programBefore(words: readonly Word[], index: number, programs: RegExp): boolean {
  for (let at = index - 1; at >= 0; at--) {
    const text = words[at]?.text ?? "";
    if (/^[;|&]+$/.test(text)) return false;
    if (programs.test(text)) return true;
  }
  return false;
}
