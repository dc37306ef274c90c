import { rememberedText, type Service } from "@compose-harden/model";
import { mayHoldAddress, passwordsInAddresses } from "./addresses.js";
import type { Literal } from "./literal.js";
import { isPlaceholder, isStandIn } from "./placeholder.js";
import { type SecretPart, TOKEN_PART, tokensIn } from "./token-forms.js";

/** The last word of a name that holds a secret. */
const SECRET_WORD =
  /(password|passwd|passphrase|secret|token|apikey|authkey|privatekey|secretkey|encryptionkey|masterkey|signingkey)$|^(pass|pwd|pw|psk|salt|credentials?|apikeys|passwords)$/;

/** What stands before `key`, where the key is a secret one. */
const SECRET_KEYS: ReadonlySet<string> = new Set(
  "access account aes api app auth client cookie creds crypt encryption enc fernet hash hmac jwt license master preshared private secret service session setup shared signing storage subscription widget".split(
    " ",
  ),
);

/** Words in a name that make it a switch, a number, or something about a secret. */
const NOT_A_SECRET: ReadonlySet<string> = new Set(
  "allow bos change count disable disabled empty enable enabled eos expiry forgot generate header hide length limit max min no num pad public pubkey random require required reset rotate show site stop tokenizers use verify".split(
    " ",
  ),
);

const OBJECT_STORES: ReadonlySet<string> = new Set("s3 minio aws oss cos r2 b2 rustfs garage spaces wasabi".split(" "));

/** What every name of a secret holds; telling the others is quicker than taking them apart. */
const HINT = /pass|pw|psk|secret|token|key|salt|cred|redis_?auth|erlang_cookie/i;

/** True when a setting's name says that its value is a secret. */
export const isSecretName: (name: string) => boolean = rememberedText((name) => {
  if (!HINT.test(name)) return false;
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  const [last = "", before = "", third = ""] = words.toReversed();
  if (words.some((word) => NOT_A_SECRET.has(word)) || /^(old)?pwd$/.test(words.join(""))) return false;
  // Of an object store's two keys the access key is the name of its user.
  if (before === "access" && third !== "secret" && words.some((word) => OBJECT_STORES.has(word))) return false;
  if (last === "key" || last === "keys") return SECRET_KEYS.has(before);
  // A model counts tokens too.
  if (last === "tokens") return /^(access|api|auth|bearer|client)$/.test(before);
  if ((last === "base" && before === "key") || (last === "seed" && before === "password")) return true;
  if (/^(hex|base64|b64)$/.test(last) && before === "key") return SECRET_KEYS.has(third);
  if (words.slice(-4).join("-") === "dev-root-token-id" || (before === "erlang" && last === "cookie")) return true;
  // etcd tells clusters apart by it.
  if (words.join("-").endsWith("initial-cluster-token")) return false;
  if (words.join("").endsWith("redisauth")) return true;
  // Kafka's images name the files beside a key store so.
  if (last === "credentials" && /^(key|keystore|truststore)$/.test(before)) return false;
  if (/^(hash|hashed|sha2|sha256|bcrypt)$/.test(last))
    return SECRET_WORD.test(before) || (before === "password" && third !== "");
  return SECRET_WORD.test(last);
});

/** Secrets that a cloud makes up itself: none of them is one plain word. */
const OF_A_CLOUD = /^(AWS|AZURE|ALIYUN|BAIDU|HUAWEI|OCI|TENCENT|UPSTASH|VOLCENGINE)_/i;

/**
 * True for what people write where a client insists on a key that its server does not check: one word behind `sk-`, where a
 * provider's key has forty characters, the name of the variable again, or one word for a cloud's key.
 */
function isDummy(name: string, value: string): boolean {
  if (/api_?key$/i.test(name) && (/^sk(-[a-z]{1,20}){1,3}$/.test(value) || value === name)) return true;
  if (OF_A_CLOUD.test(name) && /^[a-z]{1,12}$/i.test(value)) return true;
  return /^(sk-)?(dummy|fake|unused|unset|none|null|empty|any(thing|[-_ ]?(string|value|key))|whatever|ignored?|user[-_]provided|local|localai|ollama([-_]\w+)?|(local[-_])?(lm-?studio|vllm|llm)|test|x{3,}|n\/?a|no[-_ ]?(key|auth|token)\b.*|not[-_ ]?(needed|required|used|set)\b.*|dummy[-_].*|.*[-_]not[-_](needed|used|required))$/i.test(
    value.trim(),
  );
}

