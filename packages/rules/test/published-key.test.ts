import { expect } from "vitest";
import { publishedKey } from "../src/rules/published-key.js";
import { table } from "./table.js";

const of = (more: string): string => `services: {web: {image: litellm/litellm, ${more}}}`;
const found = ["services.web.environment.LITELLM_MASTER_KEY"];

table(publishedKey, [
  { case: "absent", compose: of("init: true"), finds: [] },
  {
    case: "the example",
    compose: of("environment: [LITELLM_MASTER_KEY=sk-1234]"),
    finds: found,
    first: ({ message }) => expect(message).not.toContain("sk-1234"),
  },
  { case: "map form", compose: of("environment: {LITELLM_MASTER_KEY: sk-1234}"), finds: found },
  { case: "quoted", compose: of("environment: {LITELLM_MASTER_KEY: 'sk-1234'}"), finds: found },
  {
    case: "as a default",
    compose: of('environment: {LITELLM_MASTER_KEY: "${KEY:-sk-1234}"}'),
    finds: found,
    first: ({ message }) => expect(message).toContain("falls back"),
  },
  { case: "a variable", compose: of('environment: {LITELLM_MASTER_KEY: "${KEY}"}'), finds: [] },
  { case: "a key of one's own", compose: of("environment: {LITELLM_MASTER_KEY: sk-8f1f0a}"), finds: [] },
  {
    case: "in an env file, which is not shown to readers of the Compose file",
    compose: { "compose.yaml": of("env_file: a.env"), "a.env": "LITELLM_MASTER_KEY=sk-1234\n" },
    finds: [],
  },
  {
    case: "another image",
    compose: "services: {web: {image: example/x, environment: {LITELLM_MASTER_KEY: sk-1234}}}",
    finds: [],
  },
]);
