import type { Located } from "@compose-harden/model";
import { isPublishedKey } from "../programs/dangers.js";
import type { Rule } from "../rule.js";
import { secretsInValue } from "../secrets/inner-secrets.js";
import { literalOf } from "../secrets/literal.js";
import { movablesIn, moveFix, namesFor, variableName } from "../secrets/move.js";
import { driverOptionsOf, otherSettingsOf } from "../secrets/other-settings.js";
import { isTriedFirst, mayHoldSecret, secretIn, secretParts } from "../secrets/secrets.js";
import { severityOf } from "../severity.js";

const RISK =
  "whoever reads the file, its history in git, or `docker inspect` has the secret, and a copied file makes it the same everywhere";

/** No secret stands in the Compose file in clear text. */
export const inlineSecret: Rule = {
  id: "inline-secret",
  summary: "no secret stands in the Compose file in clear text",
  topic: "secrets",
  severity: severityOf("reader", "data"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Manage secrets securely in Docker Compose",
      url: "https://docs.docker.com/compose/how-tos/use-secrets/",
    },
    {
      title: "Docker: Best practices for environment variables",
      url: "https://docs.docker.com/compose/how-tos/environment-variables/best-practices/",
    },
  ],
  frameworks: { owasp: ["12"], nist: ["4.1.4"] },

  service(service, { project, report }) {
    const check = (where: string, name: string, at: Located<string | null>): void => {
      if (!mayHoldSecret(name, at.value ?? "")) return;
      const literal = literalOf(at, project);
      const kind = literal === undefined ? undefined : secretIn(name, literal.value);
      // What everybody guesses, or reads in the documentation, has rules of its own.
      if (literal === undefined || kind === undefined) return;
      if (where === "environment" && isTriedFirst(name, literal, service)) return;
      if (isPublishedKey(service, name, literal.value)) return;
      const fix = literal.isExact
        ? moveFix(`\`${name}\``, movablesIn(service, name, at.path, literal.value, project))
        : undefined;
      report({
        at,
        message: literal.isDefault
          ? `\`${service.name}\` falls back to ${kind} that stands in the file, in the ${where} \`${name}\``
          : `\`${service.name}\` has ${kind} in the file, in the ${where} \`${name}\``,
        risk: RISK,
        fix,
      });
    };
    const checkInside = (name: string, at: Located<string | null>): void => {
      const literal = secretsInValue(at.value ?? "").length > 0 ? literalOf(at, project) : undefined;
      if (literal === undefined || secretIn(name, literal.value) !== undefined) return;
      for (const { kind, setting = "", part } of secretsInValue(literal.value)) {
        const { value: text } = literal;
        const names = namesFor(service, `${name}_${setting}`, text.slice(part.start, part.end), project);
        report({
          at,
          message: `\`${service.name}\` has ${kind} in the file, in \`${setting}\` of the environment \`${name}\``,
          risk: RISK,
          fix: literal.isExact ? moveFix(`\`${name}\``, [{ path: at.path, text, part, names }]) : undefined,
        });
      }
    };
    for (const [name, at] of service.environment.items) {
      check("environment", name, at);
      checkInside(name, at);
    }
    for (const [name, at] of service.labels.items) check("label", name, at);
    for (const { where, name, at } of otherSettingsOf(service, project)) check(where, name, at);
  },

  project(project, { report }) {
    for (const { where, name, at } of driverOptionsOf(project)) {
      const literal = mayHoldSecret(name, at.value ?? "") ? literalOf(at, project) : undefined;
      const kind = literal === undefined ? undefined : secretIn(name, literal.value);
      if (literal === undefined || kind === undefined) continue;
      const { value: text, isExact } = literal;
      const names = [variableName(`${String(at.path[1])}_${kind.split(" ")[1]}`)] as const;
      const movables = secretParts(name, text).map((part) => ({ path: at.path, text, part, names }));
      report({
        at,
        message: `the file holds ${kind.replace(/ in a connection string$/, "")}, in \`${name}\` of the ${where}`,
        risk: RISK,
        fix: isExact ? moveFix(`\`${name}\``, movables) : undefined,
      });
    }
  },
};
