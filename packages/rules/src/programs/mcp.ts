import { remembered, type Service } from "@compose-harden/model";
import { parseImage } from "@compose-harden/profiles";
import { healthCheckText } from "./settings-text.js";
import { words } from "./start-words.js";

/** How a server of the Model Context Protocol talks to its clients. */
export interface McpServer {
  /** `http`: over a port; `stdio`: over its own input and output, which needs none; `unknown`: the file does not say. */
  readonly transport: "http" | "stdio" | "unknown";
  /** True when a setting that looks like a login of its own is given. */
  readonly hasLogin: boolean;
}

/** Names of images and packages: `mcp/fetch`, `github-mcp-server`, `@modelcontextprotocol/server-filesystem`. */
const MCP_NAME = /(^|[/@_-])mcp([/@:_-]|$)|modelcontextprotocol|(^|\/)fastmcp/i;
/** Makers of clients and gateways whose names hold it too. */
const NOT_A_SERVER =
  /inspector|mcpo\b|mcp-?client|postgres|redis|[-_](ui|frontend|console|dashboard|keycloak|nginx)([-_:@]|$)/i;
const LOGIN =
  /^(MCP_)?(SERVER_)?(GATEWAY_)?(AUTH|OAUTH|OIDC|JWT|BEARER|BASIC_AUTH)(_|$)|^(MCP|FASTMCP|PROXY|SERVER)_\w*(TOKEN|SECRET|API_?KEY|PASSWORD)|_(AUTH_TOKEN|BEARER_TOKEN)$|^(API_KEY|ACCESS_TOKEN)$/i;

/** What a service says of itself as an MCP server; undefined when it is none. */
export const mcpServerOf: (service: Service) => McpServer | undefined = remembered((service) => {
  // What is built here has no name but the service's.
  const image = service.image?.value;
  if (!/mcp|modelcontextprotocol/i.test([image ?? service.name, ...words(service)].join(" "))) return undefined;
  const all = words(service).flatMap((word) => word.split(/\s+/));
  const name = image === undefined ? service.name : parseImage(image).repository;
  const stated = transportOf(
    [...all, ...[...service.environment.items].map(([key, { value }]) => `${key}=${value ?? ""}`)],
    all,
  );
  // What Docker asks over HTTP how it is answers over HTTP.
  const transport =
    stated === "unknown" && /https?:\/\/(localhost|127\.|0\.0\.0\.0)/.test(healthCheckText(service)) ? "http" : stated;
  const isNamed = MCP_NAME.test(name) && !NOT_A_SERVER.test(name) && (image !== undefined || transport === "http");
  const isStarted = all.some(
    (word) =>
      /^(-[\w-]+=)?@?[\w.-]*\/?[\w.@-]*$/.test(word) &&
      MCP_NAME.test(word) &&
      !NOT_A_SERVER.test(word) &&
      !word.startsWith("-"),
  );
  if (
    !isNamed &&
    !(isStarted && all.some((word) => /^(npx|uvx|bunx|pipx|supergateway|mcp-proxy|docker-mcp)$/.test(word)))
  )
    return undefined;
  // What is written as empty is no login.
  const names = [...service.environment.items].flatMap(([key, { value, origin }]) =>
    value === "" && origin?.interpolated !== true ? [] : [key],
  );
  return {
    transport,
    hasLogin:
      names.some((key) => LOGIN.test(key)) ||
      all.some((word) => /^--?(auth|api-key|token|bearer|oauth|require-auth)/i.test(word)),
  };
});

/** Bridges that are given a server's address, and serve one client over stdio; sources: mcp-context-forge and supergateway. */
const CONNECTS = /(^|\s)--connect-(sse|streamable-?http)\b|\bsupergateway\s(.*\s)?--(sse|streamableHttp)[\s=]+https?:/i;
/** Unless they are told to answer somewhere as well. */
const ANSWERS = /(^|\s)--(port|expose-\w+|outputTransport[\s=]+(?!stdio))\b/i;

function transportOf(texts: readonly string[], all: readonly string[]): McpServer["transport"] {
  const text = texts.join(" ");
  const started = all.join(" ");
  if (CONNECTS.test(started) && !ANSWERS.test(started)) return "stdio";
  if (/(?:^|[\s_-])(transport|mode|type)[\s=:]+["']?(sse|http|streamable[-_]?http|streaming)\b/i.test(text))
    return "http";
  if (/(^|\s)--?(sse|http|streamable-?http|stateless-http)\b|(^|\s)--port\b|supergateway|mcp-proxy/i.test(started))
    return "http";
  if (/(?:^|[\s_-])(transport|mode)[\s=:]+["']?stdio\b/i.test(text) || all.includes("stdio")) return "stdio";
  return "unknown";
}
