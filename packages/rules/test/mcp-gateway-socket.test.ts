import { expect } from "vitest";
import { mcpGatewaySocket } from "../src/rules/mcp-gateway-socket.js";
import { table } from "./table.js";

const of = (more: string): string => `services: {web: {image: docker/mcp-gateway, ${more}}}`;
const found = ["services.web.volumes[0]"];

table(mcpGatewaySocket, [
  { case: "no socket", compose: of("init: true"), finds: [] },
  { case: "the socket", compose: of("volumes: ['/var/run/docker.sock:/var/run/docker.sock']"), finds: found },
  { case: "read-only", compose: of("volumes: ['/run/docker.sock:/var/run/docker.sock:ro']"), finds: found },
  {
    case: "long syntax",
    compose: of("volumes: [{type: bind, source: /var/run/docker.sock, target: /var/run/docker.sock}]"),
    finds: found,
  },
  { case: "the folder above", compose: of("volumes: ['/var/run:/var/run']"), finds: found },
  { case: "another folder", compose: of("volumes: ['./mcp:/mcp']"), finds: [] },
  {
    case: "static servers",
    compose: of("command: [--static], volumes: ['/var/run/docker.sock:/var/run/docker.sock']"),
    finds: found,
    first: ({ message }) => expect(message).toContain("does not need"),
  },
  {
    case: "another image",
    compose: "services: {web: {image: nginx, volumes: ['/var/run/docker.sock:/s']}}",
    finds: [],
  },
]);
