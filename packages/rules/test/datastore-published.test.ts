import { expect } from "vitest";
import { datastorePublished } from "../src/rules/datastore-published.js";
import { table } from "./table.js";

const db = (ports: string): string =>
  `services: {db: {image: 'postgres:17', ports: ${ports}}, app: {image: app, depends_on: [db]}}`;
const found = ["services.db.ports[0]"];

table(datastorePublished, [
  { case: "absent", compose: "services: {db: {image: 'postgres:17'}}", finds: [] },
  { case: "empty list", compose: db("[]"), finds: [] },
  { case: "wrong type", compose: db("{a: b}"), finds: [] },
  {
    case: "on this machine",
    compose: db("['127.0.0.1:5432:5432']"),
    finds: found,
    first: ({ severity }) => expect(severity).toBe("info"),
  },
  {
    case: "on every interface",
    compose: db("['5432:5432']"),
    finds: found,
    first: ({ severity }) => expect(severity).toBe("info"),
  },
  {
    case: "on an address of a network",
    compose: db("['192.168.1.10:5432:5432']"),
    finds: found,
    first: ({ severity }) => expect(severity).toBe("high"),
  },
  { case: "another host port", compose: db("['127.0.0.1:15432:5432']"), finds: found },
  { case: "a web port", compose: db("['127.0.0.1:8080:8080']"), finds: [] },
  {
    case: "nobody calls it",
    compose: "services: {db: {image: 'postgres:17', ports: ['127.0.0.1:5432:5432']}, app: {image: app}}",
    finds: [],
  },
  {
    case: "called in a URL",
    compose:
      "services: {db: {image: 'postgres:17', ports: ['127.0.0.1:5432:5432']}, app: {image: app, environment: {URL: 'postgres://a@db:5432/x'}}}",
    finds: found,
  },
  {
    case: "a familiar number that the image does not open",
    compose:
      "services: {db: {image: 'milvusdb/milvus:v2.6.3', ports: ['127.0.0.1:19530:19530', '127.0.0.1:2379:2379']}, app: {image: app, depends_on: [db]}}",
    finds: found,
  },
  {
    case: "called on another port",
    compose:
      "services: {mq: {image: 'rabbitmq:4', ports: ['127.0.0.1:5672:5672', '127.0.0.1:15672:15672']}, app: {image: app, depends_on: [mq], environment: {URL: 'amqp://mq:5672'}}}",
    finds: ["services.mq.ports[0]"],
  },
  {
    case: "a listener of its own for the outside",
    compose:
      "services: {kafka: {image: 'apache/kafka:4', ports: ['9092:9092']}, app: {image: app, depends_on: [kafka], environment: {URL: 'PLAINTEXT://kafka:19092'}}}",
    finds: [],
  },
  {
    case: "a name that only begins so",
    compose:
      "services: {db: {image: 'postgres:17', ports: ['127.0.0.1:5432:5432']}, app: {image: app, environment: {HOST: db2}}}",
    finds: [],
  },
  {
    case: "no common network",
    compose:
      "services: {db: {image: 'postgres:17', ports: ['127.0.0.1:5432:5432'], networks: [a]}, app: {image: app, depends_on: [db]}}\nnetworks: {a: {}}",
    finds: [],
  },
  {
    case: "alone on an address of a network",
    compose: "services: {db: {image: 'postgres:17', ports: ['192.168.1.10:5432:5432']}}",
    finds: found,
  },
  {
    case: "merge key",
    compose:
      "x-p: &p {ports: ['127.0.0.1:5432:5432']}\nservices: {db: {<<: *p, image: a}, app: {image: app, depends_on: [db]}}",
    finds: found,
  },
  {
    case: "a page for people beside the port that siblings use",
    compose:
      "services: {db: {image: 'neo4j:5', ports: ['127.0.0.1:7474:7474', '127.0.0.1:7687:7687']}, app: {image: app, depends_on: [db]}}",
    finds: ["services.db.ports[1]"],
  },
  {
    case: "the page's port in a sibling's address",
    compose:
      "services: {db: {image: 'neo4j:5', ports: ['127.0.0.1:7474:7474']}, app: {image: app, environment: {URL: 'http://db:7474'}}}",
    finds: found,
  },
]);
