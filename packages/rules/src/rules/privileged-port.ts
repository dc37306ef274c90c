import { formatPort, remotePurpose } from "../network/ports.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Host ports below 1024 are left to the services that are known to live there. */
export const privilegedPort: Rule = {
  id: "privileged-port",
  summary: "host ports below 1024 are used only by services that are known by them",
  topic: "network",
  severity: severityOf("mishap", "comfort"),
  since: "0.1.0",
  references: [
    {
      title: "IANA: Service Name and Transport Protocol Port Number Registry",
      url: "https://www.iana.org/assignments/service-names-port-numbers/service-names-port-numbers.xhtml",
    },
    { title: "Docker: Port publishing and mapping", url: "https://docs.docker.com/engine/network/port-publishing/" },
  ],
  frameworks: { cis: ["5.8"], nist: ["4.4.3"] },

  reads: ["ports"],

  service(service, { report }) {
    if (service.network_mode !== undefined && /^(host|none|(service|container):.*)$/.test(service.network_mode.value))
      return;
    for (const port of service.ports.items) {
      const number = Number.parseInt(port.value.published ?? "", 10);
      // 80, 443, 53 and the like are where people expect them, and so is the software's own number.
      const isExpected = number === port.value.target || remotePurpose(service, port.value) !== undefined;
      if (!(number > 0 && number < 1024) || isExpected) continue;
      report({
        at: port,
        message: `\`${service.name}\` takes the privileged host port ${formatPort(number, port.value.protocol)}`,
        risk: "clients take what answers on a port below 1024 for a service of the machine, which only root could have started",
      });
    }
  },
};
