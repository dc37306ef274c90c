import { dockerApiTcp } from "../src/rules/docker-api-tcp.js";
import { table } from "./table.js";

const engine = (more: string): string => `services: {dind: {image: 'docker:28-dind', ${more}}}`;
const client = (host: string, more = ""): string =>
  `services: {web: {image: a, environment: {DOCKER_HOST: '${host}'${more}}}}`;
const host = ["services.web.environment.DOCKER_HOST"];

table(dockerApiTcp, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "an engine with TLS", compose: engine("environment: {DOCKER_TLS_CERTDIR: /certs}"), finds: [] },
  {
    case: "an engine without TLS",
    compose: engine("environment: {DOCKER_TLS_CERTDIR: ''}"),
    finds: ["services.dind.environment.DOCKER_TLS_CERTDIR"],
  },
  {
    case: "the same in a list",
    compose: engine("environment: [DOCKER_TLS_CERTDIR=]"),
    finds: ["services.dind.environment.DOCKER_TLS_CERTDIR"],
  },
  {
    case: "a client of it",
    compose: "services: {web: {image: gitlab/gitlab-runner, environment: {DOCKER_TLS_CERTDIR: ''}}}",
    finds: [],
  },
  {
    case: "an engine that listens",
    compose: engine("command: dockerd -H tcp://0.0.0.0:2375"),
    finds: ["services.dind.command"],
  },
  {
    case: "an engine that listens with TLS",
    compose: engine("command: dockerd --tlsverify -H tcp://0.0.0.0:2376"),
    finds: [],
  },
  {
    case: "an engine that listens, without a scheme",
    compose: engine("command: [-H, '0.0.0.0:2375']"),
    finds: ["services.dind.command"],
  },
  { case: "an engine on its socket", compose: engine("command: -H unix:///run/a:2375"), finds: [] },
  {
    case: "Traefik's provider elsewhere",
    compose: "services: {web: {image: traefik, command: ['--providers.docker.endpoint=tcp://10.0.0.2:2375']}}",
    finds: ["services.web.command"],
  },
  {
    case: "Traefik's provider, a service",
    compose:
      "services: {proxy: {image: b}, web: {image: traefik, command: --providers.docker.endpoint=tcp://proxy:2375}}",
    finds: [],
  },
  { case: "a client elsewhere", compose: client("tcp://192.168.1.5:2375"), finds: host },
  { case: "a client with TLS", compose: client("tcp://192.168.1.5:2376", ", DOCKER_TLS_VERIFY: '1'"), finds: [] },
  { case: "a client by SSH", compose: client("ssh://me@server"), finds: [] },
  {
    case: "a client of a service, by its name on the network",
    compose:
      "services: {proxy: {image: b, networks: {default: {aliases: [engine]}}}, web: {image: a, environment: {DOCKER_HOST: 'tcp://engine:2375'}}}",
    finds: [],
  },
  {
    case: "a client of a service",
    compose: "services: {proxy: {image: b}, web: {image: a, environment: {DOCKER_HOST: 'tcp://proxy:2375'}}}",
    finds: [],
  },
  {
    case: "a client of a service by the name of a link",
    compose:
      "services: {proxy: {image: b}, web: {image: a, links: ['proxy:docker-proxy'], environment: {DOCKER_HOST: 'tcp://docker-proxy:2375'}}}",
    finds: [],
  },
  { case: "a variable", compose: client("${HOST:-tcp://10.0.0.1:2375}"), finds: host },
  { case: "wrong type", compose: "services: {web: {image: a, environment: 5}}", finds: [] },
  {
    case: "build only",
    compose: "services: {web: {build: ., environment: {DOCKER_HOST: 'tcp://10.0.0.1:2375'}}}",
    finds: host,
  },
  {
    case: "a proxy of another project, on a network of both",
    compose: "services: {web: {image: a, environment: {DOCKER_HOST: 'tcp://homelab-socket-proxy:2375'}}}",
    finds: [],
  },
]);
