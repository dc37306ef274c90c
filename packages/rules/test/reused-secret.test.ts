import { expect } from "vitest";
import { reusedSecret } from "../src/rules/reused-secret.js";
import { table } from "./table.js";

const db = (more: string): string => `services: {db: {image: 'mysql:8', environment: {${more}}}}`;
const found = ["services.db.environment.MYSQL_PASSWORD"];

table(reusedSecret, [
  {
    case: "root by another name is root",
    compose: db("MYSQL_USER: root, MYSQL_ROOT_PASSWORD: h6ujk3w, MYSQL_PASSWORD: h6ujk3w"),
    finds: [],
  },
  { case: "absent", compose: "services: {db: {image: 'mysql:8'}}", finds: [] },
  { case: "wrong type", compose: "services: {db: {image: 'mysql:8', environment: 5}}", finds: [] },
  {
    case: "root and user, and the value is not printed",
    compose: db("MYSQL_ROOT_PASSWORD: h6ujk3w, MYSQL_PASSWORD: h6ujk3w"),
    finds: found,
    first: ({ message, related }) => {
      expect(message).not.toContain("h6ujk3w");
      expect(related).toHaveLength(1);
    },
  },
  { case: "two secrets", compose: db("MYSQL_ROOT_PASSWORD: h6ujk3w, MYSQL_PASSWORD: x5gg2kq"), finds: [] },
  { case: "references", compose: db("MYSQL_ROOT_PASSWORD: '${A-}', MYSQL_PASSWORD: '${A-}'"), finds: [] },
  {
    case: "fallbacks",
    compose: db("MYSQL_ROOT_PASSWORD: '${A:-h6ujk3w}', MYSQL_PASSWORD: '${B:-h6ujk3w}'"),
    finds: found,
  },
  {
    case: "guessable ones are another rule's",
    compose: db("MYSQL_ROOT_PASSWORD: root, MYSQL_PASSWORD: root"),
    finds: [],
  },
  {
    case: "two servers",
    compose:
      "services: {pg: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: h6ujk3w}}, db: {image: 'mysql:8', environment: {MYSQL_PASSWORD: h6ujk3w}}}",
    finds: found,
  },
  {
    case: "copies of one server",
    compose:
      "x-s: &s {image: 'postgres:17', environment: {POSTGRES_PASSWORD: h6ujk3w}}\nservices: {a: {<<: *s}, b: {<<: *s}}",
    finds: [],
  },
  {
    case: "a server and its client",
    compose:
      "services: {db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: h6ujk3w}}, app: {image: app, environment: {POSTGRES_PASSWORD: h6ujk3w}}}",
    finds: [],
  },
  {
    case: "an old and a new name",
    compose:
      "services: {s: {image: minio/minio, environment: {MINIO_SECRET_KEY: h6ujk3w, MINIO_ROOT_PASSWORD: h6ujk3w}}}",
    finds: [],
  },
  {
    case: "override file",
    compose: { "compose.yaml": db("MYSQL_ROOT_PASSWORD: h6ujk3w"), "override.yaml": db("MYSQL_PASSWORD: h6ujk3w") },
    finds: found,
  },
]);
