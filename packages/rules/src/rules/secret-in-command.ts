import type { Path, Project, Service } from "@compose-harden/model";
import { commandLines } from "../programs/words.js";
import type { Rule } from "../rule.js";
import { secretsOn } from "../secrets/argv-secrets.js";
import { HIDDEN } from "../secrets/literal.js";
import { type Movable, moveFix, namesFor, namesOfVariable } from "../secrets/move.js";
import { secretParts } from "../secrets/secrets.js";
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
    for (const line of commandLines(service, project)) {
      for (const { word, kind, option, value } of secretsOn(line)) {
        const fix = moveFix(`the ${line.what}`, movable(service, word.at.path, kind, option, value, project));
        report({
          at: word.at,
          message: `\`${service.name}\` has ${kind} in its ${line.what}${option === undefined ? "" : `, after \`${option}\``}`,
          risk: "whoever reads the file has the secret, and every user of this machine sees it in the list of processes",
          fix,
        });
      }
    }
  },
};

/** The list of processes shows it as before, the file does not. */
function movable(
  service: Service,
  path: Path,
  kind: string,
  option: string | undefined,
  value: string,
  project: Project,
): readonly Movable[] {
  const name = kind.split(" ").at(-1) ?? "secret";
  const setting = /[a-z]_|_[a-z]/i.test(option ?? "") ? (option ?? "") : name;
  return secretParts(option === undefined ? "" : "password", value).flatMap((part) => {
    const secret = value.slice(part.start, part.end);
    const names = namesOfVariable(service, secret, project) ?? namesFor(service, setting, secret, project);
    return [{ path, text: HIDDEN + secret + HIDDEN, part: { start: 1, end: secret.length + 1 }, names }];
  });
}
