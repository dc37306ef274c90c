import type { Located, Project, Service } from "@compose-harden/model";
import { literalOf } from "../literal.js";
import type { Report, Rule } from "../rule.js";
import { hasPasswordInUrl, isPlaceholder, isSecretName, tokenIn } from "../secrets.js";
import { severityOf } from "../severity.js";

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
  frameworks: { cis: ["4.10"], owasp: ["12"], nist: ["4.1.4"] },

  *service(service, { project }) {
    for (const [name, value] of service.environment.items)
      yield* ofSetting(service, project, "environment", name, value);
    for (const [name, value] of service.labels.items) yield* ofSetting(service, project, "label", name, value);
  },
};

function* ofSetting(
  service: Service,
  project: Project,
  where: "environment" | "label",
  name: string,
  located: Located<string | null>,
): Iterable<Report> {
  const literal = literalOf(located, project);
  if (literal === undefined) return;
  const kind = kindOf(where, name, literal.value);
  if (kind === undefined) return;
  yield {
    at: located,
    message: literal.isDefault
      ? `\`${service.name}\` falls back to ${kind} that stands in the file, in the ${where} \`${name}\``
      : `\`${service.name}\` has ${kind} in the file, in the ${where} \`${name}\``,
    risk: "whoever reads the file, its history in git, or `docker inspect` has the secret, and a copied file makes it the same everywhere",
  };
}

function kindOf(where: "environment" | "label", name: string, value: string): string | undefined {
  const token = tokenIn(value);
  if (token !== undefined) return token;
  if (hasPasswordInUrl(value)) return "a password in a URL";
  if (where === "label")
    return /basicauth\.users$|basic_?auth/i.test(name) && /:\$(apr1|2[aby]|5|6)\$/.test(value)
      ? "a password hash"
      : undefined;
  return isSecretName(name) && !isPlaceholder(value) && (!/^\d+$/.test(value) || /pass/i.test(name))
    ? "a secret"
    : undefined;
}
