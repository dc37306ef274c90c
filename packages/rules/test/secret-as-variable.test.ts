import { secretAsVariable } from "../src/rules/secret-as-variable.js";
import { table } from "./table.js";

const db = (more: string): string => `services: {db: {image: 'postgres:17', environment: {${more}}}}`;
const found = ["services.db.environment.POSTGRES_PASSWORD"];

table(secretAsVariable, [
  { case: "absent", compose: "services: {db: {image: 'postgres:17'}}", finds: [] },
  { case: "wrong type", compose: "services: {db: {image: 'postgres:17', environment: 5}}", finds: [] },
  { case: "braces", compose: db("POSTGRES_PASSWORD: '${PW-}'"), finds: found },
  { case: "no braces", compose: db("POSTGRES_PASSWORD: $PW"), finds: found },
  {
    case: "must be set",
    compose: { "compose.yaml": db("POSTGRES_PASSWORD: '${PW:?set it}'"), ".env": "PW=h6ujk3w\n" },
    finds: found,
  },
  {
    case: "a list",
    compose: "services: {db: {image: 'postgres:17', environment: ['POSTGRES_PASSWORD=${PW}']}}",
    finds: found,
  },
  { case: "a fallback is another rule's", compose: db("POSTGRES_PASSWORD: '${PW:-h6ujk3w}'"), finds: [] },
  { case: "a literal is another rule's", compose: db("POSTGRES_PASSWORD: h6ujk3w"), finds: [] },
  {
    case: "Oracle's MySQL",
    compose: "services: {db: {image: 'mysql/mysql-server:8.0', environment: {MYSQL_PASSWORD: '${PW}'}}}",
    finds: [],
  },
  { case: "two variables in one", compose: db("POSTGRES_PASSWORD: '${A}${B}'"), finds: [] },
  { case: "no secret", compose: db("POSTGRES_USER: '${U}'"), finds: [] },
  {
    case: "the file as well",
    compose: db("POSTGRES_PASSWORD: '${PW}', POSTGRES_PASSWORD_FILE: /run/secrets/x"),
    finds: [],
  },
  {
    case: "an image that reads no file",
    compose: "services: {db: {image: app, environment: {POSTGRES_PASSWORD: '${PW}'}}}",
    finds: [],
  },
  { case: "build only", compose: "services: {db: {build: ., environment: {POSTGRES_PASSWORD: '${PW}'}}}", finds: [] },
  {
    case: "on a read-only root",
    compose: "services: {db: {image: 'postgres:17', read_only: true, environment: {POSTGRES_PASSWORD: '${PW}'}}}",
    finds: found,
  },
  {
    case: "another of the image's documentation",
    compose: "services: {db: {image: 'mysql:8', environment: {MYSQL_PASSWORD: '${PW}'}}}",
    finds: ["services.db.environment.MYSQL_PASSWORD"],
  },
  {
    case: "merge key",
    compose:
      "x-e: &e {POSTGRES_PASSWORD: '${PW}'}\nservices: {db: {image: 'postgres:17', environment: {<<: *e, B: c}}}",
    finds: found,
  },
]);
