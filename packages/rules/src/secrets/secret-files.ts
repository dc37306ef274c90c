import { isMap, type Origin, type Path, type Project, valueAt } from "@compose-harden/model";
import type { Context, Place } from "../rule.js";
import { envLines, shortName } from "./env-lines.js";
import { isGuessed, secretIn } from "./secrets.js";

/** A file that holds secrets of a project. */
export interface SecretFile {
  readonly path: string;
  /** What it is to the project: "the env file `.env`". */
  readonly what: string;
  readonly at: Place;
}

/** Files that a repository hands out as a pattern to fill in. */
const IS_TEMPLATE = /(^|[._-])(example|sample|template|dist|defaults?|tests?)([._-]|$)/i;

/** The env files with a secret in them, the files of `secrets:`, and the private keys that are mounted. */
export function secretFiles(project: Project, { readFile }: Context<object>): readonly SecretFile[] {
  const shown = (path: string) => `\`${shortName(path, project)}\``;
  const files: SecretFile[] = [];
  for (const { path, text } of project.envFiles) {
    const secret = IS_TEMPLATE.test(path.slice(path.lastIndexOf("/") + 1)) ? undefined : firstSecret(text);
    if (secret === undefined) continue;
    const value = { file: path, start: secret, end: secret + (/^[\w.-]+/.exec(text.slice(secret))?.[0].length ?? 0) };
    const origin: Origin = { value, via: [], interpolated: false, derived: false };
    files.push({ path, what: `the env file ${shown(path)}`, at: { path: [], origin } });
  }
  const secrets = valueAt(project.data, ["secrets"]);
  for (const [name, secret] of Object.entries(isMap(secrets) ? secrets : {})) {
    if (!isMap(secret) || typeof secret.file !== "string") continue;
    const path: Path = ["secrets", name, "file"];
    files.push({
      path: secret.file,
      what: `${shown(secret.file)}, the file of the secret \`${name}\``,
      at: { path, origin: project.originsOf(path).at(-1) },
    });
  }
  for (const service of project.services) {
    for (const mount of service.volumes.items) {
      const { type, source } = mount.value;
      if (
        type !== "bind" ||
        source === undefined ||
        !/\.(key|pem)$|\/(acme\.json|id_(rsa|ecdsa|ed25519))$/.test(source)
      )
        continue;
      if (!/PRIVATE KEY|"PrivateKey"/.test(readFile?.(source) ?? "")) continue;
      files.push({ path: source, what: `${shown(source)}, a private key that \`${service.name}\` mounts`, at: mount });
    }
  }
  return files.filter(({ path }, index) => files.findIndex((other) => other.path === path) === index);
}

/** Where the first variable with a secret stands; one that everybody guesses is no secret. */
function firstSecret(text: string): number | undefined {
  return envLines(text).find(
    ({ name, value }) => value !== "" && secretIn(name, value) !== undefined && !isGuessed(value),
  )?.index;
}
