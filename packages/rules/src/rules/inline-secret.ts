import { isMap, type Located, type Project, type Service } from "@compose-harden/model";
import { literalOf } from "../literal.js";
import { isPublishedKey } from "../login.js";
import { movablesIn, moveFix } from "../move.js";
import type { Rule } from "../rule.js";
import { isGuessable, secretIn } from "../secrets.js";
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
  frameworks: { owasp: ["12"], nist: ["4.1.4"] },

  *service(service, { project }) {
    for (const [where, name, at] of settingsOf(service, project)) {
      // What the file shows is the value itself, where nothing was put in.
      if (at.origin?.interpolated === false && secretIn(name, at.value ?? "") === undefined) continue;
      const literal = literalOf(at, project);
      const kind = literal === undefined ? undefined : secretIn(name, literal.value);
      // What everybody guesses, or reads in the documentation, has rules of its own.
      if (literal === undefined || kind === undefined || isGuessable(name, literal.value, service)) continue;
      if (isPublishedKey(service, name, literal.value)) continue;
      const fix = literal.isExact
        ? moveFix(`\`${name}\``, movablesIn(service, name, at.path, literal.value, project))
        : undefined;
      yield {
        at,
        message: literal.isDefault
          ? `\`${service.name}\` falls back to ${kind} that stands in the file, in the ${where} \`${name}\``
          : `\`${service.name}\` has ${kind} in the file, in the ${where} \`${name}\``,
        risk: "whoever reads the file, its history in git, or `docker inspect` has the secret, and a copied file makes it the same everywhere",
        ...(fix === undefined ? {} : { fix }),
      };
    }
  },
};

type Setting = readonly [where: string, name: string, at: Located<string | null>];

function* settingsOf(service: Service, project: Project): Iterable<Setting> {
  for (const [name, at] of service.environment.items) yield ["environment", name, at];
  for (const [name, at] of service.labels.items) yield ["label", name, at];
  for (const [name, at] of deployLabels(service, project)) yield ["label", name, at];
}

/** What Swarm writes on the service instead of its containers. */
function deployLabels(service: Service, project: Project): readonly (readonly [string, Located<string | null>])[] {
  const labels = service.get("deploy", "labels")?.raw;
  return Object.entries(isMap(labels) ? labels : {}).flatMap(([name, raw]) => {
    const path = [...service.path, "deploy", "labels", name];
    const origin = project.originsOf(path).at(-1);
    return typeof raw !== "string" || origin === undefined ? [] : [[name, { value: raw, raw, path, origin }] as const];
  });
}
