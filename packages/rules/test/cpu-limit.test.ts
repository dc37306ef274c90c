import { expect } from "vitest";
import { cpuLimit } from "../src/rules/cpu-limit.js";
import { table } from "./table.js";

const service = (more: string): string => `services: {web: {image: nginx, ${more}}}`;
const attribute = ["services.web.cpus"];
const resource = ["services.web.deploy.resources.limits.cpus"];

table(cpuLimit, [
  {
    case: "a piece that another file makes whole",
    compose: "services: {web: {ports: ['127.0.0.1:80:80']}}",
    finds: [],
  },
  {
    case: "absent",
    compose: "services: {web: {image: nginx}}",
    finds: attribute,
    first: ({ fix }) => expect(fix?.intents).toEqual([{ op: "set", path: ["services", "web", "cpus"], value: 1 }]),
  },
  {
    case: "a model server",
    compose: "services: {web: {image: 'ollama/ollama'}}",
    finds: attribute,
    first: ({ fix }) => expect(fix?.intents).toMatchObject([{ value: 2 }]),
  },
  { case: "build only", compose: "services: {web: {build: .}}", finds: attribute },
  { case: "cpus", compose: service("cpus: 0.5"), finds: [] },
  { case: "quoted", compose: service("cpus: '0.5'"), finds: [] },
  { case: "a variable with a default", compose: service("cpus: '${CPUS:-2}'"), finds: [] },
  { case: "0", compose: service("cpus: 0"), finds: attribute },
  { case: "quota over period", compose: service("cpu_quota: 50000, cpu_period: 100000"), finds: [] },
  { case: "shares limit nothing", compose: service("cpu_shares: 512"), finds: attribute },
  { case: "some processors only", compose: service("cpuset: 0-1"), finds: [] },
  { case: "deploy", compose: service("deploy: {resources: {limits: {cpus: '1'}}}"), finds: [] },
  { case: "beside memory in deploy", compose: service("deploy: {resources: {limits: {memory: 1g}}}"), finds: resource },
  { case: "beside mem_limit", compose: service("mem_limit: 1g"), finds: attribute },
  { case: "wrong type", compose: service("cpus: [1]"), finds: attribute },
  {
    case: "option",
    compose: service("init: true"),
    options: { value: 0.25 },
    finds: attribute,
    first: ({ fix }) => expect(fix?.intents).toMatchObject([{ value: 0.25 }]),
  },
  { case: "merge key", compose: "x-c: &c {cpus: 1}\nservices: {web: {<<: *c, image: a}}", finds: [] },
  { case: "extends", compose: "services: {base: {image: a, cpus: 1}, web: {extends: base}}", finds: [] },
  {
    case: "override file",
    compose: { "compose.yaml": service("cpus: 1"), "override.yaml": "services: {web: {cpus: 0.5}}" },
    finds: [],
  },
]);
