import { expect } from "vitest";
import { n8nCodeAccess } from "../src/rules/n8n-code-access.js";
import { table } from "./table.js";

const of = (image: string, more: string): string => `services: {web: {image: "${image}", ${more}}}`;
const at = (name: string): string => `services.web.environment.${name}`;
const two = "n8nio/n8n:2.1.4";

table(n8nCodeAccess, [
  { case: "nothing set, version 2", compose: of(two, "init: true"), finds: [] },
  { case: "nothing set, newest", compose: of("n8nio/n8n", "init: true"), finds: [] },
  {
    case: "nothing set, version 1",
    compose: of("n8nio/n8n:1.112.4", "init: true"),
    finds: [at("N8N_BLOCK_ENV_ACCESS_IN_NODE")],
  },
  {
    case: "blocked, version 1",
    compose: of("n8nio/n8n:1.112.4", "environment: [N8N_BLOCK_ENV_ACCESS_IN_NODE=true]"),
    finds: [],
  },
  {
    case: "every module",
    compose: of(two, "environment: ['NODE_FUNCTION_ALLOW_BUILTIN=*']"),
    finds: [at("NODE_FUNCTION_ALLOW_BUILTIN")],
  },
  {
    case: "every package",
    compose: of(two, "environment: {NODE_FUNCTION_ALLOW_EXTERNAL: '*'}"),
    finds: [at("NODE_FUNCTION_ALLOW_EXTERNAL")],
  },
  {
    case: "programs",
    compose: of(two, "environment: ['NODE_FUNCTION_ALLOW_BUILTIN=crypto, node:child_process']"),
    finds: [at("NODE_FUNCTION_ALLOW_BUILTIN")],
  },
  {
    case: "files alone",
    compose: of(two, "environment: ['NODE_FUNCTION_ALLOW_BUILTIN=fs']"),
    finds: [at("NODE_FUNCTION_ALLOW_BUILTIN")],
    first: ({ risk }) => expect(risk).toMatch(/reads and changes files as n8n$/),
  },
  {
    case: "an import for whose end others wait",
    compose:
      "services: {web: {image: 'n8nio/n8n:1.112.4', command: 'import:workflow --input=/data'}, n8n: {image: 'n8nio/n8n:2.1.4', depends_on: {web: {condition: service_completed_successfully}}}}",
    finds: [],
  },
  { case: "harmless ones", compose: of(two, "environment: ['NODE_FUNCTION_ALLOW_BUILTIN=crypto']"), finds: [] },
  {
    case: "the runners",
    compose: of("n8nio/runners:2.1.4", "environment: ['NODE_FUNCTION_ALLOW_BUILTIN=*']"),
    finds: [at("NODE_FUNCTION_ALLOW_BUILTIN")],
  },
  { case: "another image", compose: of("example/x", "environment: ['NODE_FUNCTION_ALLOW_BUILTIN=*']"), finds: [] },
  {
    case: "merge key",
    compose: "x-e: &e {environment: {NODE_FUNCTION_ALLOW_BUILTIN: '*'}}\nservices: {web: {<<: *e, image: n8nio/n8n}}",
    finds: [at("NODE_FUNCTION_ALLOW_BUILTIN")],
  },
]);
