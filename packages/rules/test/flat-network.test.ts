import { flatNetwork } from "../src/rules/flat-network.js";
import { table } from "./table.js";

const three = (db: string, more = ""): string =>
  `services: {web: {image: nginx, ports: ['80:80']}, app: {image: a}, db: {${db}}}${more}`;
const found = ["networks.default"];

table(flatNetwork, [
  { case: "one service", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "two services", compose: "services: {web: {image: nginx, ports: [80]}, db: {image: postgres}}", finds: [] },
  { case: "three with a database", compose: three("image: 'postgres:17'"), finds: found },
  { case: "a database by another name", compose: three("image: 'ghcr.io/x/pgvector:1'"), finds: found },
  { case: "no database", compose: three("image: busybox"), finds: [] },
  {
    case: "nothing published",
    compose: "services: {web: {image: nginx}, app: {image: a}, db: {image: postgres}}",
    finds: [],
  },
  {
    case: "networks of their own",
    compose: three("image: postgres, networks: [back]", "\nnetworks: {back: {}}"),
    finds: [],
  },
  {
    case: "an internal default network",
    compose: three("image: postgres", "\nnetworks: {default: {internal: true}}"),
    finds: [],
  },
  {
    case: "everybody uses the database",
    compose:
      "services: {web: {image: nginx, ports: [80], depends_on: [db]}, app: {image: a, depends_on: [db]}, db: {image: postgres}}",
    finds: [],
  },
  {
    case: "build only",
    compose: "services: {web: {build: ., ports: [80]}, app: {build: .}, db: {build: .}}",
    finds: [],
  },
]);
