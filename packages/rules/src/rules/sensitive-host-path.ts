import { hostPathOf, sensitivity } from "../host-paths.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** No container sees the machine's own files. */
export const sensitiveHostPath: Rule = {
  id: "sensitive-host-path",
  summary: "no container sees the machine's system files, devices or its people's credentials",
  topic: "files",
  severity: severityOf("container", "host"),
  since: "0.1.0",
  references: [
    { title: "Docker: Bind mounts", url: "https://docs.docker.com/engine/storage/bind-mounts/" },
    {
      title: "Docker: Docker daemon attack surface",
      url: "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
    },
  ],
  frameworks: { cis: ["5.6"], owasp: ["8"], nist: ["4.5.5"] },

  *service(service, { project }) {
    for (const mount of service.volumes.items) {
      const path = hostPathOf(mount, project);
      const found = path === undefined ? undefined : sensitivity(path, mount.value.read_only);
      if (found === undefined) continue;
      yield {
        at: mount,
        severity: found.severity,
        message: `\`${service.name}\` ${mount.value.read_only ? "reads" : "writes"} ${found.what} (\`${path}\`)`,
        risk: found.risk,
      };
    }
  },
};
