import { HIDDEN } from "./literal.js";

/** Names that hold a secret, by their last words. */
const SECRET_NAME =
  /(^|[_-])(password|passwd|passphrase|pass|pwd|secret|token|api_?key|apikey|private_?key|secret_?key|access_?key|encryption_?key|signing_?key|master_?key|auth_?key|license_?key|key_?base|credentials?|secret_?key_?base|jwt_?secret|salt)$/i;

/** Names that look like one but hold something about it. */
const NOT_A_SECRET =
  /(^|[_-])(allow_empty_password|random_root_password|pwd|oldpwd)$|(max|min|num|count|length|size|limit|expir\w*|ttl|lifetime|timeout|type|name|header|url|uri|file|path|field|column|id|policy|use|enable\w*|disable\w*|require\w*|require|public|site|show|hide|reset|forgot|change|stop|eos|bos|pad)([_-]\w*)?[_-](password|passwd|pass|token|secret|key|api_?key|credentials?)s?$|^(tokenizers|sitekey|keypass)/i;

/** True when a setting's name says that its value is a secret. */
export function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").replace(/[.\s]+/g, "_");
  return SECRET_NAME.test(words) && !NOT_A_SECRET.test(words) && !/^(pwd|oldpwd)$/i.test(words);
}

/** True for values that stand for "put yours here", are switches or numbers, or name where the secret is. */
export function isPlaceholder(value: string): boolean {
  const text = value.trim();
  return (
    text === "" ||
    /^(true|false|yes|no|on|off|null|none|nil|undefined|disabled?|enabled?|required|optional|auto|default)$/i.test(
      text,
    ) ||
    /^[-*.x#_?]+$/i.test(text) ||
    /^[<[{(].*[>\]})]$/.test(text) ||
    text.includes(HIDDEN) ||
    /\$\{|^\$\w+$/.test(text) ||
    /^(\.{0,2}\/|~\/|file:|https?:\/\/|\/run\/secrets)/.test(text) ||
    /^(your|my|the|insert|enter|put|add|paste|set|replace|fill)[-_ ]?(own|here|\w+[-_ ](here|key|token|secret|password))|here$|[-_ ]here[-_ ]|^(your|replace|insert|enter)[-_]|example\.(com|org)|placeholder|redacted|<.*>/i.test(
      text,
    )
  );
}

/** Secrets that show by their own form, with who issues them. */
const TOKEN_FORMS: readonly (readonly [form: RegExp, what: string])[] = [
  [/-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/, "a private key"],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, "an AWS access key"],
  [/\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{40,}/, "a GitHub token"],
  [/\bglpat-[A-Za-z0-9_-]{20,}/, "a GitLab token"],
  [/\bhf_[A-Za-z0-9]{30,}\b/, "a Hugging Face token"],
  [/\bsk-(?:proj-|ant-|or-v1-|svcacct-)[A-Za-z0-9_-]{20,}|\bsk-[A-Za-z0-9]{40,}\b/, "a model provider's key"],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}/, "a Slack token"],
  [/\b(?:sk|rk)_live_[A-Za-z0-9]{20,}/, "a Stripe key"],
  [/\bAIza[0-9A-Za-z_-]{35}\b/, "a Google API key"],
  [/\bnpm_[A-Za-z0-9]{36}\b/, "an npm token"],
  [/\bdckr_pat_[A-Za-z0-9_-]{20,}/, "a Docker Hub token"],
  [/\btskey-(?:auth|api|client)-[A-Za-z0-9]+-[A-Za-z0-9]{20,}/, "a Tailscale key"],
  [/\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b/, "a Telegram bot token"],
];

/** What kind of secret a text contains, by its form alone. */
export function tokenIn(text: string): string | undefined {
  return TOKEN_FORMS.find(([form]) => form.test(text))?.[1];
}

/** True when a URL in the text carries a literal password. */
export function hasPasswordInUrl(text: string): boolean {
  const [, password] = /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@?#]*:([^\s@/?#]+)@[^\s]/i.exec(text) ?? [];
  return password !== undefined && !isPlaceholder(password);
}
