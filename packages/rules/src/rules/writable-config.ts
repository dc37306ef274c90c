import { cleanPath, type Fix, isMap, type JsonMap, type Project, type Service } from "@compose-harden/model";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Files that people write and programs read. */
const CONFIG_FILE =
  /^\/etc\/(localtime|timezone)$|\.(conf|cnf|cfg|ini|toml|ya?ml|properties|xml|pem|crt|cer|key|htpasswd|rules|tmpl|template|lua|vcl|sh|sql|env)$|\/(Caddyfile|Corefile|hosts|resolv\.conf)$/i;

/** A service cannot change the files that configure it. */
export const writableConfig: Rule = {
  id: "writable-config",
  summary: "configuration files are mounted read-only",
  topic: "files",
  severity: severityOf("container", "comfort"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Bind mounts, use a read-only bind mount",
      url: "https://docs.docker.com/engine/storage/bind-mounts/#use-a-read-only-bind-mount",
    },
    { title: "Compose: volumes", url: "https://docs.docker.com/reference/compose-file/services/#volumes" },
  ],
  frameworks: { owasp: ["8"], nist: ["4.5.5"] },

  reads: ["volumes"],

  service(service, { project, report }) {
    for (const mount of service.volumes.items) {
      const { type, source, target, read_only } = mount.value;
      if (type !== "bind" || read_only || source === undefined) continue;
      const own = composeFileBelow(source, project);
      if (own !== undefined && isMap(mount.raw)) {
        report({
          at: mount,
          severity: severityOf("container", "privileges"),
          message: `\`${service.name}\` can change the Compose file: \`${nameOf(own)}\` lies in the folder that is mounted at \`${target}\``,
          risk: "an intruder in the container, or an agent that was talked into it, decides what starts next and with which rights on this machine, and reads the env file beside",
          fix: readOnly(service, mount.raw, target, `\`${service.name}\` can no longer write below \`${target}\``),
        });
        continue;
      }
      if (!CONFIG_FILE.test(source)) continue;
      // A folder that is called like a file has the same name inside; a file mounted over a folder of data does not count.
      if (!isMap(mount.raw) || target.endsWith("/")) continue;
      report({
        at: mount,
        message: `\`${service.name}\` can change the file \`${nameOf(source)}\` that is mounted at \`${target}\``,
        risk: `an intruder in the container changes what the service does after the next start${isFirstStart(target) ? " with an empty data folder" : ""}, and the file on the machine with it`,
        fix: readOnly(
          service,
          mount.raw,
          nameOf(source),
          `\`${service.name}\` can no longer save settings into \`${target}\`, nor change its owner at start`,
        ),
      });
    }
  },
};

function readOnly(service: Service, mount: JsonMap, what: string, caveat: string): Fix {
  return {
    title: `mount ${what} read-only`,
    intents: [{ op: "replace", path: service.volumes.path, item: mount, by: { ...mount, read_only: true } }],
    applicability: "unsafe",
    caveat,
  };
}

/** A Compose file of the project in a folder of it. */
function composeFileBelow(folder: string, { files, directory }: Project): string | undefined {
  const inside = `${cleanPath(folder)}/`;
  return inside.startsWith(`${directory}/`) ? files.find(({ path }) => path.startsWith(inside))?.path : undefined;
}

/** Scripts that images of databases run once, before there is data. */
function isFirstStart(target: string): boolean {
  return /^\/(docker-entrypoint-initdb\.d|docker-entrypoint-initaws\.d)\//.test(target);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
