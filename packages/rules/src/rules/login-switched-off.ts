import { flip, foundIn, guardedPortsReached, nameOf, productOf } from "../login.js";
import { hasHostNetwork } from "../reach.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** The login that software has is not switched off. */
export const loginSwitchedOff: Rule = {
  id: "login-switched-off",
  summary: "no setting switches off the login that the software has",
  topic: "access",
  severity: severityOf("network", "data"),
  since: "0.1.0",
  references: [
    {
      title: "MITRE: CWE-306, Missing Authentication for Critical Function",
      url: "https://cwe.mitre.org/data/definitions/306.html",
    },
  ],

  *service(service) {
    const profile = productOf(service);
    for (const danger of profile?.dangerous ?? []) {
      const found = danger.opens === true ? foundIn(service, danger) : undefined;
      if (profile === undefined || found === undefined) continue;
      const fix = flip(service, danger);
      yield {
        at: found,
        severity:
          hasHostNetwork(service) || guardedPortsReached(service, profile).length > 0
            ? severityOf("network", "data")
            : severityOf("container", "privileges"),
        message: `\`${service.name}\` (${profile.title}) sets \`${nameOf(danger)}\`: ${danger.why}`,
        risk: "whoever reaches it, another container of its network among them, is in without a password",
        ...(fix === undefined
          ? {}
          : {
              fix: {
                ...fix,
                applicability: "unsafe",
                caveat: `people and programs that use \`${service.name}\` without a password then need one`,
                evidence: danger.evidence,
              },
            }),
      };
    }
  },
};
