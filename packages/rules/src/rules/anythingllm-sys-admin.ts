import { capabilityName } from "@compose-harden/profiles";
import { productOf } from "../programs/product.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** AnythingLLM does without the capability that its guide gives it. */
export const anythingllmSysAdmin: Rule = {
  id: "anythingllm-sys-admin",
  summary: "AnythingLLM is not given `SYS_ADMIN` for its web browser",
  topic: "ai",
  severity: severityOf("container", "host"),
  since: "0.1.0",
  references: [
    {
      title: "AnythingLLM: Explanation for --cap-add for Docker",
      url: "https://github.com/Mintplex-Labs/anythingllm-docs/issues/75",
    },
    {
      title: "AnythingLLM: flags for Chromium, so that SYS_ADMIN is not needed",
      url: "https://github.com/Mintplex-Labs/anything-llm/pull/4397",
    },
  ],
  frameworks: { cis: ["5.4"], owasp: ["3"], nist: ["4.4.3"] },

  standsInFor: ["dangerous-capabilities"],
  reads: ["cap_add"],

  service(service, { report }) {
    if (productOf(service)?.id !== "anythingllm") return;
    const item = service.cap_add.items.find(({ value }) => capabilityName(value) === "SYS_ADMIN");
    if (item === undefined) return;
    report({
      at: item,
      message: `\`${service.name}\` (AnythingLLM) is given \`SYS_ADMIN\`, which only its scraper of web pages uses`,
      risk: "an intruder in the container mounts file systems and leaves it by several known ways",
      fix: {
        title: "remove the capability SYS_ADMIN",
        intents: [{ op: "drop", path: service.cap_add.path, item: item.raw }],
        applicability: "unsafe",
        caveat:
          "reading web pages by their address then fails with `No usable sandbox`, unless `ANYTHINGLLM_CHROMIUM_ARGS` is set to `--no-sandbox,--disable-setuid-sandbox`; everything else works",
      },
    });
  },
};
