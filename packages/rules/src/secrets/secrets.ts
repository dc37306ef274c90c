import { rememberedText, type Service } from "@compose-harden/model";
import { mayHoldAddress, passwordsInAddresses } from "./addresses.js";
import type { Literal } from "./literal.js";
import { isPlaceholder, isStandIn } from "./placeholder.js";

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

const GITHUB = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"];

/** A run of letters and digits, with the length it has in tokens of one kind. */
const key = (before: string, length: string, after = ""): RegExp =>
  new RegExp(`\\b${before}[A-Za-z0-9]{${length}}${after}(?![A-Za-z0-9])`);

/** Secrets that show by their own form, with who issues them, and a part of which each has at least one. */
const TOKEN_FORMS: readonly (readonly [form: RegExp, what: string, parts: readonly string[]])[] = [
  [/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/, "a private key", ["PRIVATE KEY"]],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, "an AWS access key", ["AKIA", "ASIA"]],
  [/\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{40,}/, "a GitHub token", GITHUB],
  [/\bglpat-[A-Za-z0-9_-]{20,}/, "a GitLab token", ["glpat-"]],
  [/\bhf_[A-Za-z0-9]{30,}\b/, "a Hugging Face token", ["hf_"]],
  [/\bsk-(?:proj-|ant-|or-v1-|svcacct-)[A-Za-z0-9_-]{20,}|\bsk-[A-Za-z0-9]{40,}\b/, "a model provider's key", ["sk-"]],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}/, "a Slack token", ["xox"]],
  [/\b(?:sk|rk)_live_[A-Za-z0-9]{20,}/, "a Stripe key", ["_live_"]],
  [/\bAIza[0-9A-Za-z_-]{35}\b/, "a Google API key", ["AIza"]],
  [/\bnpm_[A-Za-z0-9]{36}\b/, "an npm token", ["npm_"]],
  [/\bdckr_pat_[A-Za-z0-9_-]{20,}/, "a Docker Hub token", ["dckr_pat_"]],
  [/\btskey-(?:auth|api|client)-[A-Za-z0-9]+-[A-Za-z0-9]{20,}/, "a Tailscale key", ["tskey-"]],
  [/\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b/, "a Telegram bot token", [":AA"]],
  [key("gsk_", "40,"), "a model provider's key", ["gsk_"]],
  [key("xai-", "60,"), "a model provider's key", ["xai-"]],
  [key("pplx-", "40,"), "a model provider's key", ["pplx-"]],
  [key("r8_", "37,40"), "a model provider's key", ["r8_"]],
  [/\bnvapi-[\w-]{50,}/, "a model provider's key", ["nvapi-"]],
  [key("tvly-(?:dev-|prod-)?", "20,"), "a Tavily key", ["tvly-"]],
  [/\bsk-lf-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/, "a Langfuse key", ["sk-lf-"]],
  [/\blsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}\b/, "a LangSmith key", ["lsv2_"]],
  [/\bSG\.[\w-]{22}\.[\w-]{43}/, "a SendGrid key", ["SG."]],
  [/\bdo[opr]_v1_[0-9a-f]{64}\b/, "a DigitalOcean token", ["_v1_"]],
  [key("glsa_", "32", "_[0-9a-f]{8}"), "a Grafana token", ["glsa_"]],
  [/\bhv[sb]\.[\w-]{24,}/, "a Vault token", ["hvs.", "hvb."]],
  [/\bpypi-AgE[\w-]{50,}/, "a PyPI token", ["pypi-AgE"]],
  [/\bshp(?:at|ca|pa|ss)_[0-9a-f]{32}\b/, "a Shopify token", ["shpat_", "shpca_", "shppa_", "shpss_"]],
  [key("(?:ntn|secret)_", "43,"), "a Notion token", ["ntn_", "secret_"]],
  [key("lin_api_", "40"), "a Linear key", ["lin_api_"]],
  [/\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/, "a signed token", ["eyJ"]],
  [/(?<=\b(?:AccountKey|SharedAccessKey)=)[\w+/]{40,}={0,2}/, "a key", ["AccountKey=", "SharedAccessKey="]],
  // Whoever has one of these addresses posts there.
  [/https:\/\/hooks\.slack\.com\/(?:services|workflows)\/[\w/-]{30,}/, "a Slack webhook", ["hooks.slack.com"]],
  [/https:\/\/discord(?:app)?\.com\/api\/webhooks\/\d{15,}\/[\w-]{50,}/, "a Discord webhook", ["/webhooks/"]],
  [/\bdiscord:\/\/[\w-]{50,}@\d{15,}/, "a Discord webhook", ["discord://"]],
];

/** Some part of any of them: one look at most texts shows that they hold none. */
const TOKEN_PART = new RegExp(TOKEN_FORMS.flatMap(([, , parts]) => parts).join("|"));

/** What documentation shows in place of a token, in the form of one, and the key of every Azurite. */
const MADE_UP =
  /([xX*.0])\1{4}|(^|[-_])(your|my|insert|replace|paste)[-_]|example|placeholder|[-_]here\b|^Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsu/i;

/** `"role":"anon"` in base64, whatever stands before it: Supabase's token that web pages show their visitors. */
const FOR_VISITORS = /icm9sZSI6ImFub24i|Jyb2xlIjoiYW5vbi|InJvbGUiOiJhbm9uI/;

/** The secrets that a text holds by their form, all of one kind, with what they are; undefined for none. */
function tokensIn(text: string): { readonly what: string; readonly parts: readonly SecretPart[] } | undefined {
  if (text.length < 15 || !TOKEN_PART.test(text)) return undefined;
  for (const [form, what, parts] of TOKEN_FORMS) {
    if (!parts.some((part) => text.includes(part))) continue;
    const found = [...text.matchAll(new RegExp(form, "g"))].filter(
      ([token]) => !MADE_UP.test(token) && !FOR_VISITORS.test(token),
    );
    if (found.length === 0) continue;
    const isKeyFile = found.some(([token]) => token.startsWith("-----"));
    return {
      what,
      parts: isKeyFile
        ? [{ start: 0, end: text.length }]
        : found.map(({ index, 0: token }) => ({ start: index, end: index + token.length })),
    };
  }
  return undefined;
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

/** A stretch of a setting's value that is a secret. */
export interface SecretPart {
  readonly start: number;
  readonly end: number;
  /** The host of the URL that it is the password of. */
  readonly host?: string;
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
