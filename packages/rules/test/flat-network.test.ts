import type { Read } from "@compose-harden/model";
import { expect, it } from "vitest";
import { profileAdvice } from "../src/advice/profile-advice.js";
import { checkWith } from "../src/check.js";
import { flatNetwork } from "../src/rules/flat-network.js";
import { loadFiles, table } from "./table.js";

const web = (more: string, rest = ""): string =>
  `services: {web: {image: nginx, ports: ['80:80'], ${more}}, app: {image: app, depends_on: [db]}, db: {image: 'postgres:17'}}${rest}`;
const found = ["services.web.networks"];

table(flatNetwork, [
  {
    case: "a service that calls the database by another name",
    compose:
      "services: {web: {image: app, ports: [80], environment: {DB_HOST: store}}, other: {image: app2, depends_on: [db]}, db: {image: 'postgres:17', networks: {default: {aliases: [store]}}}}",
    finds: [],
  },
  {
    case: "a tool that opens databases of this kind",
    compose:
      "services: {adminer: {image: adminer, ports: [80]}, app: {image: app, depends_on: [db]}, db: {image: 'postgres:17'}}",
    finds: [],
  },
  {
    case: "a tool that opens databases of another kind",
    compose:
      "services: {express: {image: 'mongo-express:1', ports: [80]}, app: {image: app, depends_on: [db]}, db: {image: 'postgres:17'}}",
    finds: ["services.express.networks"],
  },
  {
    case: "a tool in which people enter databases themselves",
    compose:
      "services: {bi: {image: 'metabase/metabase:v0.60', ports: [80]}, app: {image: app, depends_on: [db]}, db: {image: 'mysql:8'}}",
    finds: [],
  },
  {
    case: "a worker that waits for another copy of its software",
    compose:
      "services: {boss: {image: f, depends_on: [k]}, hand: {image: f, ports: [80], depends_on: [boss]}, k: {image: 'x/kafka:1'}}",
    finds: [],
  },
  {
    case: "built here, each from its own folder",
    compose:
      "services: {boss: {build: b, depends_on: [db]}, web: {build: w, ports: [80], depends_on: [boss]}, db: {image: postgres}}",
    finds: ["services.web.networks"],
  },
  { case: "no database", compose: "services: {web: {image: nginx, ports: [80]}, app: {image: a}}", finds: [] },
  { case: "nothing published", compose: "services: {web: {image: nginx}, db: {image: postgres}}", finds: [] },
  {
    case: "published on this machine only",
    compose:
      "services: {web: {image: nginx, ports: ['127.0.0.1:80:80']}, app: {image: app, depends_on: [db]}, db: {image: postgres}}",
    finds: [],
  },
  { case: "a stranger on the default network", compose: web("init: true"), finds: found },
  { case: "depends_on", compose: web("depends_on: [db]"), finds: [] },
  { case: "depends_on, long", compose: web("depends_on: {db: {condition: service_healthy}}"), finds: [] },
  { case: "an address in the environment", compose: web("environment: {URL: 'postgres://a@db/x'}"), finds: [] },
  { case: "an address in the command", compose: web("command: [serve, --db, 'db:5432']"), finds: [] },
  {
    case: "the database by its container's name",
    compose:
      "services: {web: {image: a, ports: [80], environment: {H: pg1}}, app: {image: b, depends_on: [db]}, db: {image: postgres, container_name: pg1}}",
    finds: [],
  },
  { case: "a network of its own", compose: web("networks: [front]", "\nnetworks: {front: {}}"), finds: [] },
  {
    case: "a network that both name",
    compose:
      "services: {web: {image: a, ports: [80], networks: [x]}, app: {image: b, networks: [y], depends_on: [db]}, db: {image: 'x/pgvector:1', networks: [x, y]}}\nnetworks: {x: {}, y: {}}",
    finds: found,
  },
  {
    case: "the published one is the database",
    compose: "services: {db: {image: postgres, ports: [80]}, cache: {image: redis}}",
    finds: [],
  },
  { case: "wrong type counts as the default network", compose: web("networks: 5"), finds: found },
  {
    case: "a database that nobody else names",
    compose: "services: {web: {image: a, ports: [80]}, app: {image: b}, db: {image: postgres}}",
    finds: [],
  },
  {
    case: "a companion of the database",
    compose:
      "services: {web: {image: a, ports: [80]}, app: {image: b, depends_on: [meta]}, meta: {image: 'supabase/postgres-meta:v1'}}",
    finds: [],
  },
  {
    case: "a store's client that only makes a bucket",
    compose:
      "services: {web: {image: a, ports: [80]}, app: {image: b, depends_on: [init]}, init: {image: 'minio/mc:latest'}}",
    finds: [],
  },
  {
    case: "the published one is a store of objects",
    compose:
      "services: {s3: {image: rustfs/rustfs, ports: [9000]}, app: {image: b, depends_on: [db]}, db: {image: redis}}",
    finds: [],
  },
  { case: "settings in a file that is not at hand", compose: web("env_file: [missing.env]"), finds: [] },
  {
    case: "build only",
    compose: "services: {web: {build: ., ports: [80]}, app: {build: ., depends_on: [db]}, db: {image: redis}}",
    finds: found,
  },
]);

it("flat-network: an address in a mounted file", () => {
  const project = loadFiles(web("volumes: ['./vector.yaml:/etc/vector.yaml:ro']"));
  const holding =
    (text: string): Read =>
    (path) =>
      path === "/project/vector.yaml" ? { kind: "file", text } : { kind: "missing" };
  const found = (read: Read) => checkWith([flatNetwork], project, {}, profileAdvice, read);
  expect(found(holding("endpoint: http://db:9200"))).toEqual([]);
  expect(found(holding("endpoint: http://elsewhere:9200"))).toHaveLength(1);
});
