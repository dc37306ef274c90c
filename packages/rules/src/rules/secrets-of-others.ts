import { isBelow, isList, isMap, type Project, type Service, valueAt } from "@compose-harden/model";
import { hostMountsOf } from "../host/host-paths.js";
import { sensitivity } from "../host/sensitive-paths.js";
import type { Rule } from "../rule.js";
import { shortName } from "../secrets/env-lines.js";
import { secretFiles } from "../secrets/secret-files.js";
import { severityOf } from "../severity.js";

/** No service sees the folder in which the secrets of the others lie. */
export const secretsOfOthers: Rule = {
  id: "secrets-of-others",
  summary: "no service sees a folder with the secrets of other services",
  topic: "secrets",
  severity: severityOf("container", "data"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Manage secrets securely in Docker Compose",
      url: "https://docs.docker.com/compose/how-tos/use-secrets/",
    },
    {
      title: "MITRE: CWE-668, Exposure of Resource to Wrong Sphere",
      url: "https://cwe.mitre.org/data/definitions/668.html",
    },
  ],
  frameworks: { owasp: ["12"], nist: ["4.1.4"] },

  project(project, context) {
    const { services, envFiles, data } = project;
    if (services.length < 2 || (envFiles.length === 0 && valueAt(data, ["secrets"]) === undefined)) return;
    const files = secretFiles(project, context).flatMap(({ path }) => {
      const owners = services.filter((service) => isGiven(service, path, project));
      return owners.length === 0 ? [] : [{ path, owners }];
    });
    for (const service of services) {
      for (const { mount, path: folder } of files.length === 0 ? [] : hostMountsOf(service, project)) {
        // What shows half the machine is told by sensitive-host-path.
        if (sensitivity(folder, mount.value.read_only) !== undefined) continue;
        const seen = files.filter(
          ({ path, owners }) => path !== folder && isBelow(path, folder) && !owners.includes(service),
        );
        const [first] = seen;
        if (first === undefined) continue;
        const more = seen.length === 1 ? "" : ` and ${seen.length - 1} more`;
        context.report({
          at: mount,
          message: `\`${service.name}\` sees \`${shortName(first.path, project)}\`${more}, with secrets of ${namesOf(seen.flatMap(({ owners }) => owners))}: the mount at \`${mount.value.target}\` brings the whole folder`,
          risk: "an intruder in the container has the secrets of the other services, and their data with them",
        });
      }
    }
  },
};

/** True when a service gets its secrets from a file: as a secret, or as an env file. */
function isGiven(service: Service, file: string, { data }: Project): boolean {
  const granted = service.get("secrets")?.raw;
  const isGranted = (isList(granted) ? granted : []).some(
    (entry) => valueAt(data, ["secrets", isMap(entry) ? String(entry.source) : String(entry), "file"]) === file,
  );
  return isGranted || [...service.environment.items.values()].some(({ origin }) => origin?.value.file === file);
}

function namesOf(services: readonly Service[]): string {
  const names = [...new Set(services.map(({ name }) => `\`${name}\``))];
  return names.length > 2 ? `${names.length} services` : names.join(" and ");
}
