import { isPublishedKey } from "../network/login.js";
import type { Rule } from "../rule.js";
import { literalOf } from "../secrets/literal.js";
import { renewFix } from "../secrets/renewal.js";
import { isGuessable, mayBeSecret, secretIn } from "../secrets/secrets.js";
import { severityOf } from "../severity.js";

/** No password is one that everybody tries first. */
export const guessablePassword: Rule = {
  id: "guessable-password",
  summary: "no password is a published default, or the name of its user or service",
  topic: "secrets",
  severity: severityOf("container", "data"),
  since: "0.1.0",
  references: [
    {
      title: "MITRE: CWE-1392, Use of Default Credentials",
      url: "https://cwe.mitre.org/data/definitions/1392.html",
    },
    {
      title: "Docker: Manage secrets securely in Docker Compose",
      url: "https://docs.docker.com/compose/how-tos/use-secrets/",
    },
  ],
  frameworks: { owasp: ["12"], nist: ["4.1.4"] },

  reads: ["environment"],

  service(service, { project, report, readFile }) {
    for (const [name, at] of service.environment.items) {
      const literal = mayBeSecret(name) ? literalOf(at, project) : undefined;
      if (literal === undefined || !isGuessable(name, literal.value, service)) continue;
      if (isPublishedKey(service, name, literal.value)) continue;
      const kind = secretIn(name, literal.value) ?? "a password";
      report({
        at,
        message: literal.isDefault
          ? `\`${service.name}\` falls back to ${kind} that everybody guesses, in \`${name}\``
          : `\`${service.name}\` has ${kind} that everybody guesses, in \`${name}\``,
        risk: "whoever reaches the service, another container of its network among them, tries this value first",
        fix: literal.isExact ? renewFix(name, literal.value, project, readFile) : undefined,
      });
    }
  },
};
