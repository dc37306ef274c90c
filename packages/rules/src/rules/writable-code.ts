import { isMap } from "@compose-harden/model";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Folders of the container from which programs start. */
const CODE = /^\/(bin|sbin|lib|lib64|usr|usr\/(local\/)?(bin|sbin|lib|lib64|share)|etc|opt)\/?$/;

/** Folders from which software loads what it then runs. */
const EXTENSIONS =
  /\/(plugins?|extensions?|custom_nodes|custom_components|skills|hooks|mcp-servers|dags|userscripts|scripts|entrypoint\.d|docker-entrypoint(-\w+)?\.d|cont-init\.d|custom-cont-init\.d|addons)\/?$/;

/** Databases run what is here once, to fill an empty data folder. */
const FIRST_START = /\/(docker-entrypoint-)?initdb\.d\/?$/;

/** A service cannot change the code it runs. */
export const writableCode: Rule = {
  id: "writable-code",
  summary: "folders from which a service runs code are mounted read-only",
  topic: "supply-chain",
  severity: severityOf("container", "comfort"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Bind mounts, use a read-only bind mount",
      url: "https://docs.docker.com/engine/storage/bind-mounts/#use-a-read-only-bind-mount",
    },
    { title: "Compose: volumes", url: "https://docs.docker.com/reference/compose-file/services/#volumes" },
  ],
  frameworks: { owasp: ["8"], nist: ["4.4.4", "4.5.5"] },

  reads: ["volumes"],

  service(service, { report }) {
    for (const mount of service.volumes.items) {
      const { type, target, read_only } = mount.value;
      if (read_only || type !== "bind" || !isMap(mount.raw)) continue;
      const isCode = CODE.test(target);
      // The "plug-ins" of a vulnerability scanner are its data, which it fetches anew each day.
      if (!isCode && (!EXTENSIONS.test(target) || target.startsWith("/var/lib/openvas/"))) continue;
      report({
        at: mount,
        message: isCode
          ? `\`${service.name}\` can change its programs: \`${target}\` is mounted writable${service.read_only?.value === true ? " into a read-only root" : ""}`
          : `\`${service.name}\` can change what it loads and runs: \`${target}\` is mounted writable`,
        risk: `an intruder, or an agent that was talked into it, writes code there which runs at the next start${FIRST_START.test(target) ? " with an empty data folder" : ""}, and stays after an update`,
        fix: {
          title: `mount ${target} read-only`,
          intents: [
            { op: "replace", path: service.volumes.path, item: mount.raw, by: { ...mount.raw, read_only: true } },
          ],
          applicability: "unsafe",
          caveat: `\`${service.name}\` can no longer install or update anything in \`${target}\`, nor change its owner at start`,
        },
      });
    }
  },
};
