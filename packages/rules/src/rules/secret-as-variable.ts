import type { Located, Project, Service } from "@compose-harden/model";
import { writtenAs } from "@compose-harden/model";
import { parseImage, profileOf } from "@compose-harden/profiles";
import type { Rule } from "../rule.js";
import { isSecretName } from "../secrets/secrets.js";
import { severityOf } from "../severity.js";

/** Variables beside those of the profiles that the image's own documentation lists with a `_FILE` form. */
const WITH_FILE: Readonly<Record<string, readonly string[]>> = {
  mysql: ["MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"],
  mariadb: ["MARIADB_ROOT_PASSWORD", "MARIADB_PASSWORD", "MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"],
  nextcloud: ["MYSQL_PASSWORD", "POSTGRES_PASSWORD", "NEXTCLOUD_ADMIN_PASSWORD", "REDIS_HOST_PASSWORD"],
  wordpress: ["WORDPRESS_DB_PASSWORD"],
};

/**
 * A secret is handed over as a file where the image reads it from one. No fix: a secret taken from a variable is copied into the
 * container, which Docker Compose refuses for a read-only root, and a file with the value is not ours to write.
 */
export const secretAsVariable: Rule = {
  id: "secret-as-variable",
  summary: "a secret is given as a file to images that read it from one",
  topic: "secrets",
  severity: severityOf("reader", "comfort"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Manage secrets securely in Docker Compose",
      url: "https://docs.docker.com/compose/how-tos/use-secrets/",
    },
    { title: "Compose: secrets", url: "https://docs.docker.com/reference/compose-file/secrets/" },
  ],
  frameworks: { owasp: ["12"], nist: ["4.1.4"] },

  reads: ["environment"],

  service(service, { project, report }) {
    for (const [name, at] of service.environment.items) {
      const file = at.origin?.interpolated === true ? fileForm(service, name) : undefined;
      if (file === undefined || !isVariable(at, project) || service.environment.items.has(file)) continue;
      report({
        at,
        message: `\`${service.name}\` is given a secret as a variable, \`${name}\`, and would read it from a file (\`${file}\`)`,
        risk: "variables show in `docker inspect`, in crash reports and to every child process; a file can be read by one user only",
      });
    }
  },
};

function fileForm(service: Service, name: string): string | undefined {
  const profile = profileOf(service.image?.value ?? "");
  if (profile === undefined || !isSecretName(name) || service.build !== undefined) return undefined;
  // Oracle's own image has another entry point, which reads no such files.
  if (parseImage(service.image?.value ?? "").repository === "mysql/mysql-server") return undefined;
  const known = profile.auth?.switches?.find((item) => item.name === name)?.file;
  return known ?? (WITH_FILE[profile.id]?.includes(name) === true ? `${name}_FILE` : undefined);
}

/** True when a value is wholly taken from one variable: `${NAME}`, `$NAME`, `${NAME:?}`. */
function isVariable(at: Located<string | null>, project: Project): boolean {
  const { origin } = at;
  if (origin === undefined || !origin.interpolated) return false;
  const text = (writtenAs(origin, project) ?? "").replace(/^["']|["']$/g, "");
  return /^(?:\w+=)?(?:\$\{\w+(?::?[?-][^{}$]*)?\}|\$\w+)$/.test(text) && !/:?-[^}]+\}$/.test(text);
}
