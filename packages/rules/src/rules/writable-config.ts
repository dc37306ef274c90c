import { isMap } from "@compose-harden/model";
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

  service(service, { report }) {
    for (const mount of service.volumes.items) {
      const { type, source, target, read_only } = mount.value;
      if (type !== "bind" || read_only || source === undefined || !CONFIG_FILE.test(source)) continue;
      // A folder that is called like a file has the same name inside; a file mounted over a folder of data does not count.
      if (!isMap(mount.raw) || target.endsWith("/")) continue;
      report({
        at: mount,
        message: `\`${service.name}\` can change the file \`${nameOf(source)}\` that is mounted at \`${target}\``,
        risk: `an intruder in the container changes what the service does after the next start${isFirstStart(target) ? " with an empty data folder" : ""}, and the file on the machine with it`,
        fix: {
          title: `mount ${nameOf(source)} read-only`,
          intents: [
            { op: "replace", path: service.volumes.path, item: mount.raw, by: { ...mount.raw, read_only: true } },
          ],
          applicability: "unsafe",
          caveat: `\`${service.name}\` can no longer save settings into \`${target}\`, nor change its owner at start`,
        },
      });
    }
  },
};

/** Scripts that images of databases run once, before there is data. */
function isFirstStart(target: string): boolean {
  return /^\/(docker-entrypoint-initdb\.d|docker-entrypoint-initaws\.d)\//.test(target);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
