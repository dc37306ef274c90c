import type { Fix, Located, Project, Service } from "@compose-harden/model";
import { sliceOf, valueAt } from "@compose-harden/model";
import { profileOf } from "@compose-harden/profiles";
import type { Rule } from "../rule.js";
import { isSecretName } from "../secrets.js";
import { severityOf } from "../severity.js";

/** Variables beside those of the profiles that the image's own documentation lists with a `_FILE` form. */
const WITH_FILE: Readonly<Record<string, readonly string[]>> = {
  mysql: ["MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"],
  mariadb: ["MARIADB_ROOT_PASSWORD", "MARIADB_PASSWORD", "MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD"],
  nextcloud: ["MYSQL_PASSWORD", "POSTGRES_PASSWORD", "NEXTCLOUD_ADMIN_PASSWORD", "REDIS_HOST_PASSWORD"],
  wordpress: ["WORDPRESS_DB_PASSWORD"],
};

/** A secret is handed over as a file where the image reads it from one. */
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

  *service(service, { project }) {
    for (const [name, at] of service.environment.items) {
      const file = fileForm(service, name);
      const source = sourceOf(at, project);
      if (file === undefined || source === undefined || service.environment.items.has(file)) continue;
      const fix = fixOf(service, project, { name, file, source });
      yield {
        at,
        message: `\`${service.name}\` is given a secret as a variable, \`${name}\`, and would read it from a file (\`${file}\`)`,
        risk: "variables show in `docker inspect`, in crash reports and to every child process; a file can be read by one user only",
        ...(fix === undefined ? {} : { fix }),
      };
    }
  },
};

function fileForm(service: Service, name: string): string | undefined {
  const profile = profileOf(service.image?.value ?? "");
  if (profile === undefined || !isSecretName(name) || service.build !== undefined) return undefined;
  const known = profile.auth?.switches?.find((item) => item.name === name)?.file;
  return known ?? (WITH_FILE[profile.id]?.includes(name) === true ? `${name}_FILE` : undefined);
}

/** The variable a value is wholly taken from: `${NAME}`, `$NAME`, `${NAME:?}`. */
function sourceOf(at: Located<string | null>, project: Project): string | undefined {
  const { origin } = at;
  if (origin === undefined || !origin.interpolated) return undefined;
  const file = project.files.find(({ path }) => path === origin.value.file);
  const text = file === undefined ? "" : sliceOf(file, origin.value).replace(/^["']|["']$/g, "");
  const [, braced, plain] = /^(?:\w+=)?(?:\$\{(\w+)(?::?[?-][^{}$]*)?\}|\$(\w+))$/.exec(text) ?? [];
  return /:?-[^}]+\}$/.test(text) ? undefined : (braced ?? plain);
}

function fixOf(
  service: Service,
  project: Project,
  { name, file, source }: { readonly name: string; readonly file: string; readonly source: string },
): Fix | undefined {
  const id = source.toLowerCase();
  // Compose copies such a secret into the container, which it refuses for a read-only root.
  if (service.read_only?.value === true || valueAt(project.data, ["secrets", id]) !== undefined) return undefined;
  const target = `/run/secrets/${id}`;
  return {
    title: `give ${name} to ${service.name} as the secret ${id}`,
    intents: [
      { op: "unset", path: [...service.environment.path, name] },
      { op: "set", path: [...service.environment.path, file], value: target },
      { op: "add", path: [...service.path, "secrets"], item: { source: id, target }, written: id },
      {
        op: "set",
        path: ["secrets", id],
        value: { name: `${project.name}_${id}`, environment: source },
        written: { environment: source },
      },
    ],
    applicability: "unsafe",
    caveat: `a health check or script in \`${service.name}\` that reads \`${name}\` finds it empty, Swarm does not know secrets from variables, and a variable of another service with the same source stays as it is`,
  };
}
