import { expect } from "vitest";
import { readOnlyRoot } from "../src/rules/read-only-root.js";
import { type Case, table } from "./table.js";

const service = (more: string): string => `services: {web: {image: acme/web, ${more}}}`;
const found = ["services.web.read_only"];
const intents =
  (...expected: readonly object[]): Case["first"] =>
  ({ fix }) =>
    expect(fix?.intents).toEqual(expected);
const set = { op: "set", path: ["services", "web", "read_only"], value: true };
const add = { op: "add", path: ["services", "web", "tmpfs"], item: "/tmp" };

table(readOnlyRoot, [
  {
    case: "a piece that another file makes whole",
    compose: "services: {web: {ports: ['127.0.0.1:80:80']}}",
    finds: [],
  },
  { case: "absent", compose: "services: {web: {image: acme/web}}", finds: found, first: intents(set, add) },
  { case: "build only", compose: "services: {web: {build: .}}", finds: found, first: intents(set, add) },
  { case: "false", compose: service("read_only: false"), finds: found },
  { case: "true", compose: service("read_only: true"), finds: [] },
  { case: "a word for true", compose: service("read_only: 'yes'"), finds: [] },
  { case: "a variable, true by default", compose: service("read_only: '${RO:-true}'"), finds: [] },
  { case: "a variable, false by default", compose: service("read_only: '${RO:-false}'"), finds: found },
  { case: "wrong type", compose: service("read_only: [1]"), finds: found },
  { case: "tmpfs on /tmp already", compose: service("tmpfs: /tmp:size=64m"), finds: found, first: intents(set) },
  { case: "tmpfs elsewhere", compose: service("tmpfs: [/run]"), finds: found, first: intents(set, add) },
  {
    case: "tmpfs by volumes",
    compose: service("volumes: [{type: tmpfs, target: /tmp}]"),
    finds: found,
    first: intents(set),
  },
  { case: "a volume on /tmp/", compose: service("volumes: ['scratch:/tmp/']"), finds: found, first: intents(set) },
  { case: "a mount below /tmp", compose: service("volumes: ['./x:/tmp/x']"), finds: found, first: intents(set, add) },
  { case: "merge key", compose: "x-r: &r {read_only: true}\nservices: {web: {<<: *r, image: a}}", finds: [] },
  {
    case: "extends",
    compose: "services: {base: {image: a, read_only: true}, web: {extends: base, read_only: false}}",
    finds: found,
  },
  {
    case: "override file",
    compose: { "compose.yaml": service("read_only: false"), "override.yaml": "services: {web: {read_only: true}}" },
    finds: [],
  },
  {
    case: "an image whose scratch paths are known",
    compose: "services: {web: {image: 'nginx:1.29'}}",
    finds: found,
    first: intents(set, { ...add, item: "/var/cache/nginx" }, { ...add, item: "/run" }, add),
  },
  {
    case: "a secret that Docker cannot copy into a read-only container",
    compose: "services: {web: {image: a, secrets: [s]}}\nsecrets: {s: {environment: S}}",
    finds: found,
    first: ({ fix }) => expect(fix).toBeUndefined(),
  },
  {
    case: "a secret that is mounted",
    compose: "services: {web: {image: a, secrets: [s]}}\nsecrets: {s: {file: ./s}}",
    finds: found,
    first: intents(set, add),
  },
  { case: "a provider", compose: "services: {web: {provider: {type: model}}}", finds: [] },
]);