/** False where `secretIn` surely finds nothing, neither in the value nor in a part of it. */
export function mayHoldSecret(name: string, value: string): boolean {
  return (
    mayBeSecret(name) ||
    isDigestUsers(name, value) ||
    TOKEN_PART.test(value) ||
    mayHoldAddress(value) ||
    mayHoldHash(value) ||
    HEADER.test(value)
  );
}

/** What a client shows to be let in: `Basic YWRtaW46…`, `Bearer eyJ…`. */
const HEADER = /\b(basic|bearer)(?: |%20)([\w.~+/-]{8,}={0,2})/i;

function headerIn(name: string, value: string): SecretPart | undefined {
  const found = HEADER.exec(value);
  const text = found?.[2] ?? "";
  if (found === null || !/authorization/i.test(name + value) || isPlaceholder(text) || isDummy("", text))
    return undefined;
  const start = found.index + found[0].length - text.length;
  return { start, end: start + text.length };
}

/** A hash alone or behind its user, as proxies take it: `user:$2y$05$…`, `user:{SHA}…`. */
const HASH = /(?:^|:)(?:\$(?:apr1|2[aby]|5|6)\$[^\s]{8,}|\{SHA\}[\w+/]{27}=)/;

function mayHoldHash(value: string): boolean {
  return value.includes(":$") || value.startsWith("$") || value.includes("{SHA}");
}

/** `user:realm:hash`, as Traefik takes them for digest authentication. */
function isDigestUsers(name: string, value: string): boolean {
  return /digestauth\.users$/i.test(name) && /(^|,)[^:,]+:[^:,]*:[0-9a-f]{32}(,|$)/i.test(value);
}

/** What a setting of that name holds. */
export function nounOf(name: string): string {
  if (/pass|pwd|redis_?auth|(^|[^a-z])pw$/i.test(name)) return "a password";
  if (/token/i.test(name)) return "a token";
  return /key/i.test(name) ? "a key" : "a secret";
}

/** What kind of secret a setting holds, by its name and value; undefined for none. */
export function secretIn(name: string, value: string): string | undefined {
  const tokens = tokensIn(value);
  if (tokens !== undefined) return tokens.what;
  const [address] = passwordsInAddresses(value);
  if (address !== undefined) return address.kind;
  if ((mayHoldHash(value) && HASH.test(value)) || isDigestUsers(name, value)) return "a password hash";
  if (headerIn(name, value) !== undefined) return /basic/i.test(value) ? "a password" : "a token";
  if (separatorIn(name) !== undefined) return passwordOf(name, value) === undefined ? undefined : "a password";
  if (!isSecretName(name) || isPlaceholder(value)) return undefined;
  const noun = nounOf(name);
  // A number is a bad secret, but what is called a token or a key may well be one.
  if (noun === "a password" || /secret$/i.test(name))
    return isDummy(name, value) && noun !== "a password" ? undefined : noun;
  return /^\d{1,9}$/.test(value) || isDummy(name, value) ? undefined : noun;
}

/** Which parts of a value `secretIn` means. */
export function secretParts(name: string, value: string): readonly SecretPart[] {
  if (secretIn(name, value) === undefined) return [];
  const whole = { start: 0, end: value.length };
  const tokens = tokensIn(value);
  if (tokens !== undefined) return tokens.parts;
  const passwords = passwordsInAddresses(value);
  if (passwords.length > 0) return passwords;
  const header = headerIn(name, value);
  if (header !== undefined) return [header];
  const separator = separatorIn(name);
  return separator === undefined ? [whole] : [{ start: value.indexOf(separator) + 1, end: value.length }];
}

