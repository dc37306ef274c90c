import { type Fix, isMap, SEVERITIES, type Service, type Severity } from "@compose-harden/model";
import { type HostMount, hostMountsOf } from "../host/host-paths.js";
import { sensitivity } from "../host/sensitive-paths.js";
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

  standsInFor: ["writable-config"],
  reads: ["volumes"],

  service(service, { project, report }) {
    for (const { mount, path, name } of hostMountsOf(service, project)) {
      const found = sensitivity(path, mount.value.read_only);
      if (found === undefined) continue;
      report({
        at: mount,
        severity: found.severity,
        message: `\`${service.name}\` ${mount.value.read_only ? "reads" : "writes"} ${found.what} (\`${name}\`)`,
        risk: found.risk,
        ...readOnlyFix(service, { mount, path, name }, found.severity),
      });
    }
  },
};

/** Where writing is what makes it bad. */
function readOnlyFix(service: Service, { mount, path, name }: HostMount, severity: Severity): { fix?: Fix } {
  const rest = sensitivity(path, true)?.severity;
  const isLess = rest === undefined || SEVERITIES.indexOf(rest) > SEVERITIES.indexOf(severity);
  if (mount.value.read_only || !isMap(mount.raw) || !isLess) return {};
  return {
    fix: {
      title: `mount ${name} read-only`,
      intents: [{ op: "replace", path: service.volumes.path, item: mount.raw, by: { ...mount.raw, read_only: true } }],
      applicability: "unsafe",
      caveat: `\`${service.name}\` can no longer change what is below \`${name}\`${rest === undefined ? "" : ", which it still reads"}`,
    },
  };
}
