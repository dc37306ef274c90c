import { guardedPortsReached, isGuarded, type Login, loginOf } from "../network/login.js";
import { hasSettingsFile } from "../network/open-files.js";
import { nameOfHostPort } from "../network/ports.js";
import { answersOnHostNetwork } from "../network/reach.js";
import { productOf } from "../programs/product.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

const SAYS: Partial<Record<Login, string>> = {
  none: "has no login of its own",
  off: "has no login set up",
  known: "starts with a login that everyone knows",
  later: "asks for no login until one is made in it",
};

/** What lets everyone in answers on this machine only. */
export const exposedWithoutLogin: Rule = {
  id: "exposed-without-login",
  summary: "other machines do not reach software that lets everyone in",
  topic: "access",
  severity: severityOf("network", "data"),
  since: "0.1.0",
  references: [
    { title: "Docker: Port publishing and mapping", url: "https://docs.docker.com/engine/network/port-publishing/" },
    {
      title: "OWASP API2:2023 Broken Authentication",
      url: "https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/",
    },
  ],
  frameworks: { owasp: ["5a"], nist: ["4.4.2"] },

  reads: ["ports", "network_mode"],

  service(service, context) {
    const { project, report } = context;
    const profile = productOf(service);
    const login = loginOf(service, project);
    const says = SAYS[login];
    if (profile === undefined || says === undefined) return;
    // Where the settings are at hand, login-switched-off reads them.
    if (login === "later" && hasSettingsFile(service, context)) return;
    // Its owner may have made one since.
    const severity = login === "later" ? severityOf("mishap", "data") : undefined;
    const risk = `whoever reaches it uses it like its owner, and reads and changes what it holds${profile.auth?.note === undefined ? "" : ` (${profile.auth.note})`}`;
    for (const port of guardedPortsReached(service, profile)) {
      const name = nameOfHostPort(port, project);
      report({
        at: port,
        severity,
        message: `\`${service.name}\` (${profile.title}) ${says} and answers other machines on ${name}`,
        risk,
      });
    }
    if (
      answersOnHostNetwork(service) &&
      service.network_mode !== undefined &&
      profile.ports.some(({ exposure }) => isGuarded(exposure))
    )
      report({
        at: service.network_mode,
        severity,
        message: `\`${service.name}\` (${profile.title}) ${says} and answers on the machine's own network`,
        risk,
      });
  },
};
