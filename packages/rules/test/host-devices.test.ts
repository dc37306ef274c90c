import { expect } from "vitest";
import { hostDevices } from "../src/rules/host-devices.js";
import { table } from "./table.js";

const devices = (list: string): string => `services: {web: {image: nginx, devices: ${list}}}`;
const rules = (list: string): string => `services: {web: {image: nginx, device_cgroup_rules: ${list}}}`;
const first = ["services.web.devices[0]"];

table(hostDevices, [
  {
    case: "a device that types",
    compose: devices("['/dev/uinput:/dev/uinput']"),
    finds: first,
    first: ({ risk }) => expect(risk).toContain("types and clicks"),
  },
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "empty list", compose: devices("[]"), finds: [] },
  { case: "wrong type", compose: devices("/dev/sda"), finds: [] },
  {
    case: "a disk",
    compose: devices("['/dev/sda']"),
    finds: first,
    first: ({ severity }) => expect(severity).toBe("critical"),
  },
  { case: "a disk under another name", compose: devices("['/dev/nvme0n1:/dev/x:r']"), finds: first },
  { case: "long", compose: devices("[{source: /dev/mapper/root, target: /dev/x}]"), finds: first },
  { case: "memory", compose: devices("['/dev/mem']"), finds: first },
  {
    case: "the kernel's log",
    compose: devices("['/dev/kmsg']"),
    finds: first,
    first: ({ severity }) => expect(severity).toBe("high"),
  },
  {
    case: "graphics, sound, serial, tunnel",
    compose: devices("['/dev/dri', '/dev/snd', '/dev/ttyUSB0', '/dev/net/tun', '/dev/fuse', '/dev/kvm']"),
    finds: [],
  },
  { case: "a GPU by name", compose: devices("['nvidia.com/gpu=all']"), finds: [] },
  { case: "a variable", compose: devices("['${DISK:-/dev/sdb}']"), finds: first },
  { case: "a detour", compose: devices("['/dev/../dev//sda1']"), finds: first },
  { case: "a rule for all", compose: rules("['a *:* rwm']"), finds: ["services.web.device_cgroup_rules[0]"] },
  { case: "a rule for disks", compose: rules("['b 8:* r']"), finds: ["services.web.device_cgroup_rules[0]"] },
  { case: "a rule for serial adapters", compose: rules("['c 188:* rmw', 'c 189:* rmw']"), finds: [] },
  { case: "build only", compose: "services: {web: {build: ., devices: [/dev/sda]}}", finds: first },
  { case: "merge key", compose: "x-d: &d {devices: [/dev/sda]}\nservices: {web: {<<: *d, image: a}}", finds: first },
  {
    case: "the firmware's settings",
    compose: devices("['/dev/nvram']"),
    finds: first,
    first: ({ risk }) => expect(risk).toContain("firmware"),
  },
]);
