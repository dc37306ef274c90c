import { expect } from "vitest";
import { controlSocket } from "../src/rules/control-socket.js";
import { type Case, table } from "./table.js";

const mount = (entry: string): string => `services:\n  web:\n    image: nginx\n    volumes:\n      - ${entry}\n`;
const first = ["services.web.volumes[0]"];
const weighs =
  (severity: string): Case["first"] =>
  (finding) =>
    expect(finding.severity).toBe(severity);
const proxy = (environment: string): string =>
  `services: {web: {image: tecnativa/docker-socket-proxy, environment: {${environment}}, volumes: ['/var/run/docker.sock:/var/run/docker.sock']}}`;

table(controlSocket, [
  { case: "no volumes", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "empty list", compose: "services: {web: {image: nginx, volumes: []}}", finds: [] },
  { case: "wrong type", compose: "services: {web: {image: nginx, volumes: {a: b}}}", finds: [] },
  {
    case: "short",
    compose: mount("/var/run/docker.sock:/var/run/docker.sock"),
    finds: first,
    first: weighs("critical"),
  },
  {
    case: "read-only",
    compose: mount("/var/run/docker.sock:/var/run/docker.sock:ro"),
    finds: first,
    first: weighs("critical"),
  },
  {
    case: "the root of the machine, for an ordinary user",
    compose: "services: {web: {image: 'prom/node-exporter:v1.9.1', volumes: ['/:/host:ro,rslave']}}",
    finds: [],
  },
  {
    case: "the root of the machine, for root",
    compose: "services: {web: {image: 'prom/node-exporter:v1.9.1', user: root, volumes: ['/:/host:ro,rslave']}}",
    finds: first,
  },
  {
    case: "the socket itself, for an ordinary user",
    compose:
      "services: {web: {image: 'prom/node-exporter:v1.9.1', volumes: ['/var/run/docker.sock:/var/run/docker.sock']}}",
    finds: first,
  },
  { case: "below a variable that nobody set", compose: mount("${DATA}/:/x"), finds: [] },
  { case: "a socket below a variable", compose: mount("$XDG_RUNTIME_DIR/docker.sock:/sock"), finds: first },
  { case: "another target", compose: mount("/run/docker.sock:/sock"), finds: first },
  { case: "long", compose: mount("{type: bind, source: /var/run/docker.sock, target: /s}"), finds: first },
  { case: "a path that is not clean", compose: mount("/var/run/../run/docker.sock:/s"), finds: first },
  { case: "podman", compose: mount("/run/user/1000/podman/podman.sock:/s"), finds: first },
  { case: "containerd", compose: mount("/run/containerd/containerd.sock:/s"), finds: first },
  { case: "the folder above", compose: mount("/var/run:/host/run:ro"), finds: first },
  { case: "the root folder", compose: mount("/:/host:ro"), finds: first },
  { case: "another folder in /run", compose: mount("/run/dbus:/run/dbus"), finds: [] },
  { case: "a socket of something else", compose: mount("/run/mysqld/mysqld.sock:/s"), finds: [] },
  { case: "a variable", compose: mount("${SOCK:-/var/run/docker.sock}:/s"), finds: first },
  {
    case: "a variable from .env",
    compose: { "compose.yaml": mount("${SOCK}:/s"), ".env": "SOCK=/srv/data\n" },
    finds: [],
  },
  {
    case: "a named volume that is a bind mount",
    compose: `${mount("engine:/s")}volumes: {engine: {driver_opts: {type: none, o: bind, device: /var/run/docker.sock}}}\n`,
    finds: first,
  },

  {
    case: "a volume of another driver, to which it is no path of the machine",
    compose: `${mount("engine:/s")}volumes: {engine: {driver: rexray/ebs, driver_opts: {o: bind, device: /var/run/docker.sock}}}\n`,
    finds: [],
  },
  {
    case: "a secret",
    compose: "services: {web: {image: a, secrets: [s]}}\nsecrets: {s: {file: /var/run/docker.sock}}",
    finds: ["services.web.secrets[0]"],
  },
  {
    case: "use_api_socket",
    compose: "services: {web: {image: a, use_api_socket: true}}",
    finds: ["services.web.use_api_socket"],
  },
  { case: "a proxy that reads", compose: proxy("CONTAINERS: 1"), finds: first, first: weighs("medium") },
  { case: "a proxy that writes", compose: proxy("POST: 1"), finds: first, first: weighs("critical") },
  {
    case: "a client of a proxy",
    compose: "services: {web: {image: a, environment: {DOCKER_HOST: 'tcp://proxy:2375'}}}",
    finds: [],
  },
  { case: "build only", compose: "services: {web: {build: ., volumes: ['/var/run/docker.sock:/s']}}", finds: first },
  {
    case: "merge key",
    compose: "x-v: &v {volumes: ['/var/run/docker.sock:/s']}\nservices: {web: {<<: *v, image: a}}",
    finds: first,
  },
  {
    case: "the socket that Docker Desktop keeps behind its own",
    compose: "services: {web: {image: a, volumes: ['/var/run/docker.sock.raw:/s']}}",
    finds: first,
  },
]);
