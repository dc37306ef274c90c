import { impossibleLimits } from "../src/rules/impossible-limits.js";
import { table } from "./table.js";

const web = (more: string): string => `services: {web: {image: nginx, ${more}}}`;
const limits = (limit: string, reservation: string): string =>
  web(`deploy: {resources: {limits: {memory: ${limit}}, reservations: {memory: ${reservation}}}}`);

table(impossibleLimits, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "no unit", compose: web("mem_limit: 512"), finds: ["services.web.mem_limit"] },
  {
    case: "no unit in deploy",
    compose: web("deploy: {resources: {limits: {memory: '512'}}}"),
    finds: ["services.web.deploy.resources.limits.memory"],
  },
  { case: "the floor", compose: web("mem_limit: 6m"), finds: [] },
  { case: "below the floor", compose: web("mem_limit: 5m"), finds: ["services.web.mem_limit"] },
  { case: "bytes that suffice", compose: web("mem_limit: 536870912"), finds: [] },
  { case: "no limit", compose: web("mem_limit: 0"), finds: [] },
  { case: "wrong type", compose: web("mem_limit: [512]"), finds: [] },
  { case: "a variable", compose: web("mem_limit: '${MEM:-512}'"), finds: ["services.web.mem_limit"] },
  {
    case: "a reservation above",
    compose: limits("512m", "1g"),
    finds: ["services.web.deploy.resources.reservations.memory"],
  },
  { case: "a reservation below", compose: limits("1g", "512m"), finds: [] },
  { case: "an equal reservation", compose: limits("1g", "1024m"), finds: [] },
  { case: "a reservation alone", compose: web("mem_reservation: 1g"), finds: [] },
  {
    case: "swap below memory",
    compose: web("mem_limit: 1g, memswap_limit: 512m"),
    finds: ["services.web.memswap_limit"],
  },
  { case: "swap without memory", compose: web("memswap_limit: 512m"), finds: ["services.web.memswap_limit"] },
  { case: "swap without bound", compose: web("mem_limit: 1g, memswap_limit: -1"), finds: [] },
  {
    case: "override file",
    compose: { "compose.yaml": web("mem_reservation: 1g"), "override.yaml": web("mem_limit: 512m") },
    finds: ["services.web.mem_reservation"],
  },
]);
