/** A stretch of a setting's value that is a secret. */
export interface SecretPart {
  readonly start: number;
  readonly end: number;
  /** The host of the URL that it is the password of. */
  readonly host?: string;
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
export const TOKEN_PART: RegExp = new RegExp(TOKEN_FORMS.flatMap(([, , parts]) => parts).join("|"));

/** What documentation shows in place of a token, in the form of one, and the key of every Azurite. */
const MADE_UP =
  /([xX*.0])\1{4}|(^|[-_])(your|my|insert|replace|paste)[-_]|example|placeholder|[-_]here\b|^Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsu/i;

/** `"role":"anon"` in base64, whatever stands before it: Supabase's token that web pages show their visitors. */
const FOR_VISITORS = /icm9sZSI6ImFub24i|Jyb2xlIjoiYW5vbi|InJvbGUiOiJhbm9uI/;

/** The secrets that a text holds by their form, all of one kind, with what they are; undefined for none. */
export function tokensIn(text: string): { readonly what: string; readonly parts: readonly SecretPart[] } | undefined {
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
