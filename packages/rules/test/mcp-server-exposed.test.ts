import { expect } from "vitest";
import { mcpServerExposed } from "../src/rules/mcp-server-exposed.js";
import { table } from "./table.js";

const of = (image: string, more: string): string => `services: {web: {image: "${image}", ${more}}}`;
const found = ["services.web.ports[0]"];
const ports = "ports: ['8000:8000']";

table(mcpServerExposed, [
  { case: "by the image's name", compose: of("mcp/fetch", ports), finds: found },
  { case: "by the end of its name", compose: of("mcr.microsoft.com/playwright/mcp", ports), finds: found },
  { case: "by a part of its name", compose: of("ghcr.io/example/weather-mcp-server", ports), finds: found },
  {
    case: "by the package it starts",
    compose: of("node:22", `${ports}, command: npx -y @modelcontextprotocol/server-memory`),
    finds: found,
  },
  {
    case: "uvx",
    compose: of("python:3.13", `${ports}, command: [uvx, mcp-server-fetch, --port, "8000"]`),
    finds: found,
  },
  { case: "only a part of a word", compose: of("example/tmcpx", ports), finds: [] },
  { case: "something else", compose: of("nginx", ports), finds: [] },
  {
    case: "the port that it is told to answer on, beside another",
    compose: of("acme/mcp", "ports: ['8001:8001', '8000:8000'], command: serve --port 8000"),
    finds: ["services.web.ports[1]"],
  },
  {
    case: "the port that its health check asks, beside one for metrics",
    compose:
      "services: {mcp-server: {build: ., ports: ['8000:8000', '8001:8001'], healthcheck: {test: [CMD, curl, 'http://localhost:8000/health']}}}",
    finds: ["services.mcp-server.ports[0]"],
  },
  {
    case: "another port on loopback",
    compose: of("acme/mcp", "ports: ['127.0.0.1:8000:8000', '8001:8001'], command: serve --port 8000"),
    finds: ["services.web.ports[1]"],
  },
  { case: "a page beside a server", compose: of("acme/mcp-gateway-console-frontend", ports), finds: [] },
  { case: "the accounts of a server", compose: of("ghcr.io/acme/mcp-server-keycloak:latest", ports), finds: [] },
  { case: "loopback", compose: of("mcp/fetch", "ports: ['127.0.0.1:8000:8000']"), finds: [] },
  { case: "not published", compose: of("mcp/fetch", "stdin_open: true"), finds: [] },
  { case: "a token", compose: of("mcp/fetch", `${ports}, environment: [MCP_AUTH_TOKEN=x]`), finds: [] },
  { case: "a gateway that makes a token itself", compose: of("hwdsl2/mcp-gateway", ports), finds: [] },
  { case: "a token by option", compose: of("mcp/fetch", `${ports}, command: [--auth-token, x]`), finds: [] },
  {
    case: "a key for elsewhere is no login",
    compose: of("mcp/github", `${ports}, environment: [GITHUB_PERSONAL_ACCESS_TOKEN=x]`),
    finds: found,
  },
  {
    case: "stdio",
    compose: of("ghcr.io/github/github-mcp-server", `${ports}, command: stdio`),
    finds: found,
    first: ({ message }) => expect(message).toContain("needs no port"),
  },
  {
    case: "stdio by a variable",
    compose: of("mcp/fetch", `${ports}, environment: {MCP_TRANSPORT: stdio}`),
    finds: found,
    first: ({ severity }) => expect(severity).toBe("low"),
  },
  { case: "the inspector is a client", compose: of("mcp/inspector", ports), finds: [] },
  { case: "a range is one entry", compose: of("mcp/fetch", "ports: ['8000-8009:8000-8009']"), finds: found },
  {
    case: "a gateway that asks for a token",
    compose: of("docker/mcp-gateway", `${ports}, command: [--transport=sse]`),
    finds: [],
  },
  {
    case: "built here, asked over HTTP how it is",
    compose: `services: {mcp: {build: ., ${ports}, healthcheck: {test: [CMD, curl, "http://localhost:8020/health"]}}}`,
    finds: ["services.mcp.ports[0]"],
  },
  { case: "build only", compose: `services: {mcp: {build: ., ${ports}}}`, finds: [] },
  {
    case: "built here, with an empty token",
    compose:
      "services: {mcp-proxy: {build: ./p, ports: ['8083:8083'], environment: {MCP_PROXY_AUTH_TOKEN: ''}, command: [--port, '8083', --transport, streamablehttp]}}",
    finds: ["services.mcp-proxy.ports[0]"],
  },
  {
    case: "built here, with a token",
    compose:
      "services: {mcp-proxy: {build: ./p, ports: ['8083:8083'], environment: {MCP_PROXY_AUTH_TOKEN: '${T:-}'}, command: [--port, '8083', --transport, streamablehttp]}}",
    finds: [],
  },
  {
    case: "built here, and of no known kind",
    compose: "services: {mcp-ui: {build: ./ui, ports: ['3000:3000']}}",
    finds: [],
  },
  {
    case: "a bridge to a server elsewhere, for one client",
    compose: of(
      "example/mcp-gateway",
      `${ports}, environment: {SERVICE_MODE: sse}, command: [python3, -m, mcpgateway.translate, --connect-sse, "http://gateway:4444"]`,
    ),
    finds: found,
    first: ({ message }) => expect(message).toContain("over stdio"),
  },
  {
    case: "a bridge that answers on a port",
    compose: of(
      "node:22",
      `${ports}, command: npx -y supergateway --sse https://mcp.example.com/sse --port 8000 mcp-server-x`,
    ),
    finds: found,
    first: ({ message }) => expect(message).toContain("answers other machines on 8000"),
  },
]);
