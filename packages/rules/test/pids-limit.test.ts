import { expect } from "vitest";
import { pidsLimit } from "../src/rules/pids-limit.js";
import { table } from "./table.js";

const service = (more: string): string => `services: {web: {image: nginx, ${more}}}`;
const attribute = ["services.web.pids_limit"];
const resource = ["services.web.deploy.resources.limits.pids"];

table(pidsLimit, [
  {
    case: "a piece that another file makes whole",
    compose: "services: {web: {ports: ['127.0.0.1:80:80']}}",
    finds: [],
  },
  {
    case: "absent",
    compose: "services: {web: {image: nginx}}",
    finds: attribute,
    first: ({ fix }) =>
      expect(fix?.intents).toEqual([{ op: "set", path: ["services", "web", "pids_limit"], value: 512 }]),
  },
  { case: "build only", compose: "services: {web: {build: .}}", finds: attribute },
  { case: "set", compose: service("pids_limit: 100"), finds: [] },
  { case: "a variable with a default", compose: service("pids_limit: '${PIDS:-100}'"), finds: [] },
  { case: "0", compose: service("pids_limit: 0"), finds: attribute },
  {
    case: "-1",
    compose: service("pids_limit: -1"),
    finds: attribute,
    first: ({ message }) => expect(message).toMatch(/as none/),
  },
  { case: "deploy", compose: service("deploy: {resources: {limits: {pids: 100}}}"), finds: [] },
  { case: "beside memory in deploy", compose: service("deploy: {resources: {limits: {memory: 1g}}}"), finds: resource },
  { case: "beside mem_limit", compose: service("mem_limit: 1g"), finds: attribute },
  { case: "wrong type", compose: service("pids_limit: [1]"), finds: attribute },
  {
    case: "option",
    compose: service("init: true"),
    options: { value: 64 },
    finds: attribute,
    first: ({ fix }) => expect(fix?.intents).toMatchObject([{ value: 64 }]),
  },
  { case: "merge key", compose: "x-p: &p {pids_limit: 9}\nservices: {web: {<<: *p, image: a}}", finds: [] },
  { case: "extends", compose: "services: {base: {image: a, pids_limit: 9}, web: {extends: base}}", finds: [] },
  {
    case: "override file",
    compose: { "compose.yaml": service("pids_limit: 9"), "override.yaml": "services: {web: {pids_limit: 0}}" },
    finds: attribute,
  },
]);
