import type { Fix, Move, Path, Project, Service } from "@compose-harden/model";
import { serverAccounts } from "./accounts.js";
import { HIDDEN } from "./literal.js";
import { isGuessable, isGuessed, isSecretName, type SecretPart, secretParts } from "./secrets.js";

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
    return [{ path, part: secret, before: charAt(text, part.start - 1), after: charAt(text, part.end), names }];
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

/** One character of a text, empty at its ends; undefined for what the text does not show. */
function charAt(text: string, index: number): string | undefined {
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
  return secretParts(name, text).flatMap((part): readonly Movable[] => {
    const secret = text.slice(part.start, part.end);
    const names =
      part.host === undefined
        ? ownNames(service, name, secret, project)
        : urlNames(service, name, part, secret, project);
    return names === undefined ? [] : [{ path, text, part, names }];
  });
}

/** Names for a secret that is the value of a variable, or of a setting like one. */
function ownNames(service: Service, name: string, secret: string, project: Project): Movable["names"] | undefined {
  const servers = serverAccounts(project).filter(({ value }) => value === secret);
  const [account, ...others] = servers;
  if (account === undefined || others.length > 0) return namesFor(service, name, secret, project);
  return isGuessable(account.name, secret, account.service)
    ? undefined
    : namesFor(account.service, account.name, secret, project);
}

/** Names for the password of a URL: that of the account at the service it leads to, where it has one. */
function urlNames(
  service: Service,
  name: string,
  { host }: SecretPart,
  secret: string,
  project: Project,
): Movable["names"] | undefined {
  const server = project.services.find((other) => other.name === host || other.get("container_name")?.raw === host);
  const keys = [...(server?.environment.items ?? [])].filter(
    ([key, { value }]) => value === secret && isSecretName(key),
  );
  const [account, ...others] = keys;
  if (server !== undefined && account !== undefined && others.length === 0)
    return isGuessable(account[0], secret, server) ? undefined : namesFor(server, account[0], secret, project);
  return namesFor(service, `${name.replace(/_?(URL|URI|DSN|CONNECTION|STRING)$/i, "")}_PASSWORD`, secret, project);
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
  const isSame = project.services.every(({ environment }) => {
    const value = environment.items.get(name)?.value;
    return value === undefined || value === null || value === secret || value.includes(secret);
  });
  return isClear && isSame ? [own, withService] : [withService];
}

/** A word that Compose takes for a variable. */
export function variableName(text: string): string {
  const name = text
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/\W+/g, "_")
    .toUpperCase()
    .replace(/^_+(?=\w)/, "");
  return /^\d/.test(name) ? `_${name}` : name;
}
