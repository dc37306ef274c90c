import {
  type Fix,
  formatPath,
  isList,
  isMap,
  type Json,
  type Move,
  type Path,
  type Project,
  remembered,
  type Service,
  valueAt,
} from "@compose-harden/model";
import { escaped } from "../programs/names.js";
import type { Context } from "../rule.js";
import { commandSecrets, movablesOf } from "./argv-secrets.js";
import { literalOf } from "./literal.js";
import { around, charAt, type Movable, namesFor, secretOf, settingsSecrets } from "./move.js";
import { isSecretName, namesOf, secretParts } from "./secrets.js";

/**
 * The fix that gives the project a new secret in the place of the known one in a setting, everywhere it stands; undefined where it
 * also stands where it cannot be told from other words, or where it is not ours to write. `text` is the value as the files show it.
 */
export function renewFix(name: string, text: string, project: Project, readFile: ReadFile): Fix | undefined {
  const [part = { start: 0, end: text.length }] = secretParts(name, text);
  const secret = text.slice(part.start, part.end);
  const isSigned = TOKEN.test(secret) || (/jwt/i.test(name) && hasTokens(project));
  const moves = isSigned ? undefined : renewal(secret, project, readFile);
  if (moves === undefined) return undefined;
  return {
    title: `make a new secret for \`${name}\`, in the env file`,
    intents: [],
    moves,
    applicability: "unsafe",
    caveat:
      "for a stack that has not started yet: a database keeps the old secret in its data, what was encrypted or signed with it is lost, and clients outside of this project need the new one",
  };
}

/** A token that another secret signed: a new one of either kind does not fit to the other. */
const TOKEN = /\beyJ[\w-]+\.eyJ[\w-]+\.[\w-]+/;

const hasTokens = remembered((project: Project): boolean => textsOf(project).some(({ text }) => TOKEN.test(text)));

type ReadFile = Context<object>["readFile"];

/** What is known of a project's secrets, each of which many services may have; for one check, which reads files in its own way. */
const renewals = remembered((_: Project | NonNullable<ReadFile>) => new Map<string, readonly Move[] | undefined>());

function renewal(secret: string, project: Project, readFile: ReadFile): readonly Move[] | undefined {
  const known = renewals(readFile ?? project);
  if (!known.has(secret)) known.set(secret, movesOf(secret, project, readFile));
  return known.get(secret);
}

function movesOf(secret: string, project: Project, readFile: ReadFile): readonly Move[] | undefined {
  const held = textsOf(project).filter(({ text }) => text.includes(secret));
  const movables = placesOf(secret, held, project);
  if (movables.length === 0 || isElsewhere(secret, held, movables, project, readFile)) return undefined;
  return movables.map(({ path, text, part, names }) => ({
    path,
    part: secret,
    ...around(text, part),
    renewed: true,
    names,
  }));
}

/** Where a secret stands in the Compose files, as far as it can be taken out. */
function placesOf(secret: string, held: readonly Text[], project: Project): readonly Movable[] {
  const holders = new Set(held.map(({ path }) => path[1]));
  const all = project.services.flatMap((service) =>
    !holders.has(service.name)
      ? []
      : [
          ...[...service.environment.items, ...service.labels.items].flatMap(([name, at]) => {
            const literal = at.value?.includes(secret) === true ? literalOf(at, project) : undefined;
            return literal?.isExact === true ? ownSecrets(service, name, at.path, literal.value, secret, project) : [];
          }),
          ...commandSecrets(service, project).flatMap((found) =>
            found.value.includes(secret) ? movablesOf(service, found, project) : [],
          ),
        ],
  );
  return all.filter((movable) => secretOf(movable) === secret);
}

/** Secrets in a setting; what documentation shows as an example may look like none, and is one where the name says so. */
function ownSecrets(
  service: Service,
  name: string,
  path: Path,
  text: string,
  secret: string,
  project: Project,
): readonly Movable[] {
  const found = settingsSecrets(service, name, path, text, project).map(({ movable }) => movable);
  if (found.length > 0 || text !== secret || !isSecretName(name)) return found;
  return [{ path, text, part: { start: 0, end: text.length }, names: namesFor(service, name, secret, project) }];
}

