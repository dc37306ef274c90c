import { expect } from "vitest";
import { dangerousCapabilities } from "../src/rules/dangerous-capabilities.js";
import { type Case, table } from "./table.js";

const add = (list: string): string => `services: {web: {image: nginx, cap_add: ${list}}}`;
const first = ["services.web.cap_add[0]"];
const weighs =
  (severity: string): Case["first"] =>
  (finding) =>
    expect(finding.severity).toBe(severity);

table(dangerousCapabilities, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "empty list", compose: add("[]"), finds: [] },
  { case: "wrong type", compose: add("SYS_ADMIN"), finds: [] },
  { case: "Docker's own, added back", compose: add("[CHOWN, SETUID, NET_RAW, NET_BIND_SERVICE]"), finds: [] },
  { case: "SYS_ADMIN", compose: add("[SYS_ADMIN]"), finds: first, first: weighs("critical") },
  {
    case: "what the image needs",
    compose: "services: {web: {image: 'qmcgaw/gluetun:v3', cap_add: [NET_ADMIN]}}",
    finds: first,
    first: ({ fix, message }) => {
      expect(fix).toBeUndefined();
      expect(message).toContain("which its image needs");
    },
  },
  {
    case: "what the image is documented to do some good with",
    compose: "services: {web: {image: 'hashicorp/vault:2.0', cap_add: [IPC_LOCK]}}",
    finds: [],
  },
  {
    case: "what the image can use, and reaches further",
    compose: "services: {web: {image: 'clickhouse/clickhouse-server:26.3', cap_add: [SYS_NICE, NET_ADMIN]}}",
    finds: ["services.web.cap_add[1]"],
  },
  { case: "lower case with prefix", compose: add("[cap_sys_admin]"), finds: first, first: weighs("critical") },
  { case: "ALL", compose: add("[ALL]"), finds: first, first: weighs("critical") },
  { case: "NET_ADMIN in a network of its own", compose: add("[NET_ADMIN]"), finds: first, first: weighs("medium") },
  {
    case: "NET_ADMIN says whose network",
    compose: add("[NET_ADMIN]"),
    finds: first,
    first: ({ risk }) => expect(risk).toContain("of the container's network"),
  },
  {
    case: "NET_ADMIN in the machine's network",
    compose: "services: {web: {image: nginx, network_mode: host, cap_add: [NET_ADMIN]}}",
    finds: first,
    first: weighs("high"),
  },
  {
    case: "SYS_PTRACE over the machine's processes",
    compose: "services: {web: {image: nginx, pid: host, cap_add: [SYS_PTRACE]}}",
    finds: first,
    first: weighs("high"),
  },
  { case: "IPC_LOCK", compose: add("[IPC_LOCK]"), finds: first, first: weighs("low") },
  { case: "a variable", compose: add("['${CAP:-SYS_PTRACE}']"), finds: first },
  {
    case: "several",
    compose: add("[CHOWN, SYSLOG, BPF]"),
    finds: ["services.web.cap_add[1]", "services.web.cap_add[2]"],
  },
  { case: "an unknown name", compose: add("[CAP_OF_GOOD_HOPE]"), finds: [] },
  { case: "build only", compose: "services: {web: {build: ., cap_add: [SYS_TIME]}}", finds: first },
  { case: "merge key", compose: "x-c: &c {cap_add: [SYS_ADMIN]}\nservices: {web: {<<: *c, image: a}}", finds: first },
]);
