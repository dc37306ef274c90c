import { expect } from "vitest";
import { hostNamespaces } from "../src/rules/host-namespaces.js";
import { table } from "./table.js";

const service = (more: string): string => `services: {web: {image: nginx, ${more}}}`;

table(hostNamespaces, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  {
    case: "pid",
    compose: service("pid: host"),
    finds: ["services.web.pid"],
    first: ({ severity }) => expect(severity).toBe("high"),
  },
  { case: "a variable", compose: service("pid: '${PID:-host}'"), finds: ["services.web.pid"] },
  {
    case: "ipc",
    compose: service("ipc: host"),
    finds: ["services.web.ipc"],
    first: ({ fix }) => expect(fix?.intents).toHaveLength(1),
  },
  {
    case: "ipc for a GPU",
    compose: service("ipc: host, gpus: all"),
    finds: ["services.web.ipc"],
    first: ({ fix }) => expect(fix?.intents[1]).toMatchObject({ op: "set", written: "8g" }),
  },
  {
    case: "ipc for a GPU with shm_size",
    compose: service("ipc: host, gpus: all, shm_size: 2g"),
    finds: ["services.web.ipc"],
    first: ({ fix }) => expect(fix?.intents).toHaveLength(1),
  },
  {
    case: "uts",
    compose: service("uts: host"),
    finds: ["services.web.uts"],
    first: ({ severity }) => expect(severity).toBe("low"),
  },
  { case: "cgroup", compose: service("cgroup: host"), finds: ["services.web.cgroup"] },
  { case: "userns_mode", compose: service("userns_mode: host"), finds: ["services.web.userns_mode"] },
  { case: "several", compose: service("pid: host, ipc: host"), finds: ["services.web.pid", "services.web.ipc"] },
  { case: "shared with a service only", compose: service("pid: 'service:web', ipc: shareable"), finds: [] },
  { case: "wrong type", compose: service("pid: [host]"), finds: [] },
  { case: "build only", compose: "services: {web: {build: ., pid: host}}", finds: ["services.web.pid"] },
  {
    case: "merge key",
    compose: "x-p: &p {pid: host}\nservices: {web: {<<: *p, image: a}}",
    finds: ["services.web.pid"],
  },
]);
