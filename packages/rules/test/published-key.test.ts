import { expect } from "vitest";
import { publishedKey } from "../src/rules/published-key.js";
import { table } from "./table.js";

const of = (more: string): string => `services: {web: {image: langgenius/dify-api, ${more}}}`;
const found = ["services.web.environment.SECRET_KEY"];

table(publishedKey, [
  { case: "absent", compose: of("init: true"), finds: [] },
  {
    case: "the example",
    compose: of("environment: [SECRET_KEY=sk-9f73s3ljTXVcMT3Blb3ljTqtsKiGHXVcMT3BlbkFJLK7U]"),
    finds: found,
    first: ({ message }) => expect(message).not.toContain("sk-9f73s3ljTXVcMT3Blb3ljTqtsKiGHXVcMT3BlbkFJLK7U"),
  },
  {
    case: "map form",
    compose: of("environment: {SECRET_KEY: sk-9f73s3ljTXVcMT3Blb3ljTqtsKiGHXVcMT3BlbkFJLK7U}"),
    finds: found,
  },
  {
    case: "quoted",
    compose: of("environment: {SECRET_KEY: 'sk-9f73s3ljTXVcMT3Blb3ljTqtsKiGHXVcMT3BlbkFJLK7U'}"),
    finds: found,
  },
  {
    case: "as a default",
    compose: of('environment: {SECRET_KEY: "${KEY:-sk-9f73s3ljTXVcMT3Blb3ljTqtsKiGHXVcMT3BlbkFJLK7U}"}'),
    finds: found,
    first: ({ message }) => expect(message).toContain("falls back"),
  },
  {
    case: "Langfuse's password for Redis",
    compose:
      "services: {web: {image: 'langfuse/langfuse:3', environment: {REDIS_AUTH: '${REDIS_AUTH:-myredissecret}'}}}",
    finds: ["services.web.environment.REDIS_AUTH"],
    first: ({ message }) => expect(message).not.toContain("myredissecret"),
  },
  { case: "a variable", compose: of('environment: {SECRET_KEY: "${KEY}"}'), finds: [] },
  { case: "a key of one's own", compose: of("environment: {SECRET_KEY: 8f1f0a44aa}"), finds: [] },
  {
    case: "in an env file of the service",
    compose: {
      "compose.yaml": of("env_file: a.env"),
      "a.env": "SECRET_KEY=sk-9f73s3ljTXVcMT3Blb3ljTqtsKiGHXVcMT3BlbkFJLK7U\n",
    },
    finds: ["services.web.environment.SECRET_KEY"],
  },
  {
    case: "another image",
    compose:
      "services: {web: {image: example/x, environment: {SECRET_KEY: sk-9f73s3ljTXVcMT3Blb3ljTqtsKiGHXVcMT3BlbkFJLK7U}}}",
    finds: [],
  },
  {
    case: "one that .env gives",
    compose: {
      "compose.yaml": "services: {p: {image: 'langgenius/dify-sandbox:0.2.12', environment: {API_KEY: '${KEY}'}}}",
      ".env": "KEY=dify-sandbox\n",
    },
    finds: ["services.p.environment.API_KEY"],
  },
  {
    case: "a key whose name does not tell",
    compose:
      "services: {p: {image: 'langgenius/dify-plugin-daemon:0.5.2-local', environment: {SERVER_KEY: '${K:-lYkiYYT6owG+71oLerGzA7GXCgOT++6ovaezWAjpCjf+Sjc3ZtU+qUEi}'}}}",
    finds: ["services.p.environment.SERVER_KEY"],
  },
]);
