import { expect } from "vitest";
import { capDropAll } from "../src/rules/cap-drop-all.js";
import { table } from "./table.js";

const service = (more: string): string => `services: {web: {image: acme/web, ${more}}}`;
const found = ["services.web.cap_drop"];

table(capDropAll, [
  {
    case: "a piece that another file makes whole",
    compose: "services: {web: {ports: ['127.0.0.1:80:80']}}",
    finds: [],
  },
  {
    case: "absent",
    compose: "services: {web: {image: acme/web}}",
    finds: found,
    first: ({ fix }) => expect(fix?.intents.length).toBeGreaterThan(2),
  },
  { case: "build only", compose: "services: {web: {build: .}}", finds: found },
  { case: "empty list", compose: service("cap_drop: []"), finds: found },
  { case: "wrong type", compose: service("cap_drop: ALL"), finds: found },
  { case: "ALL", compose: service("cap_drop: [ALL]"), finds: [] },
  { case: "all", compose: service("cap_drop: [all], cap_add: [CHOWN]"), finds: [] },
  { case: "a variable", compose: service("cap_drop: ['${DROP:-ALL}']"), finds: [] },
  { case: "some", compose: service("cap_drop: [NET_RAW]"), finds: found },
  {
    case: "what is dropped by name is not added back",
    compose: service("cap_drop: [CAP_CHOWN]"),
    finds: found,
    first: ({ fix }) => expect(JSON.stringify(fix?.intents)).not.toContain("CHOWN"),
  },
  {
    case: "what is added already is not added twice",
    compose: service("cap_add: [cap_setuid]"),
    finds: found,
    first: ({ fix }) => expect(JSON.stringify(fix?.intents)).not.toContain("SETUID"),
  },
  {
    case: "a user of its own",
    compose: service("user: '1000'"),
    finds: found,
    first: ({ fix }) =>
      expect(fix?.intents).toEqual([{ op: "add", path: ["services", "web", "cap_drop"], item: "ALL" }]),
  },
  {
    case: "also while it is privileged, so that removing that brings nothing new",
    compose: service("privileged: true"),
    finds: found,
  },
  { case: "merge key", compose: "x-c: &c {cap_drop: [ALL]}\nservices: {web: {<<: *c, image: a}}", finds: [] },
  {
    case: "extends",
    compose: "services: {base: {image: a, cap_drop: [ALL]}, web: {extends: base, cap_drop: [MKNOD]}}",
    finds: [],
  },
]);
