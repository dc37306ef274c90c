import type { Located, Project, Service } from "@compose-harden/model";
import { rememberedText, writtenAs } from "@compose-harden/model";
import { productOf } from "../programs/product.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Keys of model providers, which are billed and can be limited one by one. */
const PROVIDER_KEY =
  /^(\w+_)?(OPENAI|OPEN_AI|ANTHROPIC|GEMINI|GOOGLE_AI|GOOGLE_GENERATIVE_AI|MISTRAL|GROQ|COHERE|DEEPSEEK|OPENROUTER|TOGETHER|TOGETHERAI|PERPLEXITY|XAI|FIREWORKS|TAVILY|BRAVE|ELEVENLABS|REPLICATE|VOYAGE)_(API_)?(KEY|TOKEN)$/;

const isProviderKey = rememberedText((name) => PROVIDER_KEY.test(name));

/** Each service has a key of its own at a model provider. */
export const sharedProviderKey: Rule = {
  id: "shared-provider-key",
  summary: "each service has a key of its own at a model provider",
  topic: "ai",
  severity: severityOf("mishap", "privileges"),
  since: "0.1.0",
  references: [
    {
      title: "OpenAI: Best practices for API key safety",
      url: "https://help.openai.com/en/articles/5112595-best-practices-for-api-key-safety",
    },
    {
      title: "OpenRouter: API key rotation",
      url: "https://openrouter.ai/docs/cookbook/administration/api-key-rotation",
    },
  ],
  frameworks: { nist: ["4.1.4"] },

  project(project, { report }) {
    const users = new Map<
      string,
      { readonly service: Service; readonly name: string; readonly at: Located<string | null> }[]
    >();
    for (const service of project.services) {
      for (const [name, at] of service.environment.items) {
        if (!isProviderKey(name)) continue;
        const key = sourceOf(at, project);
        if (key !== undefined) users.set(key, [...(users.get(key) ?? []), { service, name, at }]);
      }
    }
    for (const [key, uses] of users) {
      // A service may use it in several places.
      const using = uses.filter(({ service }, index) => uses.findIndex((use) => use.service === service) === index);
      const [first, second] = using;
      if (first === undefined || second === undefined || !areSeveralProducts(using.map(({ service }) => service)))
        continue;
      report({
        at: second.at,
        message: `${named(using.map(({ service }) => service))} use one key (\`${key.startsWith(LITERAL) ? first.name : key}\`)`,
        risk: "an intruder in one spends on the account of all, nobody sees which it was, and renewing the key stops all of them",
        related: using.flatMap(({ service, at }) =>
          at === second.at || at.origin === undefined
            ? []
            : [{ message: `\`${service.name}\` uses it too`, origin: at.origin }],
        ),
      });
    }
  },
};

/** `a, b and c`, of two or more. */
function named(services: readonly Service[]): string {
  const names = services.map(({ name }) => `\`${name}\``);
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** Before a key that is the value itself, not a variable's name; such a value is never printed. */
const LITERAL = "=";

/** What two uses of one key have in common: the variable it comes from, or the value itself. */
function sourceOf({ value, origin }: Located<string | null>, project: Project): string | undefined {
  if (origin === undefined) return undefined;
  const written = origin.interpolated ? writtenAs(origin, project) : undefined;
  if (written !== undefined) return /\$\{?(\w+)/.exec(written)?.[1];
  return value === null || value.length < 20 ? undefined : `${LITERAL}${value}`;
}

/** Parts of one program share its key for good reason: two products are needed, neither named after the other. */
function areSeveralProducts(services: readonly Service[]): boolean {
  const ids = services.flatMap((service) => productOf(service)?.id ?? []);
  return ids.some((a) => ids.some((b) => !a.startsWith(b) && !b.startsWith(a)));
}
