import type { Rule } from "../rule.js";
import { commandSecrets, movablesOf } from "../secrets/argv-secrets.js";
import { moveFix } from "../secrets/move.js";
import { severityOf } from "../severity.js";

/** No secret is an argument of a program. */
export const secretInCommand: Rule = {
  id: "secret-in-command",
  summary: "no command, entrypoint, health check or hook holds a secret in clear text",
  topic: "secrets",
  severity: severityOf("reader", "data"),
  since: "0.1.0",
  references: [
    {
      title: "MITRE: CWE-214, Invocation of Process Using Visible Sensitive Information",
      url: "https://cwe.mitre.org/data/definitions/214.html",
    },
    {
      title: "Docker: Manage secrets securely in Docker Compose",
      url: "https://docs.docker.com/compose/how-tos/use-secrets/",
    },
  ],
  frameworks: { owasp: ["12"], nist: ["4.1.4"] },

  reads: ["entrypoint", "command", "healthcheck", "post_start", "pre_stop", "pre_start"],

  service(service, { project, report }) {
    for (const secret of commandSecrets(service, project)) {
      const { what, word, kind, option } = secret;
      report({
        at: word.at,
        message: `\`${service.name}\` has ${kind} in its ${what}${option === undefined ? "" : `, after \`${option}\``}`,
        risk: "whoever reads the file has the secret, and every user of this machine sees it in the list of processes",
        // The list of processes shows a moved one as before, the file does not.
        fix: moveFix(`the ${what}`, movablesOf(service, secret, project)),
      });
    }
  },
};
