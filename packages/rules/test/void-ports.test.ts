import { expect } from "vitest";
import { voidPorts } from "../src/rules/void-ports.js";
import { table } from "./table.js";

const service = (more: string): string => `services: {web: {image: nginx, ${more}}}`;
const found = ["services.web.ports"];

table(voidPorts, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "ports alone", compose: service("ports: ['80:80']"), finds: [] },
  { case: "host network alone", compose: service("network_mode: host"), finds: [] },
  { case: "both", compose: service("network_mode: host, ports: ['80:80', '81:81']"), finds: found },
  {
    case: "both, of software whose ports are known: the way out is to publish them",
    compose: "services: {db: {image: 'postgres:17', network_mode: host, ports: ['5432:5432']}}",
    finds: ["services.db.ports"],
    first: ({ fix }) => expect(fix).toBeUndefined(),
  },
  { case: "no network", compose: service("network_mode: none, ports: ['80:80']"), finds: found },
  { case: "bridge", compose: service("network_mode: bridge, ports: ['80:80']"), finds: [] },
  { case: "empty list", compose: service("network_mode: host, ports: []"), finds: [] },
  { case: "wrong type", compose: service("network_mode: host, ports: 80"), finds: [] },
  { case: "a variable", compose: service("network_mode: '${MODE:-host}', ports: [80]"), finds: found },
  { case: "build only", compose: "services: {web: {build: ., network_mode: host, ports: [80]}}", finds: found },
]);
