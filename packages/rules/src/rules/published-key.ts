import { isKnownSecret } from "../programs/dangers.js";
import { productOf } from "../programs/product.js";
import type { Rule } from "../rule.js";
import { givenOf } from "../secrets/env-lines.js";
import { literalOf } from "../secrets/literal.js";
import { renewFix } from "../secrets/renewal.js";
import { severityOf } from "../severity.js";

/** No key is the one that the software's own documentation shows. */
export const publishedKey: Rule = {
  id: "published-key",
  summary: "no key or password is the one that the software's own documentation shows",
  topic: "access",
  severity: severityOf("network", "data"),
  since: "0.1.0",
  references: [
    { title: "MITRE: CWE-1392, Use of Default Credentials", url: "https://cwe.mitre.org/data/definitions/1392.html" },
  ],
  frameworks: { owasp: ["12"], nist: ["4.1.4"] },

  reads: ["environment"],

  service(service, { project, report, readFile }) {
    const profile = productOf(service);
    for (const { env = "", value = "" } of profile?.dangerous.filter(isKnownSecret) ?? []) {
      const located = service.environment.items.get(env);
      if (profile === undefined || located === undefined) continue;
      const literal = literalOf(located, project);
      const given = literal === undefined ? givenOf(located, project) : undefined;
      if ((literal ?? given)?.value !== value) continue;
      report({
        at: located,
        message: `\`${service.name}\` (${profile.title}) ${literal?.isDefault === true ? "falls back to" : "uses"} the published example as its \`${env}\`${given === undefined ? "" : `, from \`${given.file}\``}`,
        risk: "whoever has read the documentation logs in, or makes tokens that the service takes for its own",
        fix: literal?.isExact === true ? renewFix(env, value, project, readFile) : undefined,
      });
    }
  },
};
