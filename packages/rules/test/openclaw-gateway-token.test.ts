import { expect } from "vitest";
import { openclawGatewayToken } from "../src/rules/openclaw-gateway-token.js";
import { table } from "./table.js";

const of = (more: string): string => `services: {web: {image: ghcr.io/openclaw/openclaw, ${more}}}`;
const found = ["services.web.environment.OPENCLAW_GATEWAY_TOKEN"];
const long = "0123456789abcdef0123456789abcdef";

table(openclawGatewayToken, [
  { case: "absent: the configuration file has one", compose: of("init: true"), finds: [] },
  {
    case: "short",
    compose: of("environment: {OPENCLAW_GATEWAY_TOKEN: q8Zr2L}"),
    finds: found,
    first: ({ message }) =>
      expect(message).toBe("`web` has a gateway token of 6 characters in `OPENCLAW_GATEWAY_TOKEN`"),
  },
  {
    case: "guessed",
    compose: of("environment: {OPENCLAW_GATEWAY_TOKEN: secret}"),
    finds: found,
    first: ({ message }) =>
      expect(message).toBe("`web` has a gateway token that everybody guesses, in `OPENCLAW_GATEWAY_TOKEN`"),
  },
  { case: "list form", compose: of("environment: [OPENCLAW_GATEWAY_TOKEN=secret]"), finds: found },
  {
    case: "a short password",
    compose: of("environment: [OPENCLAW_GATEWAY_PASSWORD=secret]"),
    finds: ["services.web.environment.OPENCLAW_GATEWAY_PASSWORD"],
    first: ({ message }) => expect(message).toContain("has a gateway password"),
  },
  { case: "long", compose: of(`environment: [OPENCLAW_GATEWAY_TOKEN=${long}]`), finds: [] },
  { case: "empty", compose: of('environment: {OPENCLAW_GATEWAY_TOKEN: ""}'), finds: found },
  { case: "a variable that is not at hand", compose: of('environment: {OPENCLAW_GATEWAY_TOKEN: "${T}"}'), finds: [] },
  { case: "passed through", compose: of("environment: [OPENCLAW_GATEWAY_TOKEN]"), finds: [] },
  {
    case: "short in .env",
    compose: { "compose.yaml": of('environment: {OPENCLAW_GATEWAY_TOKEN: "${T}"}'), ".env": "T=abc\n" },
    finds: found,
  },
  { case: "short as a default", compose: of('environment: {OPENCLAW_GATEWAY_TOKEN: "${T:-dev}"}'), finds: found },
  {
    case: "no login",
    compose: of("command: [node, dist/index.js, gateway, --auth, none]"),
    finds: ["services.web.command"],
  },
  {
    case: "no login, one word",
    compose: of("command: node dist/index.js gateway --auth=none"),
    finds: ["services.web.command"],
  },
  {
    case: "the command line client",
    compose: of("entrypoint: [node, dist/index.js], command: [status], environment: {OPENCLAW_GATEWAY_TOKEN: abc}"),
    finds: [],
  },
  {
    case: "built here",
    compose: "services: {web: {build: ., environment: {OPENCLAW_GATEWAY_TOKEN: abc}}}",
    finds: found,
  },
  { case: "another product", compose: "services: {web: {image: redis}}", finds: [] },
]);
