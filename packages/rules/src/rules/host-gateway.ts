import { portsReachedFromElsewhere } from "../network/reach.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** A service that other machines reach has no way to the machine's own services. */
export const hostGateway: Rule = {
  id: "host-gateway",
  summary: "services that other machines reach do not call the machine's own services",
  topic: "network",
  severity: severityOf("mishap", "comfort"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: docker run --add-host, host-gateway",
      url: "https://docs.docker.com/reference/cli/docker/container/run/#add-host",
    },
    { title: "Compose: extra_hosts", url: "https://docs.docker.com/reference/compose-file/services/#extra_hosts" },
  ],
  frameworks: { nist: ["4.4.2"] },

  reads: ["extra_hosts"],

  service(service, { report }) {
    const hosts = service.get("extra_hosts");
    if (hosts === undefined || !Array.isArray(hosts.raw) || portsReachedFromElsewhere(service).length === 0) return;
    if (!hosts.raw.some((host) => /[=:]host-gateway$/.test(String(host)))) return;
    report({
      at: hosts,
      message: `\`${service.name}\` answers other machines and has a name for this one (\`host-gateway\`)`,
      risk: "an intruder in it reaches what listens on the machine's bridge address, past the firewall that keeps the network out",
    });
  },
};
