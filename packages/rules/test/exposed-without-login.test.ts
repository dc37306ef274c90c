import { expect, it } from "vitest";
import { profileAdvice } from "../src/advice/profile-advice.js";
import { checkWith } from "../src/check.js";
import { exposedWithoutLogin } from "../src/rules/exposed-without-login.js";
import { loadFiles, table } from "./table.js";

const of = (image: string, more: string): string => `services: {web: {image: "${image}", ${more}}}`;
const port = (entry: string): string => `ports: ["${entry}"]`;
const found = ["services.web.ports[0]"];

table(exposedWithoutLogin, [
  {
    case: "no login of its own",
    compose: of("ollama/ollama:0.12.3", port("11434:11434")),
    finds: found,
    first: ({ message }) =>
      expect(message).toBe("`web` (Ollama) has no login of its own and answers other machines on 11434"),
  },
  { case: "loopback", compose: of("ollama/ollama", port("127.0.0.1:11434:11434")), finds: [] },
  { case: "IPv6 loopback", compose: of("ollama/ollama", port("[::1]:11434:11434")), finds: [] },
  { case: "an address of the network", compose: of("ollama/ollama", port("192.168.1.2:11434:11434")), finds: found },
  { case: "not published", compose: of("ollama/ollama", "expose: ['11434']"), finds: [] },
  {
    case: "host network, Ollama kept to 127.0.0.1",
    compose: of("ollama/ollama", "network_mode: host, environment: ['OLLAMA_HOST=127.0.0.1:11434']"),
    finds: [],
  },
  { case: "host network", compose: of("ollama/ollama", "network_mode: host"), finds: ["services.web.network_mode"] },
  {
    case: "host network, kept to 127.0.0.1",
    compose: of(
      "mongo:7",
      "network_mode: host, entrypoint: [sh, -c], command: ['mongod --bind_ip 127.0.0.1 & mongosh --host 127.0.0.1']",
    ),
    finds: [],
  },
  {
    case: "host network, a client's address",
    compose: of(
      "mongo:7",
      "network_mode: host, entrypoint: [sh, -c], command: ['mongod --bind_ip_all & mongosh --host 127.0.0.1']",
    ),
    finds: ["services.web.network_mode"],
  },
  {
    case: "host network, 127.0.0.1 among others",
    compose: of("mongo:7", "network_mode: host, command: 'mongod --bind_ip 127.0.0.1,192.168.1.2'"),
    finds: ["services.web.network_mode"],
  },
  {
    case: "another container's network",
    compose: of("ollama/ollama", `network_mode: "container:x", ${port("1:11434")}`),
    finds: [],
  },
  { case: "an unknown image", compose: of("example/unknown", port("11434:11434")), finds: [] },
  { case: "build only", compose: "services: {web: {build: ., ports: ['11434:11434']}}", finds: [] },
  { case: "a mirror", compose: of("mirror.gcr.io/ollama/ollama", port("11434:11434")), finds: found },
  {
    case: "a key set",
    compose: of("qdrant/qdrant", `${port("6333:6333")}, environment: {QDRANT__SERVICE__API_KEY: x}`),
    finds: [],
  },
  {
    case: "a key in list form",
    compose: of("qdrant/qdrant", `${port("6333:6333")}, environment: [QDRANT__SERVICE__API_KEY=x]`),
    finds: [],
  },
  {
    case: "an empty key",
    compose: of("qdrant/qdrant", `${port("6333:6333")}, environment: {QDRANT__SERVICE__API_KEY: ""}`),
    finds: found,
  },
  {
    case: "a key from a variable that is not at hand",
    compose: of(
      "qdrant/qdrant",
      `${port("6333:6333")}, environment: {QDRANT__SERVICE__API_KEY: "$${"{KEY}"}"}`.replace("$$", "$"),
    ),
    finds: [],
  },
  {
    case: "a key passed through",
    compose: of("qdrant/qdrant", `${port("6333:6333")}, environment: [QDRANT__SERVICE__API_KEY]`),
    finds: [],
  },
  {
    case: "a configuration file mounted",
    compose: of("qdrant/qdrant", `${port("6333:6333")}, volumes: ["./c.yaml:/qdrant/config/production.yaml"]`),
    finds: [],
  },
  {
    case: "an env file that is missing",
    compose: of("qdrant/qdrant", `${port("6333:6333")}, env_file: q.env`),
    finds: [],
  },
  {
    case: "an env file with the key",
    compose: {
      "compose.yaml": of("qdrant/qdrant", `${port("6333:6333")}, env_file: q.env`),
      "q.env": "QDRANT__SERVICE__API_KEY=x\n",
    },
    finds: [],
  },
  {
    case: "an env file without it",
    compose: { "compose.yaml": of("qdrant/qdrant", `${port("6333:6333")}, env_file: q.env`), "q.env": "A=b\n" },
    finds: found,
  },
  {
    case: "a password by option",
    compose: of("redis:8", `${port("6379:6379")}, command: redis-server --requirepass x`),
    finds: [],
  },
  {
    case: "one half of a login",
    compose: of("mintplexlabs/anythingllm", `${port("3001:3001")}, environment: {JWT_SECRET: x}`),
    finds: found,
  },
  {
    case: "both halves",
    compose: of("mintplexlabs/anythingllm", `${port("3001:3001")}, environment: {JWT_SECRET: x, AUTH_TOKEN: y}`),
    finds: [],
  },
  {
    case: "a setting as a variable",
    compose: of(
      "milvusdb/milvus:v2.6.3",
      `${port("19530:19530")}, environment: {common.security.authorizationEnabled: "true"}`,
    ),
    finds: [],
  },
  {
    case: "the same, switched off",
    compose: of(
      "milvusdb/milvus:v2.6.3",
      `${port("19530:19530")}, environment: {COMMON_SECURITY_AUTHORIZATIONENABLED: "false"}`,
    ),
    finds: found,
  },
  {
    case: "a switch with a default",
    compose: of("langflowai/langflow", `${port("7860:7860")}, environment: {LANGFLOW_AUTO_LOGIN: "false"}`),
    finds: [],
  },
  {
    case: "the default written out",
    compose: of("langflowai/langflow", `${port("7860:7860")}, environment: {LANGFLOW_AUTO_LOGIN: "true"}`),
    finds: found,
  },
  {
    case: "a login switched off",
    compose: of("ghcr.io/open-webui/open-webui", `${port("3000:8080")}, environment: {WEBUI_AUTH: "False"}`),
    finds: found,
  },
  {
    case: "a login that everyone knows",
    compose: of("grafana/grafana", port("3000:3000")),
    finds: found,
    first: ({ message }) => expect(message).toContain("everyone knows"),
  },
  { case: "a version before accounts", compose: of("flowiseai/flowise:2.2.0", port("3000:3000")), finds: found },
  { case: "a version with accounts", compose: of("flowiseai/flowise:3.0.4", port("3000:3000")), finds: [] },
  { case: "a version with a login of its own", compose: of("chromadb/chroma:0.6.3", port("8000:8000")), finds: [] },
  { case: "what visitors are meant to see", compose: of("searxng/searxng", port("8080:8080")), finds: [] },
  {
    case: "the proxy's ports beside its open dashboard",
    compose: of("traefik:v3.5", "ports: ['8080:8080', '80:80', '443:443'], command: [--api.insecure=true]"),
    finds: found,
  },
  { case: "udp", compose: of("ollama/ollama", port("11434:11434/udp")), finds: [] },
  {
    case: "merge key",
    compose: "x-p: &p {ports: ['11434:11434']}\nservices: {web: {<<: *p, image: ollama/ollama}}",
    finds: found,
  },
  {
    case: "extends",
    compose: "services: {base: {image: ollama/ollama}, web: {extends: base, ports: ['11434:11434']}}",
    finds: found,
  },
  {
    case: "override file",
    compose: {
      "compose.yaml": of("ollama/ollama", port("127.0.0.1:1:11434")),
      "override.yaml": "services: {web: {ports: ['11434:11434']}}",
    },
    finds: ["services.web.ports[1]"],
  },
  {
    case: "a settings file that has no login in it",
    compose: of("prom/prometheus", `${port("9090:9090")}, command: [--config.file=/etc/prometheus/prometheus.yml]`),
    finds: found,
  },
  {
    case: "the option for the file that has one",
    compose: of("prom/prometheus", `${port("9090:9090")}, command: [--web.config.file=/etc/prometheus/web.yml]`),
    finds: [],
  },
  {
    case: "folders beside the settings file",
    compose: of("grafana/grafana", `${port("3000:3000")}, volumes: ['./p:/etc/grafana/provisioning:ro']`),
    finds: found,
  },
  {
    case: "the settings file as a config",
    compose: `configs: {g: {file: ./g.ini}}\n${of("grafana/grafana", `${port("3000:3000")}, configs: [{source: g, target: /etc/grafana/grafana.ini}]`)}`,
    finds: [],
  },
  {
    case: "the folder of the settings file",
    compose: of("grafana/grafana", `${port("3000:3000")}, volumes: ['./g:/etc/grafana/']`),
    finds: [],
  },
  {
    case: "a cache whose env file is missing, and sets no password",
    compose: of("redis:8", `env_file: [nowhere.env], ${port("6379:6379")}`),
    finds: found,
  },
  {
    case: "a database whose env file is missing, and may set one",
    compose: of("mongo:8", `env_file: [nowhere.env], ${port("27017:27017")}`),
    finds: [],
  },
  {
    case: "one of two ports",
    compose: of("ghcr.io/blakeblackshear/frigate:0.17.1", "ports: ['8971:8971', '5000:5000', '8555:8555']"),
    finds: ["services.web.ports[1]"],
  },
  {
    case: "files of the machine are no settings",
    compose: of("nicolargo/glances", `${port("61208:61208")}, volumes: ['/etc/os-release:/etc/os-release:ro']`),
    finds: found,
  },
  {
    case: "a password among the options of a variable",
    compose: of("nicolargo/glances", `${port("61208:61208")}, environment: [GLANCES_OPT=-w --password]`),
    finds: [],
  },
  {
    case: "a tool for a cache",
    compose: of("rediscommander/redis-commander:latest", port("8084:8081")),
    finds: found,
  },
  {
    case: "a tool for a cache, with a password",
    compose: of("rediscommander/redis-commander:latest", `environment: [HTTP_PASSWORD=x], ${port("8084:8081")}`),
    finds: [],
  },
  {
    case: "a dashboard on another entry point",
    compose: of(
      "traefik:v3.5",
      `command: [--api.insecure=true, --entrypoints.web.address=:80, "--entrypoints.traefik.address=:8088"], ports: ['80:80', '8088:8088']`,
    ),
    finds: ["services.web.ports[1]"],
  },
  { case: "a cache", compose: of("memcached:1.6", port("11211:11211")), finds: found },
  { case: "a cache with SASL", compose: of("memcached:1.6", `${port("11211:11211")}, command: [-S]`), finds: [] },
  {
    case: "machine learning of Immich",
    compose: of("ghcr.io/immich-app/immich-machine-learning:v2", port("3003:3003")),
    finds: found,
  },
  { case: "before security was the default", compose: of("elasticsearch:7.17.11", port("9200:9200")), finds: found },
  {
    case: "before it was the default, switched on",
    compose: of("elasticsearch:7.17.11", `${port("9200:9200")}, environment: [xpack.security.enabled=true]`),
    finds: [],
  },
  ...["", "environment: {LITELLM_MASTER_KEY: ''}, "].map((settings) => ({
    case: `a gateway of an old release: ${settings}`,
    compose: of("ghcr.io/berriai/litellm:main-v1.70.1-stable", `${settings}${port("4000:4000")}`),
    finds: found,
  })),
  {
    case: "a gateway of an old release, with a key",
    compose: of(
      "ghcr.io/berriai/litellm:main-v1.70.1-stable",
      `environment: {LITELLM_MASTER_KEY: sk-Hs72jsQ0}, ${port("4000:4000")}`,
    ),
    finds: [],
  },
  {
    case: "a gateway of an old release, with settings that are not at hand",
    compose: of("ghcr.io/berriai/litellm:v1.70.1", `volumes: ['./c.yaml:/app/config.yaml'], ${port("4000:4000")}`),
    finds: [],
  },
  {
    case: "a gateway that does not start without a key",
    compose: of("ghcr.io/berriai/litellm:main-latest", port("4000:4000")),
    finds: [],
  },
  { case: "since it is the default", compose: of("elasticsearch:8.15.0", port("9200:9200")), finds: [] },
  {
    case: "listeners without a login",
    compose: of(
      "confluentinc/cp-kafka:7.5.0",
      `${port("9092:9092")}, environment: {KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "A:PLAINTEXT,B:PLAINTEXT"}`,
    ),
    finds: found,
  },
  {
    case: "a listener with a login",
    compose: of(
      "confluentinc/cp-kafka:7.5.0",
      `${port("9092:9092")}, environment: {KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "A:PLAINTEXT,B:SASL_PLAINTEXT"}`,
    ),
    finds: [],
  },
  { case: "the pages of a mail catcher", compose: of("axllent/mailpit:v1.20", port("8025:8025")), finds: found },
  { case: "its port for mail", compose: of("axllent/mailpit:v1.20", port("1025:1025")), finds: [] },
  {
    case: "a known server in an image of one's own, on a port of one's own",
    compose: of("local-ai:latest", `${port("8093:8090")}, entrypoint: [llama-server], command: [--port, "8090"]`),
    finds: found,
  },
  {
    case: "the same with a key",
    compose: of(
      "local-ai:latest",
      `${port("8090:8090")}, entrypoint: [llama-server], command: [--port, "8090", --api-key, x]`,
    ),
    finds: [],
  },
  {
    case: "a script that writes the settings itself",
    compose: `services:
  nats:
    image: nats:2-alpine
    ports: ["4222:4222"]
    entrypoint: [/bin/sh, -c]
    command:
      - |
        echo 'authorization { token: $$T }' > /tmp/nats.conf
        exec nats-server -c /tmp/nats.conf
`,
    finds: [],
  },
  {
    case: "a script without a file of settings",
    compose: "services: {nats: {image: 'nats:2-alpine', ports: ['4222:4222'], entrypoint: [sh, -c, exec nats-server]}}",
    finds: ["services.nats.ports[0]"],
  },
  {
    case: "the port in a variable that nobody set",
    compose: of("ollama/ollama", port("${OLLAMA_PORT:-}:11434")),
    finds: found,
    first: ({ message }) => expect(message).toContain("on the port in `${OLLAMA_PORT}` (11434 inside)"),
  },
  {
    case: "a desktop in a browser",
    compose: of("lscr.io/linuxserver/webtop:ubuntu-xfce", port("3000:3000")),
    finds: found,
  },
  {
    case: "a desktop with a password from a file",
    compose: of(
      "lscr.io/linuxserver/webtop",
      `${port("3000:3000")}, environment: {FILE__PASSWORD: /run/secrets/p}, volumes: ['./c:/config']`,
    ),
    finds: [],
  },
  {
    case: "a login that the maker publishes",
    compose: of("lscr.io/linuxserver/calibre-web", `${port("8083:8083")}, volumes: ['./c:/config']`),
    finds: found,
    first: ({ message }) => expect(message).toContain("starts with a login that everyone knows"),
  },
  {
    case: "the same, given another",
    compose: of("nzbgetcom/nzbget", `${port("6789:6789")}, environment: {NZBGET_PASS: gF7kq2Lw}`),
    finds: [],
  },
  {
    case: "the same, given the published one",
    compose: of("nzbgetcom/nzbget", `${port("6789:6789")}, environment: {NZBGET_PASS: tegbzn6789}`),
    finds: found,
  },
  {
    case: "File Browser before it made up its password",
    compose: of("filebrowser/filebrowser:v2.23.0", port("8080:80")),
    finds: found,
  },
  { case: "File Browser since", compose: of("filebrowser/filebrowser:v2.40.0", port("8080:80")), finds: [] },
  {
    case: "File Browser with a password of one's own",
    compose: of("filebrowser/filebrowser:v2.23.0", `${port("8080:80")}, command: --password $$2a$$10$$x`),
    finds: [],
  },
  {
    case: "visitors spend a key",
    compose: of("yidadaa/chatgpt-next-web", `${port("3000:3000")}, environment: [OPENAI_API_KEY=sk-x]`),
    finds: found,
    first: ({ risk }) => expect(risk).toContain("visitors spend the key"),
  },
  {
    case: "visitors spend a key that is not at hand",
    compose: of("yidadaa/chatgpt-next-web", `${port("3000:3000")}, environment: [OPENAI_API_KEY]`),
    finds: found,
  },
  { case: "visitors bring a key", compose: of("yidadaa/chatgpt-next-web", port("3000:3000")), finds: [] },
  {
    case: "visitors bring a key, where its variable is left empty",
    compose: of("lobehub/lobe-chat:1.143.3", `${port("3210:3210")}, environment: {OPENAI_API_KEY: ""}`),
    finds: [],
  },
  {
    case: "visitors who know the code spend a key",
    compose: of("lobehub/lobe-chat", `${port("3210:3210")}, environment: {OPENAI_API_KEY: sk-x, ACCESS_CODE: y}`),
    finds: [],
  },
  { case: "InfluxDB 1 asks nobody", compose: of("influxdb:1.8", port("8086:8086")), finds: found },
  {
    case: "InfluxDB 1 told to ask",
    compose: of("influxdb:1.8", `${port("8086:8086")}, environment: {INFLUXDB_HTTP_AUTH_ENABLED: "true"}`),
    finds: [],
  },
  { case: "InfluxDB 2 has a first page", compose: of("influxdb:2", port("8086:8086")), finds: [] },
  {
    case: "Nginx Proxy Manager before its first page",
    compose: of("jc21/nginx-proxy-manager:2.11.3", port("81:81")),
    finds: found,
    first: ({ message }) => expect(message).toContain("starts with a login that everyone knows"),
  },
  {
    case: "Nginx Proxy Manager with a password of one's own",
    compose: of("jc21/nginx-proxy-manager:2.12.0", `${port("81:81")}, environment: {INITIAL_ADMIN_PASSWORD: x}`),
    finds: [],
  },
  { case: "Nginx Proxy Manager since", compose: of("jc21/nginx-proxy-manager", port("81:81")), finds: [] },
  { case: "Crawl4AI before 0.9", compose: of("unclecode/crawl4ai:0.8.6", port("11235:11235")), finds: found },
  { case: "Crawl4AI since", compose: of("unclecode/crawl4ai:0.9.3", port("11235:11235")), finds: [] },
  { case: "everyone is admin of CouchDB 2", compose: of("couchdb:2.3", port("5984:5984")), finds: found },
  { case: "CouchDB 3", compose: of("couchdb:3", port("5984:5984")), finds: [] },
  {
    case: "ClickHouse's default user without a password",
    compose: of(
      "clickhouse/clickhouse-server",
      `${port("8123:8123")}, environment: {CLICKHOUSE_DEFAULT_ACCESS_MANAGEMENT: 1}`,
    ),
    finds: found,
  },
  {
    case: "a server known by its command",
    compose: "services: {web: {build: ., ports: ['5000:5000'], command: mlflow server --host 0.0.0.0}}",
    finds: found,
  },
  {
    case: "that server with a login",
    compose: "services: {web: {build: ., ports: ['5000:5000'], command: mlflow server --app-name basic-auth}}",
    finds: [],
  },
  {
    case: "Ray runs anybody's code",
    compose: of("rayproject/ray:2.40.0", `${port("8265:8265")}, command: ray start --head --block`),
    finds: found,
  },
  {
    case: "Ray with a token",
    compose: of("rayproject/ray:2.52.0", `${port("8265:8265")}, environment: {RAY_AUTH_MODE: token}`),
    finds: [],
  },
  { case: "Nacos 2", compose: of("nacos/nacos-server:v2.5.1", port("8848:8848")), finds: found },
  {
    case: "Nacos 2 told to ask",
    compose: of("nacos/nacos-server:v2.5.1", `${port("8848:8848")}, environment: {NACOS_AUTH_ENABLE: "true"}`),
    finds: [],
  },
  { case: "Nacos 3", compose: of("nacos/nacos-server:v3.0.1", port("8848:8848")), finds: [] },
  {
    case: "Technitium's console, not its DNS",
    compose: of("technitium/dns-server", "ports: ['53:53/udp', '5380:5380']"),
    finds: ["services.web.ports[1]"],
  },
  {
    case: "Hasura with a secret on its command line",
    compose: of(
      "hasura/graphql-engine:v2.48.0",
      `${port("8080:8080")}, command: graphql-engine serve --admin-secret x`,
    ),
    finds: [],
  },
  {
    case: "etcd, whose login is switched on inside",
    compose: of("quay.io/coreos/etcd:v3.5.16", port("2379:2379")),
    finds: found,
    first: ({ severity }) => expect(severity).toBe("medium"),
  },
  {
    case: "etcd with certificates",
    compose: of("quay.io/coreos/etcd:v3.5.16", `${port("2379:2379")}, command: etcd --client-cert-auth`),
    finds: [],
  },
  {
    case: "a proxy of the engine's socket",
    compose: of("tecnativa/docker-socket-proxy", port("2375:2375")),
    finds: found,
  },
  {
    case: "a login of Solr stands in its data, or nowhere",
    compose: of("solr:9", `${port("8983:8983")}, volumes: ['data:/var/solr']`).replace(/$/, "\nvolumes: {data: }\n"),
    finds: found,
    first: ({ message }) => expect(message).toContain("asks for no login until one is made in it"),
  },
  {
    case: "Solr with a login at hand",
    compose: of("solr:9", `${port("8983:8983")}, volumes: ['./security.json:/var/solr/data/security.json']`),
    finds: [],
  },
  {
    case: "Spark's master, not its page",
    compose: of("apache/spark:3.5.1", "ports: ['8080:8080', '7077:7077']"),
    finds: ["services.web.ports[1]"],
  },
  {
    case: "a login is made in the software, or none",
    compose: of("nodered/node-red:4.0", `${port("1880:1880")}, volumes: ['data:/data']`).replace(
      /\}$/,
      "}\nvolumes: {data: {}}",
    ),
    finds: found,
    first: ({ message, severity }) => {
      expect(message).toBe(
        "`web` (Node-RED) asks for no login until one is made in it and answers other machines on 1880",
      );
      expect(severity).toBe("medium");
    },
  },
  {
    case: "the same with a switch in the environment",
    compose: of("dgtlmoon/changedetection.io", `${port("5000:5000")}, environment: {SALTED_PASS: "Zm9v"}`),
    finds: [],
  },
  {
    case: "logs for everybody",
    compose: of("grafana/loki:3.5", `${port("3100:3100")}, volumes: ['./l:/etc/loki']`),
    finds: found,
  },
  {
    case: "a terminal",
    compose: of("tsl0922/ttyd:1.7.7", `${port("7681:7681")}, command: ttyd -W bash`),
    finds: found,
  },
  {
    case: "a terminal with a password",
    compose: of("tsl0922/ttyd:1.7.7", `${port("7681:7681")}, command: "ttyd -c a:b bash"`),
    finds: [],
  },
  { case: "InfluxDB before 2.0", compose: of("influxdb:1.8", port("8086:8086")), finds: found },
  {
    case: "the same with its login on",
    compose: of("influxdb:1.8", `${port("8086:8086")}, environment: {INFLUXDB_HTTP_AUTH_ENABLED: "true"}`),
    finds: [],
  },
  { case: "InfluxDB since", compose: of("influxdb:2.7", port("8086:8086")), finds: [] },
  {
    case: "a desktop with a password that the maker publishes",
    compose: of("consol/debian-xfce-vnc", port("6901:6901")),
    finds: found,
  },
  {
    case: "an agent for one person",
    compose: of("ghcr.io/all-hands-ai/openhands:0.50", port("3000:3000")),
    finds: found,
  },
  {
    case: "documents for whoever has the key",
    compose: of(
      "quay.io/docling-project/docling-serve",
      `${port("5001:5001")}, environment: {DOCLING_SERVE_API_KEY: x}`,
    ),
    finds: [],
  },
  { case: "a gateway to desktops", compose: of("guacamole/guacamole:1.6.0", port("8080:8080")), finds: found },
  {
    case: "the same, with users from elsewhere",
    compose: of("guacamole/guacamole:1.6.0", `${port("8080:8080")}, environment: {LDAP_HOSTNAME: ldap}`),
    finds: [],
  },
  { case: "its dashboard", compose: of("netdata/netdata", port("19999:19999")), finds: found },
  { case: "mail of all services", compose: of("sj26/mailcatcher", port("1080:1080")), finds: found },
  { case: "its port to take them", compose: of("sj26/mailcatcher", port("1025:1025")), finds: [] },
  {
    case: "traces, with a login",
    compose: of("arizephoenix/phoenix", `${port("6006:6006")}, environment: {PHOENIX_ENABLE_AUTH: "True"}`),
    finds: [],
  },
  { case: "a cluster's page", compose: of("provectuslabs/kafka-ui", port("8080:8080")), finds: found },
  {
    case: "a cluster's page with a login",
    compose: of("provectuslabs/kafka-ui", `${port("8080:8080")}, environment: {AUTH_TYPE: LOGIN_FORM}`),
    finds: [],
  },
  ...[
    ["MongoDB with a login", "mongo:7", "27017:27017", ", command: --auth", 0],
    ["MongoDB with a key of its set", "mongo:7", "27017:27017", ", command: [--replSet, r, --keyFile, /k]", 0],
    ["SGLang", "lmsysorg/sglang:v0.5", "30000:30000", "", 1],
    ["SGLang with a key", "lmsysorg/sglang:v0.5", "30000:30000", ", command: '--api-key ${KEY}'", 0],
    ["an old Xinference", "xprobe/xinference:v1.9.0", "9997:9997", "", 1],
    ["an old Xinference with users", "xprobe/xinference:v1.9.0", "9997:9997", ", command: --auth-config /u.json", 0],
    ["a new Xinference", "xprobe/xinference:v3.0.0", "9997:9997", "", 0],
  ].map(([name, image, published, more, count]) => ({
    case: String(name),
    compose: of(String(image), `${port(String(published))}${more}`),
    finds: count === 1 ? ["services.web.ports[0]"] : [],
  })),
]);

it.each([
  ["a login is set", "module.exports = { adminAuth: {} }"],
  ["login-switched-off tells it", "module.exports = {}"],
])("exposed-without-login: the settings are at hand: %s", (_, text) => {
  const compose = of("nodered/node-red:4.0", `${port("1880:1880")}, volumes: ['./n:/data']`);
  const read = (path: string) =>
    path === "/project/n/settings.js" ? { kind: "file" as const, text } : { kind: "missing" as const };
  expect(checkWith([exposedWithoutLogin], loadFiles(compose), {}, profileAdvice, read)).toEqual([]);
});
