import { parseImage } from "@compose-harden/profiles";
import { isBuiltHere, isUnfinished, movementOf } from "../programs/images.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** New software comes when somebody asks for it, not at each start. */
export const pullAlways: Rule = {
  id: "pull-always",
  summary: "an image with a moving tag is not pulled again at each start",
  topic: "supply-chain",
  severity: severityOf("mishap", "privileges"),
  since: "0.1.0",
  references: [
    { title: "Compose: pull_policy", url: "https://docs.docker.com/reference/compose-file/services/#pull_policy" },
  ],
  frameworks: { owasp: ["13"], nist: ["4.2.2"] },

  reads: ["pull_policy"],

  service(service, { project, report }) {
    const policy = service.get("pull_policy");
    if (policy === undefined || service.image === undefined || isBuiltHere(service, project)) return;
    if (!/^(always|daily|weekly|every_.*)$/.test(String(policy.raw))) return;
    const { tag, digest, variableTag } = parseImage(service.image.value);
    if (digest !== undefined || variableTag || isUnfinished(service.image.value)) return;
    if (tag !== undefined && movementOf(tag) === undefined) return;
    report({
      at: policy,
      message: `\`${service.name}\` pulls its image again (\`pull_policy: ${String(policy.raw)}\`), and its tag moves`,
      risk: "after the next `docker compose up` other software may run than before, without anybody asking for it or knowing what ran until then",
      fix: {
        title: "pull only what is missing",
        intents: [{ op: "set", path: [...service.path, "pull_policy"], value: "missing" }],
        applicability: "unsafe",
        caveat: "updates then come only with `docker compose pull`",
      },
    });
  },
};
