import type { Finding } from "@compose-harden/model";
import { expect } from "vitest";
import { hostNetwork } from "../src/rules/host-network.js";
import { table } from "./table.js";

const service = (more: string): string => `services: {web: {image: nginx, ${more}}}`;
const server = (more: string): string => `services: {web: {image: 'postgres:17', network_mode: host, ${more}}}`;

table(hostNetwork, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "host", compose: service("network_mode: host"), finds: ["services.web.network_mode"] },
  { case: "a variable", compose: service("network_mode: '${MODE:-host}'"), finds: ["services.web.network_mode"] },
  { case: "bridge", compose: service("network_mode: bridge"), finds: [] },
  { case: "another service's", compose: service("network_mode: 'service:web2'"), finds: [] },
  { case: "wrong type", compose: service("network_mode: [host]"), finds: [] },
  {
    case: "build only",
    compose: "services: {web: {build: ., network_mode: host}}",
    finds: ["services.web.network_mode"],
  },
  {
    case: "the external network named host",
    compose: `${service("networks: [host]")}\nnetworks: {host: {external: true}}`,
    finds: ["services.web.networks.host"],
  },
  {
    case: "the same under another name",
    compose: `${service("networks: {out: {}}")}\nnetworks: {out: {external: true, name: host}}`,
    finds: ["services.web.networks.out"],
  },
  {
    case: "a network of one's own that is called host",
    compose: `${service("networks: [host]")}\nnetworks: {host: {}}`,
    finds: [],
  },
  {
    case: "extends",
    compose: "services: {base: {image: a, network_mode: host}, web: {extends: base}}",
    finds: ["services.base.network_mode", "services.web.network_mode"],
  },
  {
    case: "a page that is known, of software that looks for devices",
    compose: "services: {home: {image: 'ghcr.io/home-assistant/home-assistant:2026.1', network_mode: host}}",
    finds: ["services.home.network_mode"],
    first: ({ fix }) => {
      expect(fix?.intents.map(({ op, path }) => `${op} ${path.join(".")}`)).toEqual([
        "unset services.home.network_mode",
        "add services.home.ports",
      ]);
      expect(fix?.intents[1]).toMatchObject({ written: "127.0.0.1:8123:8123" });
      expect(fix?.applicability === "unsafe" && fix.caveat).toMatch(/^known of it: host network for discovery; .*mDNS/);
    },
  },
  {
    case: "a server whose port is all there is to it",
    compose: server(""),
    finds: ["services.web.network_mode"],
    first: ({ fix }) => expect(fix?.title).toBe("publish 5432 on 127.0.0.1 instead"),
  },
  ...[
    ["a port of its own", server("environment: {PGPORT: '5433'}")],
    ["ports as well, which do nothing", server("ports: ['5432:5432']")],
    ["an address of the machine", server("environment: {PEER: 'http://localhost:9000'}")],
    [
      "a neighbour that calls it by an address",
      `${server("").slice(0, -1)}, app: {image: a, command: ['--db', '127.0.0.1']}}`,
    ],
    ["software for the machine's interfaces", service("network_mode: host").replace("nginx", "aceberg/watchyourlan")],
    ["software whose ports are public", service("network_mode: host")],
    ["a neighbour with the same port", `${server("").slice(0, -1)}, b: {image: a, ports: ['5432:80']}}`],
    ["an image that is not known", service("network_mode: host").replace("nginx", "example/unknown")],
  ].map(([name = "", compose = ""]) => ({
    case: `no fix: ${name}`,
    compose,
    finds: ["services.web.network_mode"],
    first: ({ fix }: Finding) => expect(fix).toBeUndefined(),
  })),
]);
