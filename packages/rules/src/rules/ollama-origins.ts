import { withoutVariable } from "../programs/environment.js";
import { productOf } from "../programs/product.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Ollama answers only the web pages that are named to it. */
export const ollamaOrigins: Rule = {
  id: "ollama-origins",
  summary: "Ollama answers only the web pages that are named to it",
  topic: "ai",
  severity: severityOf("network", "comfort"),
  since: "0.1.0",
  references: [
    {
      title: "Ollama: How can I allow additional web origins to access Ollama?",
      url: "https://docs.ollama.com/faq#how-can-i-allow-additional-web-origins-to-access-ollama",
    },
  ],

  reads: ["environment"],

  service(service, { report }) {
    const origins = service.environment.items.get("OLLAMA_ORIGINS");
    const product = productOf(service);
    if (origins === undefined || (product !== undefined && product.id !== "ollama")) return;
    const open = (origins.value ?? "")
      .split(",")
      .find((origin) => /^((https?|\*):\/\/)?\*(:\*|:\d+)?$/.test(origin.trim()));
    if (open === undefined) return;
    report({
      at: origins,
      message: `\`${service.name}\` lets every web page use its API (\`OLLAMA_ORIGINS=${open.trim()}\`)`,
      risk: "any page opened in a browser that reaches it, on this machine too, runs models, and pulls and deletes them",
      fix: {
        title: "remove OLLAMA_ORIGINS",
        intents: [withoutVariable(service, "OLLAMA_ORIGINS")],
        applicability: "unsafe",
        caveat: `web pages and browser extensions that call \`${service.name}\` directly are refused: name them (\`https://chat.example.com\`); programs such as Open WebUI's server need no origin`,
      },
    });
  },
};
