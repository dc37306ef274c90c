import { isPortOption } from "../network/login.js";
import { nameOfHostPort } from "../network/ports.js";
import { portsReachedFromElsewhere } from "../network/reach.js";
import { mcpServerOf } from "../programs/mcp.js";
import { productOf } from "../programs/product.js";
import { healthCheckText } from "../programs/settings-text.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** An MCP server answers its own clients only. */
export const mcpServerExposed: Rule = {
  id: "mcp-server-exposed",
  summary: "an MCP server answers the agents of this project or machine only",
  topic: "ai",
  severity: severityOf("network", "data"),
  since: "0.1.0",
  references: [
    {
      title: "Model Context Protocol: Transports, security warning",
      url: "https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#security-warning",
    },
    {
      title: "Model Context Protocol: Authorization",
      url: "https://modelcontextprotocol.io/specification/2025-06-18/basic/authorization",
    },
    {
      title: "Docker MCP Gateway: security model",
      url: "https://github.com/docker/mcp-gateway/blob/main/docs/security.md",
    },
  ],
  frameworks: { owasp: ["5a"], nist: ["4.4.2"] },

  reads: ["ports"],

  service(service, { project, report }) {
    const server = mcpServerOf(service);
    // Gateways that ask for a token, unless they are told not to, which another rule reports.
    if (/^(token|required)$/.test(productOf(service)?.auth?.state ?? "")) return;
    if (server === undefined || (server.hasLogin && server.transport !== "stdio")) return;
    const reached = portsReachedFromElsewhere(service);
    const check = healthCheckText(service);
    const told = reached.filter(
      ({ value: { target } }) => isPortOption(service, target) || new RegExp(`://[\\w.]+:${target}\\b`).test(check),
    );
    // Beside the port that it is told to answer on, or that Docker asks for its health, others are for something else.
    for (const port of told.length > 0 ? told : reached) {
      const name = nameOfHostPort(port, project);
      report(
        server.transport === "stdio"
          ? {
              at: port,
              severity: severityOf("mishap", "privileges"),
              message: `\`${service.name}\` is an MCP server over stdio, which needs no port, and publishes ${name}`,
              risk: "if something does listen there, it is not what the agent talks to, and nobody looks after it",
            }
          : {
              at: port,
              message: `\`${service.name}\` is an MCP server that answers other machines on ${name}, and no login is set in the file`,
              risk: "whoever reaches it calls its tools with the keys and files that the server was given",
            },
      );
    }
  },
};
