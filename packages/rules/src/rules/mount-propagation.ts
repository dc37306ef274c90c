import { isMap } from "@compose-harden/model";
import { isLinuxContainer } from "../host/container.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Mounts made in a container stay in it. */
export const mountPropagation: Rule = {
  id: "mount-propagation",
  summary: "mounts made in a container do not appear on the machine",
  topic: "files",
  severity: severityOf("container", "comfort"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Configure bind propagation",
      url: "https://docs.docker.com/engine/storage/bind-mounts/#configure-bind-propagation",
    },
    {
      title: "Linux: mount_namespaces(7)",
      url: "https://man7.org/linux/man-pages/man7/mount_namespaces.7.html",
    },
  ],
  frameworks: { cis: ["5.20"], nist: ["4.5.5"] },

  reads: ["volumes"],

  service(service, { report }) {
    if (!isLinuxContainer(service)) return;
    for (const mount of service.volumes.items) {
      const { raw } = mount;
      const bind = isMap(raw) ? raw.bind : undefined;
      if (!isMap(raw) || !isMap(bind) || !/^r?shared$/.test(String(bind.propagation))) continue;
      const { propagation } = bind;
      report({
        at: mount,
        message: `\`${service.name}\` shares its mounts below \`${mount.value.target}\` with the machine (\`${propagation}\`)`,
        risk: "what an intruder with the right to mount puts there appears on the machine and in other containers",
        fix: {
          title: `keep mounts below ${mount.value.target} in the container`,
          intents: [
            {
              op: "replace",
              path: service.volumes.path,
              item: raw,
              by: { ...raw, bind: { ...bind, propagation: "rprivate" } },
            },
          ],
          applicability: "unsafe",
          caveat: `storage drivers and file systems that \`${service.name}\` mounts for others stay invisible to them`,
        },
      });
    }
  },
};
