import type { Edit } from "@compose-harden/model";
import type { ReportedProject } from "./result.js";

/** Words in a name that say its value is a secret. */
const SECRET_WORD =
  /pass(?:word|wd|phrase)?(?![a-z])|pwd|secret|token|api_?key|apikey|access_?key|private_?key|encryption_?key|signing_?key|master_?key|credential|auth(?:_?key)|jwt|salt|license_?key|webhook/i;

/** Names that hold such a word but name a place, a switch or a duration. */
const HARMLESS_NAME =
  /(?:_file|_path|_dir|_name|_user|_id|_url|_uri|_host|_port|_ttl|_length|_expir\w*|_enabled?|_disabled?|_type|_algorithm|_policy|_header|_issuer|_timeout|_max\w*|_min\w*)$/i;

/** True for a variable, key or option whose value is a secret by its name. A name that names a file is not one. */
export function isSecretName(name: string): boolean {
  if (/_key$|^key$/i.test(name) && !/public_?key$/i.test(name)) return true;
  return SECRET_WORD.test(name) && !HARMLESS_NAME.test(name);
}

/** True when edits would show a secret of the project, or what looks like one, to whoever reads a report. */
export function showsSecrets(edits: readonly Edit[], project: Pick<ReportedProject, "services">): boolean {
  const secrets = secretsOf(project);
  return edits.some(({ text }) => showsSecret(text, secrets));
}

/** Values of a project's variables whose names say that they are secrets; the shortest are left out, since they occur everywhere. */
export function secretsOf({ services }: Pick<ReportedProject, "services">): readonly string[] {
  return services
    .flatMap(({ environment }) => [...environment.items])
    .flatMap(([name, { value }]) => (value !== null && value.length > 3 && isSecretName(name) ? [value] : []));
}

/** True when a text has a line that looks like it holds a secret, or one of these values. */
export function showsSecret(text: string, secrets: readonly string[]): boolean {
  return (
    text.split(/\r\n|\n|\r/).some((line) => maskSecrets(line) !== line) || secrets.some((one) => text.includes(one))
  );
}

/**
 * One line of a Compose or env file with what looks like a secret's value replaced by as many `*`: values of keys, variables and options with a telling name, and passwords in addresses. Expressions such
 * as `${DB_PASSWORD}` stay, since they name a secret and do not hold one; a default inside one is masked.
 */
export function maskSecrets(line: string): string {
  if (!MAY_HOLD_SECRET.test(line)) return line;
  return line
    .replace(BLOCK_ENTRY, (whole, front: string, name: string, between: string, value: string) =>
      isSecretName(name) ? front + name + between + maskValue(value) : whole,
    )
    .replace(FLOW_ENTRY, (whole, name: string, between: string, value: string) =>
      isSecretName(name) ? name + between + maskValue(value) : whole,
    )
    .replace(OPTION, (whole, option: string, between: string, value: string) =>
      isSecretName(option.replace(/^-+/, "").replaceAll("-", "_")) ? option + between + maskValue(value) : whole,
    )
    .replace(URL_PASSWORD, (_, front: string, password: string) => front + maskValue(password));
}

/** Most lines hold none; the expressions below cost more. */
const MAY_HOLD_SECRET = /key|pass|pwd|secret|token|credential|auth|jwt|salt|webhook|:\/\/[^\s/]*@/i;

/** `KEY: value` or `- KEY=value`, alone in its line: the value goes up to a comment. */
const BLOCK_ENTRY = /^(\s*(?:- +)*["']?)([\w.-]+)(["']?\s*(?::\s+|=)["']?)([^\s[{"'].*?)(?=["']?\s*$|["']?\s+#)/;

/** `KEY: value` or `KEY=value` among others: the value goes up to a comma or a closing bracket. */
const FLOW_ENTRY =
  /([\w.-]+)(["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|(?:\$\{[^}]*\}|[^\s"',[\]{}*])(?:\$\{[^}]*\}|[^,\]}"'])*?)(?=\s*(?:[,\]}]|\s#|["']|$))/g;

/** `--option value`, in a text or in a list. */
const OPTION = /(?<![\w-])(--?[\w-]+)([ "',]+)([^\s"',\]]+)/g;

/** `scheme://user:password@`. */
const URL_PASSWORD = /(\w[\w+.-]*:\/\/[^\s:/@"']*:)([^\s/@"']+)(?=@)/g;

/** The text of a secret replaced character by character, with quotes and the names inside `${…}` kept. */
export function maskValue(value: string): string {
  const quote = /^["']/.exec(value)?.[0] ?? "";
  const body = quote === "" ? value : value.slice(1, -1);
  if (body === "" || /^[|>][-+0-9]*$/.test(body) || /^[*&]/.test(body)) return value;
  const masked = body
    .split(/(\$\{[^{}]*\}|\$\w+)/)
    .map((part, index) => (index % 2 === 1 ? maskDefault(part) : stars(part)))
    .join("");
  return quote + masked + quote;
}

/** An env file with all values replaced by as many `*`; names and comments stay. */
export function maskEnvFile(text: string): string {
  return text
    .split(/(\r?\n)/)
    .map((line, index) => (index % 2 === 1 || /^\s*(#|$)/.test(line) ? line : maskVariable(line)))
    .join("");
}

/** One line of an env file with its value masked; a line without a name is part of a value. */
export function maskVariable(line: string): string {
  return line.replace(ENV_LINE, (_, name: string = "", value: string) => name + stars(value));
}

const ENV_LINE = /^(\s*(?:export\s+)?[\w.-]+\s*[=:]\s*)?(.*)$/;

function maskDefault(expression: string): string {
  return expression.replace(/^(\$\{\w+:?[-+])(.*)\}$/, (_, front: string, text: string) => `${front}${stars(text)}}`);
}

function stars(text: string): string {
  return "*".repeat(text.length);
}
