import { expect } from "vitest";
import { publishedOnAllInterfaces } from "../src/rules/published-on-all-interfaces.js";
import { type Case, table } from "./table.js";

const port = (entry: string): string => `services:\n  web:\n    image: nginx\n    ports:\n      - ${entry}\n`;
const first = "services.web.ports[0]";
const by =
  (host_ip: string): Case["first"] =>
  ({ fix }) =>
    expect(fix?.intents).toMatchObject([{ op: "replace", path: ["services", "web", "ports"], by: { host_ip } }]);
const grade =
  (applicability: "safe" | "unsafe", caveat?: RegExp): Case["first"] =>
  ({ fix }) => {
    expect(fix?.applicability).toBe(applicability);
    if (caveat !== undefined) expect(fix?.applicability === "unsafe" ? fix.caveat : "").toMatch(caveat);
  };

const image = (name: string, target: number): string =>
  `services: {a: {image: ${name}, ports: ["${target}:${target}"]}}`;

table(publishedOnAllInterfaces, [
  { case: "an address that must be given", compose: port("'${HOST_IP:?}:80:80'"), finds: [] },
  { case: "an address that may be missing", compose: port("'${HOST_IP}:80:80'"), finds: [first] },
  { case: "a number that must be given", compose: port("'${PORT:?}:80'"), finds: [first] },
  {
    case: "an address of the network in a sibling's settings",
    compose:
      "services: {a: {image: x, ports: ['6383:6383']}, b: {image: x, environment: {NODES: '192.168.1.1:6382 192.168.1.1:6383'}}}",
    finds: ["services.a.ports[0]"],
    first: grade("unsafe", /host's address/),
  },
  {
    case: "the address to listen on",
    compose: "services: {a: {image: x, ports: ['6383:6383'], environment: {LISTEN: '0.0.0.0:6383 127.0.0.1:6383'}}}",
    finds: ["services.a.ports[0]"],
    first: grade("safe"),
  },
  {
    case: "what a number is known for",
    compose: image("local/build", 9093),
    finds: ["services.a.ports[0]"],
    first: ({ message, risk }) =>
      expect([message, risk]).toEqual([expect.stringContaining("(Kafka)"), expect.stringContaining("a broker")]),
  },
  {
    case: "the same number of software known for something else",
    compose: image("prom/alertmanager", 9093),
    finds: ["services.a.ports[0]"],
    first: ({ message }) => expect(message).not.toContain("Kafka"),
  },
  { case: "no ports", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "empty list", compose: "services: {web: {image: nginx, ports: []}}", finds: [] },
  { case: "wrong type", compose: "services: {web: {image: nginx, ports: {a: 1}}}", finds: [] },
  { case: "only expose", compose: "services: {web: {image: nginx, expose: ['80']}}", finds: [] },
  { case: "no address", compose: port('"8080:80"'), finds: [first], first: by("127.0.0.1") },
  { case: "0.0.0.0", compose: port('"0.0.0.0:8080:80"'), finds: [first], first: by("127.0.0.1") },
  { case: "[::]", compose: port('"[::]:8080:80"'), finds: [first], first: by("::1") },
  { case: ":: spelled out", compose: port('"[0:0:0:0:0:0:0:0]:8080:80"'), finds: [first], first: by("::1") },
  { case: "mapped 0.0.0.0", compose: port('"[::ffff:0.0.0.0]:8080:80"'), finds: [first], first: by("127.0.0.1") },
  { case: "empty address from a variable", compose: port('"${BIND}:8080:80"'), finds: [first] },
  { case: "container port alone", compose: port('"80"'), finds: [first], first: grade("safe") },
  { case: "a number", compose: port("9090"), finds: [first] },
  { case: "a number that YAML 1.1 reads as base 60", compose: port("33:22"), finds: [first] },
  { case: "udp", compose: port('"8080:80/udp"'), finds: [first] },
  {
    case: "a range is one entry",
    compose: port('"3000-3002:3000-3002"'),
    finds: [first],
    first: ({ fix, message }) => {
      expect(fix?.intents).toHaveLength(3);
      expect(message).toContain("3000-3002");
    },
  },
  { case: "a host range for one port", compose: port('"3000-3002:80"'), finds: [first] },
  { case: "long syntax", compose: port("{target: 80, published: 8080}"), finds: [first], first: by("127.0.0.1") },
  {
    case: "long syntax with 0.0.0.0",
    compose: port('{target: 80, published: "8080", host_ip: 0.0.0.0}'),
    finds: [first],
  },
  { case: "loopback", compose: port('"127.0.0.1:8080:80"'), finds: [] },
  { case: "another loopback address", compose: port('"127.1.2.3:8080:80"'), finds: [] },
  { case: "IPv6 loopback", compose: port('"[::1]:8080:80"'), finds: [] },
  { case: "an address of the LAN", compose: port('"192.168.0.10:8080:80"'), finds: [] },
  {
    case: "a network whose ports are bound to loopback by default",
    compose: `${port('"8080:80"')}networks: {default: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: 127.0.0.1}}}\n`,
    finds: [],
  },
  {
    case: "every interface by name on such a network",
    compose: `${port('"0.0.0.0:8080:80"')}networks: {default: {driver_opts: {com.docker.network.bridge.host_binding_ipv4: 127.0.0.1}}}\n`,
    finds: [first],
  },
  { case: "a variable with a loopback default", compose: port('"${BIND:-127.0.0.1}:8080:80"'), finds: [] },
  {
    case: "that variable set in .env",
    compose: { "compose.yaml": port('"${BIND:-127.0.0.1}:8080:80"'), ".env": "BIND=0.0.0.0\n" },
    finds: [first],
  },
  { case: "a variable for the port", compose: port('"${PORT:-8080}:80"'), finds: [first], first: by("127.0.0.1") },
  {
    case: "host network: ports are void",
    compose: "services: {web: {image: nginx, network_mode: host, ports: ['80:80']}}",
    finds: [],
  },
  {
    case: "another service's network",
    compose: "services: {vpn: {image: a}, web: {image: nginx, network_mode: 'service:vpn', ports: ['80:80']}}",
    finds: [],
  },
  {
    case: "Swarm's mode: host",
    compose: port("{target: 80, published: 8080, mode: host}"),
    finds: [first],
    first: grade("unsafe", /docker stack deploy/),
  },
  { case: "a web port of one's own choice", compose: port('"8080:80"'), finds: [first], first: grade("safe") },
  { case: "the web's own port", compose: port('"80:80"'), finds: [first], first: grade("unsafe", /HTTP/) },
  { case: "https on another port", compose: port('"8443:443"'), finds: [first], first: grade("unsafe") },
  {
    case: "an ambiguous number, and the image decides",
    compose: "services: {a: {image: ipfs/kubo, ports: ['4001:4001']}, b: {image: ontime, ports: ['4001:4001']}}",
    finds: ["services.a.ports[0]", "services.b.ports[0]"],
    first: grade("unsafe", /IPFS/),
  },
  { case: "DNS", compose: port('"53:53/udp"'), finds: [first], first: grade("unsafe", /DNS/) },
  { case: "VPN", compose: port('"51820:51820/udp"'), finds: [first], first: grade("unsafe") },
  {
    case: "UDP that nothing is known of",
    compose: port('"4600:4600/udp"'),
    finds: [first],
    first: grade("unsafe", /UDP/),
  },
  {
    case: "a port that the image has for other machines",
    compose: "services: {web: {image: 'rhasspy/wyoming-piper:1', ports: ['10200:10200']}}",
    finds: [first],
    first: grade("unsafe", /Wyoming/),
  },
  {
    case: "a proxy's entrance under another number",
    compose: "services: {web: {image: 'traefik:v3.5', ports: ['8088:80']}}",
    finds: [first],
    first: grade("unsafe", /Traefik/),
  },
  {
    case: "the proxy's own pages",
    compose: "services: {web: {image: 'traefik:v3.5', ports: ['8090:8080']}}",
    finds: [first],
    first: grade("safe"),
  },
  {
    case: "a range that covers a mail port",
    compose: port('"580-590:580-590"'),
    finds: [first],
    first: grade("unsafe", /SMTP/),
  },
  {
    case: "a sibling calls it through the host",
    compose: `${port('"11434:11434"')}  app: {image: app, environment: {URL: "http://host.docker.internal:11434"}}\n`,
    finds: [first],
    first: grade("unsafe", /loopback/),
  },
  {
    case: "a database weighs more",
    compose: `services: {web: {image: local/db, ports: ["5433:5432"]}}`,
    finds: [first],
    first: ({ severity, message }) => {
      expect(severity).toBe("high");
      expect(message).toContain("PostgreSQL");
    },
  },
  {
    case: "published on loopback as well",
    compose: "services: {web: {image: nginx, ports: ['8080:80', '127.0.0.1:8080:80']}}",
    finds: [first],
    first: ({ fix }) => expect(fix?.intents).toMatchObject([{ op: "drop" }]),
  },
  {
    case: "option bind",
    compose: port('"8080:80"'),
    options: { bind: "${BIND_ADDR:-127.0.0.1}" },
    finds: [first],
    first: ({ fix }) =>
      expect(fix?.intents).toMatchObject([
        { by: { host_ip: "127.0.0.1" }, written: { host_ip: "${BIND_ADDR:-127.0.0.1}" } },
      ]),
  },
  {
    case: "anchor and alias",
    compose: "x-p: &p ['8080:80']\nservices: {web: {image: nginx, ports: *p}}",
    finds: [first],
  },
  {
    case: "merge key",
    compose: "x-p: &p {ports: ['8080:80']}\nservices: {web: {<<: *p, image: nginx}}",
    finds: [first],
  },
  {
    case: "extends",
    compose: "services: {base: {image: a, ports: ['127.0.0.1:1:1']}, web: {extends: base, ports: ['8080:80']}}",
    finds: ["services.web.ports[1]"],
  },
  {
    case: "override file",
    compose: { "compose.yaml": port('"127.0.0.1:8080:80"'), "override.yaml": port('"8081:80"') },
    finds: ["services.web.ports[1]"],
  },
  { case: "build only", compose: "services: {web: {build: ., ports: ['8080:80']}}", finds: [first] },
  {
    case: "an inactive profile",
    compose: "services: {web: {image: nginx, profiles: [debug], ports: ['8080:80']}}",
    finds: [first],
  },
  {
    case: "a variable that nobody set",
    compose: port('"${WEB_PORT}:80"'),
    finds: [first],
    first: ({ message }) => expect(message).toBe("`web` publishes 80 on the port in `${WEB_PORT}` of every interface"),
  },
  {
    case: "a variable whose default is a random port",
    compose: "services: {web: {image: a, ports: ['${PORT_MAPPING:-:8000}']}}",
    finds: ["services.web.ports[0]"],
    first: ({ message }) => expect(message).toContain("random port"),
  },
]);
