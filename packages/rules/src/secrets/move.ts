import { type Fix, type Move, type Path, type Project, remembered, type Service } from "@compose-harden/model";
import { serviceCalled } from "../network/neighbours.js";
import { accountsBySecret } from "./accounts.js";
import { HIDDEN } from "./literal.js";
import { isGuessable, isGuessed, isSecretName, secretParts } from "./secrets.js";
import type { SecretPart } from "./token-forms.js";

/** A secret that a fix can take out of the file. */
export interface Movable {
  /** The value it stands in, or the list. */
  readonly path: Path;
  /** The text around it as the files show it. */
  readonly text: string;
  readonly part: SecretPart;
  /** What the variable is to be called. */
  readonly names: readonly [string, ...string[]];
}

/**
 * The fix that moves secrets to the env file; undefined where one of them cannot go there. A secret that everybody guesses is
 * not moved: out of sight it would be as weak.
 */
export function moveFix(what: string, movables: readonly Movable[]): Fix | undefined {
  const moves = movables.flatMap(({ path, text, part, names }): readonly Move[] => {
    const secret = text.slice(part.start, part.end);
    if (secret === "" || secret.includes(HIDDEN) || isGuessed(secret)) return [];
    return [{ path, part: secret, ...around(text, part), names }];
  });
  if (moves.length === 0 || moves.length < movables.length) return undefined;
  return {
    title: `move ${moves.every(({ before, after }) => before === "" && after === "") ? "" : "the secret in "}${what} to the env file`,
    intents: [],
    moves,
    applicability: "unsafe",
    caveat:
      "without the env file (on another machine, in CI, with `docker stack deploy`) Compose refuses to start until the variable is set",
    note: "the history of git and backups still have the old value: set a new one where it is checked, then in the env file",
  };
}

/** What tells a part of a text from others that say the same. */
export function around(text: string, { start, end }: SecretPart): Pick<Move, "before" | "after" | "nth"> {
  const part = text.slice(start, end);
  const [before, after] = [charAt(text, start - 1), charAt(text, end)];
  const isAlike = (char: string | undefined, other: string | undefined) =>
    char === undefined || other === undefined || char === other;
  let nth = 0;
  for (let at = text.indexOf(part); at >= 0 && at < start; at = text.indexOf(part, at + 1))
    if (isAlike(charAt(text, at - 1), before) && isAlike(charAt(text, at + part.length), after)) nth++;
  return { before, after, ...(nth === 0 ? {} : { nth }) };
}

/** One character of a text, empty at its ends; undefined for what the text does not show. */
export function charAt(text: string, index: number): string | undefined {
  const char = text[index] ?? "";
  return char === HIDDEN ? undefined : char;
}

/** The secrets in one setting of a service; empty where one of them is a server's own that everybody guesses. */
export function movablesIn(
  service: Service,
  name: string,
  path: Path,
  text: string,
  project: Project,
): readonly Movable[] {
  return settingsSecrets(service, name, path, text, project).flatMap(({ account, movable }) =>
    account !== undefined && isGuessable(account.name, secretOf(movable), account.service) ? [] : [movable],
  );
}

/** A secret that stands in a setting, and the account of a server that it belongs to. */
export interface SettingSecret {
  readonly account: SecretOwner | undefined;
  readonly movable: Movable;
}

/** The secrets in one setting of a service, whether everybody guesses them or not. */
export function settingsSecrets(
  service: Service,
  name: string,
  path: Path,
  text: string,
  project: Project,
): readonly SettingSecret[] {
  return secretParts(name, text).map((part) => {
    const secret = text.slice(part.start, part.end);
    const account = part.host === undefined ? accountWith(secret, project) : accountBehind(part.host, secret, project);
    const own = part.host === undefined ? name : `${name.replace(/_?(URL|URI|DSN|CONNECTION|STRING)$/i, "")}_PASSWORD`;
    const names = namesFor(account?.service ?? service, account?.name ?? own, secret, project);
    return { account, movable: { path, text, part, names } };
  });
}

/** The secret that is to be moved; never to be printed. */
export function secretOf({ text, part }: Movable): string {
  return text.slice(part.start, part.end);
}

/** The service and the variable that a secret is named after. */
interface SecretOwner {
  readonly service: Service;
  readonly name: string;
}

/** The one account of a server that has a secret. */
function accountWith(secret: string, project: Project): SecretOwner | undefined {
  const [account, ...others] = accountsBySecret(project).get(secret) ?? [];
  return others.length > 0 ? undefined : account;
}

/** The account at the service that a URL leads to. */
function accountBehind(host: string, secret: string, project: Project): SecretOwner | undefined {
  const service = serviceCalled(project, host);
  const keys = [...(service?.environment.items ?? [])].filter(
    ([key, { value }]) => value === secret && isSecretName(key),
  );
  const [account, ...others] = keys;
  return service === undefined || account === undefined || others.length > 0
    ? undefined
    : { service, name: account[0] };
}

/** Names of the one variable that has a secret already: of the service itself, or of all that are its clients. */
export function namesOfVariable(service: Service, secret: string, project: Project): Movable["names"] | undefined {
  const holders = [service, ...project.services].flatMap((holder) =>
    [...holder.environment.items].flatMap(([name, { value }]) => (value === secret ? [{ holder, name }] : [])),
  );
  const [first] = holders;
  const isOne = holders.every(
    ({ holder, name }) => name === first?.name || (first?.holder === service && holder !== service),
  );
  return first !== undefined && isOne ? namesFor(first.holder, first.name, secret, project) : undefined;
}

/** The setting's own name, where it tells enough and means the same everywhere; else with the service's in front. */
export function namesFor(service: Service, name: string, secret: string, project: Project): Movable["names"] {
  const own = variableName(name);
  const withService = variableName(`${service.name}_${name}`);
  const isClear = /^[A-Za-z]+_/.test(own) && !/^(COMPOSE|DOCKER)_|^(SECRET|API|APP|AUTH|ADMIN|DB)_[A-Z]+$/i.test(own);
  const isSame = [...(valuesOf(project).get(name) ?? [])].every((value) => value.includes(secret));
  return isClear && isSame ? [own, withService] : [withService];
}

/** What the settings of a name are in all services. */
const valuesOf = remembered(({ services }: Project): ReadonlyMap<string, ReadonlySet<string>> => {
  const values = new Map<string, Set<string>>();
  for (const { environment } of services)
    for (const [name, { value }] of environment.items)
      if (value !== null) values.set(name, (values.get(name) ?? new Set()).add(value));
  return values;
});

/** A word that Compose takes for a variable. */
export function variableName(text: string): string {
  const name = text
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/\W+/g, "_")
    .toUpperCase()
    .replace(/^_+(?=\w)/, "");
  return /^\d/.test(name) ? `_${name}` : name;
}
