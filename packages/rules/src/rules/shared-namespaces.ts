import { type Project, remembered } from "@compose-harden/model";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

const SHARED = {
  network_mode: "network",
  pid: "processes",
  ipc: "shared memory",
} as const;

const containerNamesOf = remembered(
  ({ services }: Project): ReadonlySet<unknown> =>
    new Set(services.map((service) => service.get("container_name")?.value)),
);

/** Containers do not share their namespaces with others. */
export const sharedNamespaces: Rule = {
  id: "shared-namespaces",
  summary: "containers do not share processes, memory or network with other containers",
  topic: "privileges",
  severity: severityOf("container", "comfort"),
  since: "0.1.0",
  references: [
    { title: "Compose: pid", url: "https://docs.docker.com/reference/compose-file/services/#pid" },
    { title: "Compose: ipc", url: "https://docs.docker.com/reference/compose-file/services/#ipc" },
    { title: "Compose: network_mode", url: "https://docs.docker.com/reference/compose-file/services/#network_mode" },
  ],
  frameworks: { owasp: ["3"], nist: ["4.4.3"] },

  reads: ["network_mode", "pid", "ipc"],

  service(service, { project, report }) {
    for (const [attribute, noun] of Object.entries(SHARED)) {
      const at = service.get(attribute);
      const [, kind, other] = /^(service|container):(.+)$/.exec(String(at?.raw ?? "")) ?? [];
      if (at === undefined || other === undefined) continue;
      // Another service's network is how a VPN's clients are built, and this file says so.
      if (attribute === "network_mode" && (kind === "service" || containerNamesOf(project).has(other))) continue;
      report({
        at,
        message: `\`${service.name}\` shares the ${noun} of ${kind === "service" ? "" : "the container "}\`${other}\` (\`${attribute}: ${kind}:\`)`,
        risk:
          attribute === "network_mode"
            ? "it listens and connects as that container, which another file owns and may replace"
            : "an intruder in one of them reads and changes what the other works with",
      });
    }
  },
};