/** True when the secret also stands in a place that stays as it is. */
function isElsewhere(
  secret: string,
  held: readonly Text[],
  movables: readonly Movable[],
  project: Project,
  readFile: ReadFile,
): boolean {
  const taken = new Map<string, Movable[]>();
  for (const movable of movables) {
    const place = formatPath(movable.path);
    taken.set(place, [...(taken.get(place) ?? []), movable]);
  }
  // A list that words are taken out of is one text.
  const isTaken = (path: Path): boolean => taken.has(formatPath(path)) || taken.has(formatPath(path.slice(0, -1)));
  // A user, a database and a service may be called what a password is.
  const isName = project.services.some((service) => namesOf(service).has(secret.toLowerCase()));
  return (
    [...taken.values()].some((own) => isLeftIn(textAt(own[0]?.path ?? [], project), secret, own)) ||
    held.some(
      ({ path, text }) =>
        !isTaken(path) &&
        holdsAsWord(withoutOthers(secret, String(path.at(-1)), text), secret) &&
        (!isName || isSecretPart(secret, String(path.at(-1)), text)),
    ) ||
    filesOf(project).some((path) => isGivenIn(readFile?.(path) ?? "", secret))
  );
}

function isSecretPart(secret: string, name: string, text: string): boolean {
  return secretParts(name, text).some(({ start, end }) => text.slice(start, end) === secret);
}

/** A text without the other secrets in it, of which this one may be a word: `changeme` of `changeme-secret`. */
function withoutOthers(secret: string, name: string, text: string): string {
  return secretParts(name, text)
    .filter(({ start, end }) => text.slice(start, end) !== secret)
    .reduceRight((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text);
}

interface Text {
  readonly path: Path;
  readonly text: string;
}

/** All texts of services and configs, as Docker sees them. */
const textsOf = remembered(({ data }: Project): readonly Text[] => {
  const texts: Text[] = [];
  const collect = (value: Json | undefined, path: Path): void => {
    if (typeof value === "string") texts.push({ path, text: value });
    else if (isList(value)) value.forEach((item, index) => void collect(item, [...path, index]));
    else if (isMap(value)) for (const [key, item] of Object.entries(value)) collect(item, [...path, key]);
  };
  for (const section of ["services", "configs"]) collect(valueAt(data, [section]), [section]);
  return texts;
});

/** The text of a value; a command is a list of words. */
function textAt(path: Path, { data }: Project): string {
  const value = valueAt(data, path);
  return isList(value) ? value.join(" ") : String(value);
}

/** True when a text still gives the secret away without what is to go. */
function isLeftIn(text: string, secret: string, movables: readonly Movable[]): boolean {
  const rest = movables.reduce((left, { text: shown, part }) => {
    const [before, after] = [charAt(shown, part.start - 1) ?? "", charAt(shown, part.end) ?? ""];
    return left.replace(before + secret + after, () => before + after);
  }, text);
  return isGivenIn(rest, secret);
}

/** The files beside the Compose files that services get to see. */
const filesOf = remembered(({ services, data }: Project): readonly string[] => {
  const mounted = services.flatMap(({ volumes }) =>
    volumes.items.flatMap(({ value: { type, source } }) => (type === "bind" && source !== undefined ? [source] : [])),
  );
  const named = ["configs", "secrets"].flatMap((section) => {
    const all = valueAt(data, [section]);
    return isMap(all) ? Object.keys(all).map((name) => valueAt(data, [section, name, "file"])) : [];
  });
  return [...mounted, ...named.filter((file): file is string => typeof file === "string")];
});

/** True for the file of the secret, one that sets it as a password, and one with an address that holds it. */
function isGivenIn(text: string, secret: string): boolean {
  if (!text.includes(secret)) return false;
  const word = escaped(secret);
  return (
    text.trim() === secret ||
    new RegExp(`(pass|pwd|secret|token|key|auth)[^\n]{0,40}?[\\s:="']${word}(?!\\w)|:${word}@`, "i").test(text)
  );
}

function holdsAsWord(text: string, word: string): boolean {
  return new RegExp(`(?<!\\w)${escaped(word)}(?!\\w)`).test(text);
}