function passwordOf(name: string, value: string): string | undefined {
  const separator = separatorIn(name);
  const at = separator === undefined ? -1 : value.indexOf(separator);
  if (separator !== undefined && at < 1) return undefined;
  const password = value.slice(at + 1);
  return isPlaceholder(password) ? undefined : password.replace(/^(["'])(.*)\1$/, "$2");
}

/** What stands between the user and the password where a setting's value is both in one. */
function separatorIn(name: string): "/" | ":" | undefined {
  if (!/auth$/i.test(name)) return undefined;
  if (/^NEO4J_AUTH$/i.test(name)) return "/";
  return /(^|[_.-])basic_?auth$/i.test(name) ? ":" : undefined;
}

/** Passwords that are tried first, lower case; `#` is any run of digits. */
const GUESSED: ReadonlySet<string> = new Set(
  "# a abc abc# abcd# adm admin admin# administrator app arangodb bitnami bitnami# budibase ceph change_me change-me changeit changeme changeme# changethis clickhouse couchdb couchpass database db db_pass db_password dbpass dbpassword default demo dev devpass devpassword difyai# docker elastic elasticadmin example foobar grafana guest harbor# hello iloveyou influx influxdb insecure keycloak langfuse letmein mariadb master mongo mongoadmin mongodb monitor monitoring my-secret-pw my-super-secret-password mypass mypassword mysecretpassword mysql mysqlpass mysqlpassword mystrongpassword neo#j nopassword operator p@ssw#rd p@ssword p#ssw#rd pa# pass pass# passw#rd password password# password#! pg pgpass pgpassword postgis postgres postgres# postgrespass postgrespassword public qwerty qwerty# rabbit rabbitmq redis redispass redispassword root root# rootpass rootpassword rootroot s#cret sa secret secret# secretkey sk-# supersecret supersecretpassword superset sysadmin system temp test test# tester testing testpass testpassword toor user userpass verysecret verysecretpassword vncpassword youvncpassword welcome welcome# yourpassword yourstrong(!)password yourstrongpassword minio minio# minioadmin minioadmin# miniopassword minio_password minio-secret-key minio_secret_key contrasena contrasena# contraseña contraseña# clave geheim geheim# haslo hasło kennwort motdepasse parola passwort passwort# passord senha senha# sifre şifre wachtwoord пароль 密码".split(
    " ",
  ),
);

/** True for a name that holds a secret, or a user and a secret in one. */
export function mayBeSecret(name: string): boolean {
  return isSecretName(name) || separatorIn(name) !== undefined;
}

/** True for a password that is published as a default, tried first by everybody, or the same as its user's or service's name. */
export function isGuessable(name: string, value: string, service: Service): boolean {
  if (!mayBeSecret(name)) return false;
  const kind = secretIn(name, value);
  const password = passwordOf(name, value)?.toLowerCase();
  if (password === undefined || kind === undefined || !/^a (password|key|secret|token)$/.test(kind)) return false;
  return isGuessed(password) || namesOf(service, name).has(password);
}

/** True for what `isGuessable` means, and for a default that asks to be replaced. */
export function isTriedFirst(
  name: string,
  { value, isDefault }: Pick<Literal, "value" | "isDefault">,
  service: Service,
): boolean {
  const separator = separatorIn(name);
  const secret = separator === undefined ? value : value.slice(value.indexOf(separator) + 1);
  return (isDefault && mayBeSecret(name) && isOwn(name) && isStandIn(secret)) || isGuessable(name, value, service);
}

/** True for a secret that the service checks or signs with; what somebody else checks is refused where it is no real one. */
function isOwn(name: string): boolean {
  return !/api_?key|token|client_?secret|smtp/i.test(name) && !OF_A_CLOUD.test(name);
}

/** True for a password that everybody tries, whoever it belongs to. */
export function isGuessed(password: string): boolean {
  const text = password.toLowerCase();
  return (
    /^(.)\1{3,}$/.test(text) ||
    /\bchange[-_ ]?(me|it|this)|change[-_ ]?(me|it|this)\b/.test(text) ||
    /^my[-_ ]?((very|super|secure|strong|secret)[-_ ]?)*(password|passphrase|secret|key|token)[\d!]*$/.test(text) ||
    GUESSED.has(text.replace(/\d+/g, "#")) ||
    GUESSED.has(text)
  );
}

/** What a service calls itself, its users and its databases, in lower case; one setting can be left out. */
export function namesOf(service: Service, name?: string): ReadonlySet<string> {
  const image =
    service.image?.value
      .replace(/[:@][^/]*$/, "")
      .split("/")
      .at(-1) ?? service.name;
  const named = [...service.environment.items].flatMap(([other, { value }]) =>
    other !== name && value !== null && /(user|username|user_?name|login|_db|database|db_?name)$/i.test(other)
      ? [value]
      : [],
  );
  return new Set([service.name, image, ...named].map((text) => text.toLowerCase()));
}
