import { hostMountsOf, socketBehind } from "../host/host-paths.js";
import { productOf } from "../programs/product.js";
import { words } from "../programs/start-words.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** The MCP gateway does not start containers on behalf of an agent. */
export const mcpGatewaySocket: Rule = {
  id: "mcp-gateway-socket",
  summary: "Docker's MCP gateway does not hold the engine's socket for an agent",
  topic: "ai",
  severity: severityOf("container", "host"),
  since: "0.1.0",
  references: [
    {
      title: "Docker MCP Gateway: gateway run",
      url: "https://github.com/docker/mcp-gateway/blob/main/docs/generator/reference/mcp_gateway_run.md",
    },
    {
      title: "Docker MCP Gateway: security model",
      url: "https://github.com/docker/mcp-gateway/blob/main/docs/security.md",
    },
    {
      title: "Docker: Docker daemon attack surface",
      url: "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
    },
  ],
  frameworks: { cis: ["5.32"], owasp: ["1"], nist: ["4.4.3", "4.4.5", "4.5.5"] },

  standsInFor: ["control-socket"],
  reads: ["volumes"],

  service(service, { project, report }) {
    if (productOf(service)?.id !== "mcp-gateway") return;
    const isStatic = words(service).some((word) => /^--static(=true)?$/.test(word));
    for (const { mount, path } of hostMountsOf(service, project)) {
      if (socketBehind(path) === undefined) continue;
      report({
        at: mount,
        message: isStatic
          ? `\`${service.name}\` (MCP gateway) holds \`${path}\`, which it does not need with \`--static\``
          : `\`${service.name}\` (MCP gateway) starts an agent's tools through \`${path}\``,
        risk: "text that talks an agent into it, or a flaw of the gateway, starts a container with the machine's disk in it, which is root on this machine; a read-only mount changes nothing",
      });
    }
  },
};
