import { uncheckedPeersOf } from "../network/unchecked-peers.js";
import { flip, foundIn, isKnownSecret, nameOf } from "../programs/dangers.js";
import { productOf } from "../programs/product.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** No setting takes away a protection of the software, or gives its users power over the machine. */
export const dangerousSetting: Rule = {
  id: "dangerous-setting",
  summary: "no setting takes away a protection that the software has",
  topic: "access",
  severity: severityOf("container", "privileges"),
  since: "0.1.0",
  references: [
    {
      title: "MITRE: CWE-1188, Initialization of a Resource with an Insecure Default",
      url: "https://cwe.mitre.org/data/definitions/1188.html",
    },
  ],

  reads: ["environment", "command"],

  service(service, { project, report }) {
    const profile = productOf(service);
    for (const danger of profile?.dangerous ?? []) {
      if (profile === undefined || danger.opens === true || isKnownSecret(danger)) continue;
      const found = foundIn(service, danger, project);
      if (found === undefined) continue;
      report({
        at: found,
        message: `\`${service.name}\` (${profile.title}) sets \`${nameOf(danger)}\`: ${danger.why}`,
        risk: "an intruder, or a user of the software, gets further than its makers meant",
        fix: flip(service, danger, danger.loses ?? `what relies on the setting in \`${service.name}\` stops working`),
      });
    }
    for (const [{ name, why }, at] of uncheckedPeersOf(service)) {
      report({
        at,
        message: `\`${service.name}\` switches a check off with \`${name}\`: ${why}`,
        risk: "whoever stands between the two, another container or machine of the network, reads and changes what they say, passwords among it",
        fix: flip(service, { env: name }, `\`${service.name}\` no longer talks to servers whose keys it does not know`),
      });
    }
  },
};
