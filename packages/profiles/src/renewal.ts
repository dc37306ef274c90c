/** How often a kind of secret is renewed, and why that often. */
export interface Renewal {
  /** Days. */
  readonly every: number;
  readonly what: string;
}

/** First match wins; matched against the name of a variable. */
const RENEWALS: readonly (Renewal & { readonly name: RegExp })[] = [
  {
    name: /ENCRYPTION|(^|_)SALT$|FERNET/,
    every: 0,
    what: "a key that encrypts what is stored: keep it, back it up, change it only by the software's own procedure",
  },
  {
    name: /^(\w+_)?(OPENAI|OPEN_AI|ANTHROPIC|GEMINI|MISTRAL|GROQ|COHERE|DEEPSEEK|OPENROUTER|HUGGING_?FACE|HF|TAVILY|BRAVE)_(API_)?(KEY|TOKEN)$/,
    every: 90,
    what: "a provider's key: every quarter",
  },
  { name: /TOKEN|API_?KEY|MASTER_KEY/, every: 30, what: "a token that opens the service: every month" },
  { name: /PASSWORD|PASSWD|_PASS$|SECRET/, every: 90, what: "a password or signing key: every quarter" },
];

/** When a secret of this name is due, whatever happens; after a leak, a lost device or a colleague's leaving at once. */
export function renewalOf(name: string): Renewal | undefined {
  const found = RENEWALS.find((renewal) => renewal.name.test(name.toUpperCase()));
  return found === undefined ? undefined : { every: found.every, what: found.what };
}
