import { expect } from "vitest";
import { kernelSettings } from "../src/rules/kernel-settings.js";
import { table } from "./table.js";

const service = (more: string): string => `services: {web: {image: nginx, ${more}}}`;
const sysctl = (name: string): readonly string[] => [`services.web.sysctls["${name}"]`];

table(kernelSettings, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  {
    case: "a map",
    compose: service("sysctls: {net.ipv4.conf.all.route_localnet: 1}"),
    finds: sysctl("net.ipv4.conf.all.route_localnet"),
  },
  {
    case: "a list",
    compose: service("sysctls: [net.ipv4.conf.all.accept_redirects=1]"),
    finds: sysctl("net.ipv4.conf.all.accept_redirects"),
  },
  { case: "the same, switched off", compose: service("sysctls: {net.ipv4.conf.all.accept_redirects: 0}"), finds: [] },
  {
    case: "what a VPN needs",
    compose: service("sysctls: {net.ipv4.ip_forward: 1, net.ipv4.conf.all.src_valid_mark: 1}"),
    finds: [],
  },
  { case: "what databases ask for", compose: service("sysctls: {net.core.somaxconn: 1024}"), finds: [] },
  {
    case: "a setting of the machine",
    compose: service("sysctls: {kernel.core_pattern: core}"),
    finds: sysctl("kernel.core_pattern"),
  },
  {
    case: "a variable",
    compose: service("sysctls: {net.ipv4.tcp_syncookies: '${C:-0}'}"),
    finds: sysctl("net.ipv4.tcp_syncookies"),
  },
  { case: "wrong type", compose: service("sysctls: 5"), finds: [] },
  { case: "oom_kill_disable", compose: service("oom_kill_disable: true"), finds: ["services.web.oom_kill_disable"] },
  { case: "a very low score", compose: service("oom_score_adj: -1000"), finds: ["services.web.oom_score_adj"] },
  {
    case: "both",
    compose: service("oom_kill_disable: true, oom_score_adj: -1000"),
    finds: ["services.web.oom_kill_disable"],
    first: ({ fix }) => expect(fix?.intents).toHaveLength(2),
  },
  { case: "a higher score", compose: service("oom_score_adj: 500"), finds: [] },
  {
    case: "build only",
    compose: "services: {web: {build: ., oom_kill_disable: true}}",
    finds: ["services.web.oom_kill_disable"],
  },
]);
