import type { Located, Project, Service } from "@compose-harden/model";
import { ignoredSettings } from "../network/ignored.js";
import { isPublishedKey } from "../programs/dangers.js";
import type { Rule } from "../rule.js";
import { givenOf } from "../secrets/env-lines.js";
import { literalOf } from "../secrets/literal.js";
import { renewFix } from "../secrets/renewal.js";
import { isTriedFirst, mayBeSecret, nounOf, secretIn } from "../secrets/secrets.js";
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
      if (!mayBeSecret(name)) continue;
      const literal = literalOf(at, project);
      const given = literal === undefined ? givenOf(at, project) : undefined;
      const value = literal?.value ?? given?.value;
      if (value === undefined || !isTriedFirst(name, literal ?? { value, isDefault: false }, service)) continue;
      if (isPublishedKey(service, name, value)) continue;
      // One that nothing asks for protects nothing, which another rule says.
      if (ignoredSettings(service, project).some(({ env, still }) => env === name && still === undefined)) continue;
      // A line of an env file that many services read is told once.
      if (given !== undefined && firstWith(name, at, project) !== service) continue;
      const kind = secretIn(name, value) ?? nounOf(name);
      report({
        at,
        message:
          literal?.isDefault === true
            ? `\`${service.name}\` falls back to ${kind} that everybody guesses, in \`${name}\``
            : `\`${service.name}\` has ${kind} that everybody guesses, in \`${name}\`${given === undefined ? "" : `, from \`${given.file}\``}`,
        risk: "whoever reaches what asks for it, another container of the network among them, tries this value first",
        fix: literal?.isExact === true ? renewFix(name, literal.value, project, readFile) : undefined,
      });
    }
  },
};

/** The first service that gets a setting from the same place. */
function firstWith(name: string, { origin }: Located<string | null>, { services }: Project): Service | undefined {
  return services.find(({ environment }) => {
    const other = environment.items.get(name)?.origin?.value;
    return other?.file === origin?.value.file && other?.start === origin?.value.start;
  });
}
