import { HIDDEN } from "./literal.js";

/** True for values that stand for "put yours here", are switches or numbers, or name where the secret is. */
export function isPlaceholder(value: string): boolean {
  const text = value.trim().replace(/^(["'])(.*)\1$/, "$2");
  return text.includes(HIDDEN) || PLACEHOLDER.test(text);
}

/** True for words that ask to be replaced: as a default they are the secret that is used where nobody does. */
export function isStandIn(value: string): boolean {
  return value.length >= 8 && STAND_IN.test(value);
}

const STAND_IN =
  /^(your|insert|enter|put|replace)[-_ ]?\w+[-_ ]?\w*|\w[-_ ]here$|change[-_ ]?(me|it|this)|^dummy[-_ ]\w+|[-_](placeholder|change[-_ ]?in[-_ ]?prod\w*)$/i;

/** One expression: each of them has to be compiled in every run. */
const PLACEHOLDER = new RegExp(
  [
    /^["']*$/,
    // Where a vault keeps it.
    /^(op|vault|bao|awssm|ssm|secretsmanager|akvs?|gcpsm|gsm|bws|doppler|infisical|arn:aws|ref\+\w+):/,
    /^%\w+%$|^[\w-]*\.{3,}$|^(todo|tbd|fixme)$/,
    /^(true|false|yes|no|on|off|null|none|nil|undefined|disabled?|enabled?|required|optional|auto|default)$/,
    /^[-*.x#_?]+$/,
    /^[<[{(].*[>\]})]$/,
    /^secrets?:\/\//,
    /\$\{|^\$\w+$|\{[A-Z][A-Z0-9_]{3,}\}/,
    /^(\.{0,2}\/|~\/|file:|https?:\/\/|\/run\/secrets)|[/\\][\w.-]+\.(pem|key|crt|cer|p12|pfx|jks|asc|txt|json)$/,
    /^(your|insert|enter|put|add|paste|set|replace|fill)[-_ ]?(own|here|\w+[-_ ](here|key|token|secret|password))|here$|[-_ ]here[-_ ]|^deine?[-_]|[-_]hier$|^(your|replace|insert|enter)[-_]|example\.(com|org)|placeholder|redacted|<.*>/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "i",
);
