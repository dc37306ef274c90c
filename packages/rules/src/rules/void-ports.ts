import type { Fix, Service } from "@compose-harden/model";
import { portsInstead } from "../network/host-ports.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Published ports are not written where they do nothing. */
export const voidPorts: Rule = {
  id: "void-ports",
  summary: "ports are not listed where they do nothing",
  topic: "compose",
  severity: severityOf("mishap", "comfort"),
  since: "0.1.0",
  references: [
    { title: "Docker: Host network driver", url: "https://docs.docker.com/engine/network/drivers/host/" },
    { title: "Compose: ports", url: "https://docs.docker.com/reference/compose-file/services/#ports" },
  ],

  reads: ["ports"],

  service(service, { project, report }) {
    const mode = service.network_mode?.value;
    if ((mode !== "host" && mode !== "none") || service.ports.items.length === 0) return;
    report({
      at: { path: service.ports.path },
      message: `\`${service.name}\` lists ports, which do nothing with \`network_mode: ${mode}\``,
      risk:
        mode === "host"
          ? "readers take the list for what is open, while every port the software opens is open, with no address to hold it back"
          : "readers take the service for reachable, which it is not",
      // Off the machine's network they would do something.
      fix: portsInstead(service, project) === undefined ? removal(service) : undefined,
    });
  },
};

function removal({ ports }: Service): Fix {
  return {
    title: "remove the ports that do nothing",
    intents: [{ op: "unset", path: ports.path }],
    applicability: "safe",
  };
}
