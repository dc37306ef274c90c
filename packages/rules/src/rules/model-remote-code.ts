import { words } from "../programs/start-words.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

const FLAG = /(^|\s)--trust[-_]remote[-_]code(=(true|1))?(\s|$)/i;
/** Switches off the check for code in a model's own file. */
const UNCHECKED_FLAG = /(^|\s)--disable-safe-unpickle(\s|$)/;
const UNCHECKED_VARIABLE = "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD";
const VARIABLES = ["TRUST_REMOTE_CODE", "VLLM_TRUST_REMOTE_CODE", "HF_TRUST_REMOTE_CODE", "TGI_TRUST_REMOTE_CODE"];

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
    {
      title: "PyTorch: torch.load, weights_only",
      url: "https://docs.pytorch.org/docs/stable/generated/torch.load.html",
    },
    { title: "vLLM: security", url: "https://docs.vllm.ai/en/latest/usage/security.html" },
  ],
  frameworks: { owasp: ["13"] },

  reads: ["command", "environment"],

  service(service, { report }) {
    const { command, environment } = service;
    const unchecked = command?.value.findIndex((word) => UNCHECKED_FLAG.test(word)) ?? -1;
    const forced = environment.items.get(UNCHECKED_VARIABLE);
    const isForced = forced !== undefined && /^(true|1|y|yes)$/i.test(forced.value ?? "");
    if (isForced || (command !== undefined && unchecked >= 0))
      report({
        at: isForced ? forced : { path: [...(command?.path ?? service.path), unchecked] },
        message: `\`${service.name}\` loads model files without the check for code in them (\`${isForced ? UNCHECKED_VARIABLE : "--disable-safe-unpickle"}\`)`,
        risk: "whoever made a model file that is loaded runs code in the container",
      });
    const index = command?.value.findIndex((word) => FLAG.test(word)) ?? -1;
    const variable = VARIABLES.flatMap((name) => environment.items.get(name) ?? []).find(({ value }) =>
      /^(true|1|yes)$/i.test(value ?? ""),
    );
    const at = command !== undefined && index >= 0 ? { path: [...command.path, index] } : variable;
    if (at === undefined || words(service).some((word) => /(^|\s)--(code-)?revision(=|\s|$)/.test(word))) return;
    report({
      at,
      message: `\`${service.name}\` runs whatever code its model brings along, in any version (\`trust-remote-code\`)`,
      risk: "whoever changes the model's repository runs code in the container at its next start, with its keys and its network",
    });
  },
};
