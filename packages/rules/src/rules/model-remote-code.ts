import { words } from "../login.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

const FLAG = /^--trust[-_]remote[-_]code(=(true|1))?$/i;
const VARIABLE = /^(VLLM_|HF_|TGI_)?TRUST_REMOTE_CODE$/;

/** Model servers run no code that comes with a model, unless the revision is named. */
export const modelRemoteCode: Rule = {
  id: "model-remote-code",
  summary: "model servers run code that comes with a model only of a named revision",
  topic: "ai",
  severity: severityOf("container", "privileges"),
  since: "0.1.0",
  references: [
    {
      title: "Hugging Face Transformers: security policy, remote code",
      url: "https://github.com/huggingface/transformers/blob/main/SECURITY.md",
    },
    { title: "vLLM: security", url: "https://docs.vllm.ai/en/latest/usage/security.html" },
  ],
  frameworks: { owasp: ["13"] },

  *service(service) {
    const all = words(service).flatMap((word) => word.split(/\s+/));
    if (all.some((word) => /^--(code-)?revision(=|$)/.test(word))) return;
    const { command } = service;
    const index = command?.value.findIndex((word) => word.split(/\s+/).some((part) => FLAG.test(part))) ?? -1;
    const variable = [...service.environment.items].find(
      ([name, { value }]) => VARIABLE.test(name) && /^(true|1|yes)$/i.test(value ?? ""),
    )?.[1];
    const at = command !== undefined && index >= 0 ? { path: [...command.path, index] } : variable;
    if (at === undefined) return;
    yield {
      at,
      message: `\`${service.name}\` runs whatever code its model brings along, in any version (\`trust-remote-code\`)`,
      risk: "whoever changes the model's repository runs code in the container at its next start, with its keys and its network",
    };
  },
};
