import { expect } from "vitest";
import { sharedProviderKey } from "../src/rules/shared-provider-key.js";
import { table } from "./table.js";

const two = (a: string, b: string): string =>
  `services: {a: {image: n8nio/n8n, environment: {${a}}}, b: {image: mintplexlabs/anythingllm, environment: {${b}}}}`;
const found = ["services.b.environment.OPENAI_API_KEY"];

table(sharedProviderKey, [
  { case: "one service", compose: 'services: {a: {image: x, environment: {OPENAI_API_KEY: "${K}"}}}', finds: [] },
  {
    case: "one variable",
    compose: two('OPENAI_API_KEY: "${K}"', 'OPENAI_API_KEY: "${K}"'),
    finds: found,
    first: ({ message, related }) => {
      expect(message).toBe("`a` and `b` use one key (`K`)");
      expect(related).toHaveLength(1);
    },
  },
  {
    case: "three services",
    compose:
      "services: {a: &a {image: n8nio/n8n, environment: {OPENAI_API_KEY: '${K}'}}, b: {<<: *a, image: mintplexlabs/anythingllm}, c: *a}",
    finds: found,
    first: ({ message }) => expect(message).toBe("`a`, `b` and `c` use one key (`K`)"),
  },
  {
    case: "a service that uses it twice",
    compose: two('OPENAI_API_KEY: "${K}", IMAGES_OPENAI_API_KEY: "${K}"', 'OPENAI_API_KEY: "${K}"'),
    finds: found,
    first: ({ related }) => expect(related).toHaveLength(1),
  },
  {
    case: "one variable with defaults",
    compose: two('OPENAI_API_KEY: "${K:-}"', 'OPENAI_API_KEY: "${K:-x}"'),
    finds: found,
  },
  { case: "two variables", compose: two('OPENAI_API_KEY: "${A}"', 'OPENAI_API_KEY: "${B}"'), finds: [] },
  {
    case: "one value",
    compose: two("OPENAI_API_KEY: sk-01234567890123456789", "OPENAI_API_KEY: sk-01234567890123456789"),
    finds: found,
    first: ({ message }) => expect(message).not.toContain("sk-"),
  },
  { case: "two values", compose: two("OPENAI_API_KEY: sk-0123456789", "OPENAI_API_KEY: sk-9876543210"), finds: [] },
  {
    case: "images that are not known may be parts of one program",
    compose:
      'services: {a: {image: x, environment: {OPENAI_API_KEY: "${K}"}}, b: {image: y, environment: {OPENAI_API_KEY: "${K}"}}}',
    finds: [],
  },
  { case: "a stand-in", compose: two("OPENAI_API_KEY: none", "OPENAI_API_KEY: none"), finds: [] },
  { case: "another name for it", compose: two('ANTHROPIC_API_KEY: "${K}"', 'OPENAI_API_KEY: "${K}"'), finds: found },
  { case: "another kind of key", compose: two('DB_PASSWORD: "${K}"', 'DB_PASSWORD: "${K}"'), finds: [] },
  {
    case: "parts of one program",
    compose:
      'x-e: &e {OPENAI_API_KEY: "${K}"}\nservices: {a: {image: n8nio/n8n, environment: *e}, b: {image: n8nio/runners, environment: *e}}',
    finds: [],
  },
  {
    case: "list form",
    compose:
      'services: {a: {image: n8nio/n8n, environment: ["OPENAI_API_KEY=${K}"]}, b: {image: mintplexlabs/anythingllm, environment: ["OPENAI_API_KEY=${K}"]}}',
    finds: found,
  },
]);
