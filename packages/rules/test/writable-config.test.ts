import { expect } from "vitest";
import { writableConfig } from "../src/rules/writable-config.js";
import { table } from "./table.js";

const mount = (entry: string): string => `services:\n  web:\n    image: nginx\n    volumes:\n      - ${entry}\n`;
const first = ["services.web.volumes[0]"];

table(writableConfig, [
  {
    case: "a script of the first start",
    compose: mount("./init.sql:/docker-entrypoint-initdb.d/init.sql"),
    finds: first,
    first: ({ risk }) => expect(risk).toContain("with an empty data folder"),
  },
  { case: "no volumes", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "empty list", compose: "services: {web: {image: nginx, volumes: []}}", finds: [] },
  { case: "wrong type", compose: "services: {web: {image: nginx, volumes: ./a.conf}}", finds: [] },
  { case: "a file", compose: mount("./nginx.conf:/etc/nginx/nginx.conf"), finds: first },
  { case: "read-only", compose: mount("./nginx.conf:/etc/nginx/nginx.conf:ro"), finds: [] },
  {
    case: "long, read-only",
    compose: mount("{type: bind, source: ./a.yaml, target: /a.yaml, read_only: true}"),
    finds: [],
  },
  { case: "long", compose: mount("{type: bind, source: ./a.yaml, target: /a.yaml}"), finds: first },
  { case: "the clock", compose: mount("/etc/localtime:/etc/localtime"), finds: first },
  { case: "a folder", compose: mount("./conf:/etc/app"), finds: [] },
  { case: "state in JSON", compose: mount("./acme.json:/acme.json"), finds: [] },
  { case: "a named volume", compose: `${mount("conf:/etc/app.conf")}volumes: {conf: {}}\n`, finds: [] },
  { case: "a variable", compose: mount("${CONF:-./app.toml}:/app.toml"), finds: first },
  { case: "build only", compose: "services: {web: {build: ., volumes: ['./a.ini:/a.ini']}}", finds: first },
  {
    case: "override file makes it read-only",
    compose: { "compose.yaml": mount("./a.ini:/a.ini"), "override.yaml": mount("./a.ini:/a.ini:ro") },
    finds: [],
  },
  {
    case: "the project itself",
    compose: "services: {web: {image: a, volumes: ['./:/workspace', './src:/src']}}",
    finds: ["services.web.volumes[0]"],
    first: ({ message }) => expect(message).toContain("`compose.yaml`"),
  },
  { case: "the project itself, to read", compose: "services: {web: {image: a, volumes: ['./:/app:ro']}}", finds: [] },
]);
