import { formatPath } from "@compose-harden/model";
import { expect, it } from "vitest";
import { profileAdvice } from "../src/advice/profile-advice.js";
import { checkWith } from "../src/check.js";
import { loginSwitchedOff } from "../src/rules/login-switched-off.js";
import { loadFiles, table } from "./table.js";

const of = (image: string, more: string): string => `services: {web: {image: "${image}", ${more}}}`;
const webui = "ghcr.io/open-webui/open-webui";
const jupyter = "quay.io/jupyter/base-notebook";
const env = (name: string): readonly string[] => [`services.web.environment.${name}`];

table(loginSwitchedOff, [
  { case: "map form", compose: of(webui, "environment: {WEBUI_AUTH: 'False'}"), finds: env("WEBUI_AUTH") },
  { case: "list form", compose: of(webui, "environment: [WEBUI_AUTH=False]"), finds: env("WEBUI_AUTH") },
  { case: "a YAML boolean", compose: of(webui, "environment: {WEBUI_AUTH: false}"), finds: env("WEBUI_AUTH") },
  { case: "another case", compose: of(webui, "environment: [WEBUI_AUTH=FALSE]"), finds: env("WEBUI_AUTH") },
  { case: "switched on", compose: of(webui, "environment: [WEBUI_AUTH=True]"), finds: [] },
  {
    case: "the name that stands in the file",
    compose: of("opensearchproject/opensearch", "environment: ['plugins.security.disabled=true']"),
    finds: ['services.web.environment["plugins.security.disabled"]'],
    first: ({ message }) => expect(message).toContain("sets `plugins.security.disabled`:"),
  },
  { case: "absent", compose: of(webui, "environment: [A=b]"), finds: [] },
  {
    case: "a proxy's header instead",
    compose: of(webui, "environment: [WEBUI_AUTH=False, WEBUI_AUTH_TRUSTED_EMAIL_HEADER=X-Email]"),
    finds: [],
  },
  {
    case: "a default in the file",
    compose: of(webui, 'environment: ["WEBUI_AUTH=${AUTH:-False}"]'),
    finds: env("WEBUI_AUTH"),
  },
  { case: "a variable that is not at hand", compose: of(webui, 'environment: ["WEBUI_AUTH=${AUTH}"]'), finds: [] },
  { case: "passed through", compose: of(webui, "environment: [WEBUI_AUTH]"), finds: [] },
  {
    case: "Bitnami's variable",
    compose: of("bitnami/redis:8.2", "environment: [ALLOW_EMPTY_PASSWORD=yes]"),
    finds: env("ALLOW_EMPTY_PASSWORD"),
  },
  {
    case: "Bitnami's variable in an official image",
    compose: of("redis:8.2", "environment: [ALLOW_EMPTY_PASSWORD=yes]"),
    finds: [],
  },
  {
    case: "Elasticsearch's setting",
    compose: of("example/elastic", "environment: [xpack.security.enabled=false]"),
    finds: ['services.web.environment["xpack.security.enabled"]'],
  },
  {
    case: "Elasticsearch's setting in Kibana",
    compose: of("docker.elastic.co/kibana/kibana:8.15.3", "environment: [xpack.security.enabled=false]"),
    finds: [],
  },
  { case: "another image", compose: of("example/chat", "environment: [WEBUI_AUTH=False]"), finds: [] },
  { case: "build only", compose: "services: {web: {build: ., environment: [WEBUI_AUTH=False]}}", finds: [] },
  {
    case: "published: worse",
    compose: of(webui, "environment: [WEBUI_AUTH=False], ports: ['3000:8080']"),
    finds: env("WEBUI_AUTH"),
    first: ({ severity }) => expect(severity).toBe("high"),
  },
  {
    case: "on loopback",
    compose: of(webui, "environment: [WEBUI_AUTH=False], ports: ['127.0.0.1:3000:8080']"),
    finds: env("WEBUI_AUTH"),
    first: ({ severity }) => expect(severity).toBe("medium"),
  },
  {
    case: "an option and its value as two words",
    compose: "services: {web: {image: 'codercom/code-server:4', command: ['--auth', 'none']}}",
    finds: ["services.web.command[0]"],
  },
  {
    case: "the same in a line",
    compose: "services: {web: {image: 'codercom/code-server:4', command: --bind-addr 0.0.0.0:8080 --auth none}}",
    finds: ["services.web.command[2]"],
  },
  {
    case: "an option before an argument",
    compose: "services: {web: {image: 'filebrowser/filebrowser:v2', command: --noauth /srv}}",
    finds: ["services.web.command[0]"],
  },
  {
    case: "MongoDB's option without its program",
    compose: "services: {web: {image: 'mongo:8', command: --noauth --bind_ip_all}}",
    finds: ["services.web.command[0]"],
  },
  {
    case: "an option",
    compose: of(jupyter, "command: [start-notebook.py, --ServerApp.token=]"),
    finds: ["services.web.command[1]"],
  },
  {
    case: "an option in quotes",
    compose: of(jupyter, `command: "start-notebook.py --ServerApp.token=''"`),
    finds: ["services.web.command[1]"],
  },
  {
    case: "an option with a value",
    compose: of(jupyter, "command: [start-notebook.py, --ServerApp.token=abc]"),
    finds: [],
  },
  {
    case: "an option from a variable",
    compose: of(jupyter, 'command: "start-notebook.py --ServerApp.token=${TOKEN}"'),
    finds: [],
  },
  { case: "an empty variable", compose: of(jupyter, "environment: {JUPYTER_TOKEN: ''}"), finds: env("JUPYTER_TOKEN") },
  {
    case: "etcd without accounts",
    compose: of("bitnami/etcd:3.5", "environment: [ALLOW_NONE_AUTHENTICATION=yes]"),
    finds: env("ALLOW_NONE_AUTHENTICATION"),
  },
  {
    case: "etcd with certificates of its clients",
    compose: of("bitnami/etcd:3.5", "environment: [ALLOW_NONE_AUTHENTICATION=yes, ETCD_CLIENT_CERT_AUTH=true]"),
    finds: [],
  },
  {
    case: "an empty root password that is not",
    compose: of("mysql:8.4", "environment: [MYSQL_ALLOW_EMPTY_PASSWORD=yes, MYSQL_ROOT_PASSWORD=x]"),
    finds: [],
  },
  {
    case: "an empty root password",
    compose: of("mysql:8.4", "environment: [MYSQL_ALLOW_EMPTY_PASSWORD=yes]"),
    finds: env("MYSQL_ALLOW_EMPTY_PASSWORD"),
    first: ({ fix }) => expect(fix).toBeUndefined(),
  },
  {
    case: "merge key",
    compose: `x-e: &e {environment: {WEBUI_AUTH: "False"}}\nservices: {web: {<<: *e, image: ${webui}}}`,
    finds: env("WEBUI_AUTH"),
  },
  ...["DISABLE_SECURITY_DASHBOARDS_PLUGIN=true", "CLICKHOUSE_SKIP_USER_SETUP=1", "ME_CONFIG_BASICAUTH=false"].map(
    (setting) => ({
      case: setting,
      compose: of("example/own", `environment: ["${setting}"]`),
      finds: env(setting.slice(0, setting.indexOf("="))),
    }),
  ),
  ...["/etc/clickhouse-server/users.d", "/etc/clickhouse-server/users.xml"].map((target) => ({
    case: `users of one's own in ${target}`,
    compose: of(
      "clickhouse/clickhouse-server:25.3",
      `environment: [CLICKHOUSE_SKIP_USER_SETUP=1], volumes: ['./users:${target}:ro']`,
    ),
    finds: [],
  })),
  {
    case: "InfluxDB 1 and a browser's screen",
    compose: of("example/own", "environment: [INFLUXDB_HTTP_AUTH_ENABLED=false, SE_VNC_NO_PASSWORD=1]"),
    finds: ["services.web.environment.INFLUXDB_HTTP_AUTH_ENABLED", "services.web.environment.SE_VNC_NO_PASSWORD"],
  },
  {
    case: "the same the other way",
    compose: of("example/own", "environment: [ME_CONFIG_BASICAUTH=true, INFLUXDB_HTTP_AUTH_ENABLED=true]"),
    finds: [],
  },
  {
    case: "Mosquitto's file without a login",
    compose: of("eclipse-mosquitto:2", "command: mosquitto -c /mosquitto-no-auth.conf"),
    finds: ["services.web.command[2]"],
  },
  {
    case: "rclone's remote control",
    compose: of("rclone/rclone:1.68", "command: rcd --rc-no-auth --rc-addr=0.0.0.0:5572"),
    finds: ["services.web.command[1]"],
  },
  {
    case: "rclone's remote control, in the container only",
    compose: of("rclone/rclone:1.68", "command: rcd --rc-no-auth --rc-addr localhost:5572"),
    finds: [],
  },
  {
    case: "rclone's remote control, at its own address",
    compose: of("rclone/rclone:1.68", "command: rcd --rc-no-auth"),
    finds: [],
  },
  {
    case: "a config of one's own",
    compose: `${of("eclipse-mosquitto:2", "configs: [{source: m, target: /mosquitto/config/mosquitto.conf}]")}\nconfigs: {m: {content: "listener 1883\\nallow_anonymous true\\n"}}`,
    finds: ["services.web.configs[0]"],
  },
  {
    case: "Sonarr asks nobody",
    compose: of("ghcr.io/hotio/sonarr", "environment: [SONARR__AUTH__METHOD=External]"),
    finds: env("SONARR__AUTH__METHOD"),
  },
  {
    case: "Radarr asks nobody at home",
    compose: of("example/radarr", "environment: [RADARR__AUTH__REQUIRED=DisabledForLocalAddresses]"),
    finds: env("RADARR__AUTH__REQUIRED"),
  },
  {
    case: "Radarr asks",
    compose: of("example/radarr", "environment: [RADARR__AUTH__METHOD=Forms, RADARR__AUTH__REQUIRED=Enabled]"),
    finds: [],
  },
  {
    case: "ArangoDB",
    compose: of("example/graph", "environment: [ARANGO_NO_AUTH=1]"),
    finds: env("ARANGO_NO_AUTH"),
  },
  {
    case: "ai-dock's pages",
    compose: of("ghcr.io/ai-dock/comfyui:latest", "environment: [WEB_ENABLE_AUTH=false]"),
    finds: env("WEB_ENABLE_AUTH"),
  },
  { case: "the same of others", compose: of("example/web", "environment: [WEB_ENABLE_AUTH=false]"), finds: [] },
  {
    case: "every visitor of Airflow",
    compose: of("apache/airflow:3.0.0", "environment: {AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS: true}"),
    finds: env("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS"),
  },
  {
    case: "the MCP Inspector, whatever holds it",
    compose: of("node:24", "command: npx @modelcontextprotocol/inspector, environment: {DANGEROUSLY_OMIT_AUTH: true}"),
    finds: env("DANGEROUSLY_OMIT_AUTH"),
  },
  {
    case: "a notebook of marimo",
    compose: of("ghcr.io/marimo-team/marimo", "command: marimo edit --no-token -p 8080 --host 0.0.0.0"),
    finds: ["services.web.command"],
  },
  {
    case: "an app of marimo, which runs no code of visitors",
    compose: of("ghcr.io/marimo-team/marimo", "command: marimo run app.py --no-token"),
    finds: [],
  },
  {
    case: "Caddy's interface for every address",
    compose: of("caddy:2", "environment: {CADDY_ADMIN: '0.0.0.0:2019'}"),
    finds: env("CADDY_ADMIN"),
  },
  {
    case: "Caddy's interface for its own container",
    compose: of("caddy:2", "environment: {CADDY_ADMIN: 'localhost:2019'}"),
    finds: [],
  },
  {
    case: "Jenkins without its first page",
    compose: of("jenkins/jenkins:lts", "environment: [JAVA_OPTS=-Djenkins.install.runSetupWizard=false -Xmx1g]"),
    finds: env("JAVA_OPTS"),
  },
  {
    case: "Jenkins configured as code",
    compose: of(
      "jenkins/jenkins:lts",
      "environment: [JAVA_OPTS=-Djenkins.install.runSetupWizard=false, CASC_JENKINS_CONFIG=/c.yaml]",
    ),
    finds: [],
  },
  {
    case: "RStudio without a login",
    compose: of("rocker/rstudio:4.4", "environment: {DISABLE_AUTH: 'true'}"),
    finds: env("DISABLE_AUTH"),
  },
  {
    case: "another's switch of that name",
    compose: of("example/rstudio", "environment: [DISABLE_AUTH=true]"),
    finds: [],
  },
  {
    case: "Khoj without a login",
    compose: of("ghcr.io/khoj-ai/khoj", 'command: --host="0.0.0.0" --port=42110 -vv --anonymous-mode'),
    finds: ["services.web.command[3]"],
  },
  {
    case: "Kong's admin interface for every address",
    compose: of("kong:3.9", "environment: {KONG_ADMIN_LISTEN: '0.0.0.0:8001, 0.0.0.0:8444 ssl'}"),
    finds: env("KONG_ADMIN_LISTEN"),
  },
  {
    case: "Kong's admin interface for its own container",
    compose: of("kong:3.9", "environment: {KONG_ADMIN_LISTEN: '127.0.0.1:8001'}"),
    finds: [],
  },
  {
    case: "CockroachDB without security",
    compose: of("cockroachdb/cockroach:v25.1.0", "command: start-single-node --insecure"),
    finds: ["services.web.command"],
  },
  {
    case: "a client of CockroachDB",
    compose: of("cockroachdb/cockroach:v25.1.0", "command: init --insecure --host=db"),
    finds: [],
  },
  {
    case: "a password may stand in an env file that is missing",
    compose: of("example/mariadb", "env_file: missing.env, environment: {MARIADB_ALLOW_EMPTY_ROOT_PASSWORD: 1}"),
    finds: [],
  },
  {
    case: "ArangoDB without a login",
    compose: of("arangodb:3.12", "environment: {ARANGO_NO_AUTH: 1}"),
    finds: env("ARANGO_NO_AUTH"),
  },
  {
    case: "Kopia without a password",
    compose: of("kopia/kopia:0.22", "command: server start --insecure --without-password"),
    finds: ["services.web.command[3]"],
  },
  {
    case: "Kopia with one",
    compose: of("kopia/kopia:0.22", "command: server start --server-username=a --server-password=b"),
    finds: [],
  },
  {
    case: "a store for backups, by its variable",
    compose: of("restic/rest-server", "environment: {DISABLE_AUTHENTICATION: 1}"),
    finds: env("DISABLE_AUTHENTICATION"),
  },
  {
    case: "a store for backups, by its options",
    compose: of("restic/rest-server", "environment: [OPTIONS=--append-only --no-auth]"),
    finds: env("OPTIONS"),
  },
  {
    case: "a store for backups, with a login",
    compose: of("restic/rest-server", "environment: [OPTIONS=--private-repos]"),
    finds: [],
  },
  {
    case: "a word that only looks like a switch",
    compose: of("ghcr.io/open-webui/open-webui:v0.6.5", "environment: {WEBUI_AUTH: 'no'}"),
    finds: env("WEBUI_AUTH"),
    first: ({ fix }) => expect(fix).toBeUndefined(),
  },
  {
    case: "an empty token in a word of its own",
    compose: of(
      "jupyter/base-notebook:2024-01",
      "command: [jupyter, lab, --ServerApp.token, '', --ServerApp.port, '1']",
    ),
    finds: ["services.web.command"],
  },
  {
    case: "what the image then insists on",
    compose: of("bitnami/etcd:3.5", "environment: [ALLOW_NONE_AUTHENTICATION=yes]"),
    finds: env("ALLOW_NONE_AUTHENTICATION"),
    first: ({ fix }) => expect(fix).toMatchObject({ caveat: expect.stringContaining("`ETCD_ROOT_PASSWORD`") }),
  },
  ...[
    [
      "a page of Gradio for everybody",
      "x/stable-diffusion-webui:1",
      "command: --listen --api",
      ["services.web.command[0]"],
    ],
    ["with a login of its own", "x/stable-diffusion-webui:1", "command: '--listen --gradio-auth u:${P}'", []],
    [
      "extensions for everybody",
      "x/y:1",
      "environment: {CLI_ARGS: '--api --enable-insecure-extension-access'}",
      env("CLI_ARGS"),
    ],
    ["a tunnel", "x/y:1", "environment: {GRADIO_SHARE: 'True'}", env("GRADIO_SHARE")],
    ["another program's option", "x/y:1", "command: --listen --share", []],
  ].map(([name, image, attribute, finds]) => ({
    case: String(name),
    compose: of(String(image), String(attribute)),
    finds: finds as readonly string[],
  })),
]);

const mosquitto =
  "services: {web: {image: 'eclipse-mosquitto:2', volumes: ['./m.conf:/mosquitto/config/mosquitto.conf:ro']}}";
const traefik = "services: {web: {image: 'traefik:v3.5', volumes: ['./traefik:/etc/traefik']}}";
const redis =
  "services: {web: {image: 'redis:8', command: redis-server /etc/redis.conf, volumes: ['./r.conf:/etc/redis.conf']}}";
const postgres =
  "services: {web: {image: 'postgres:17', command: [postgres, -c, hba_file=/etc/hba.conf], volumes: ['./h:/etc/hba.conf']}}";
const elastic =
  "services: {web: {image: 'elasticsearch:8.15.0', volumes: ['./e.yml:/usr/share/elasticsearch/config/elasticsearch.yml']}}";
const nodered = "services: {web: {image: 'nodered/node-red:4.0', volumes: ['./n:/data']}}";
const zigbee = "services: {web: {image: 'koenkk/zigbee2mqtt:2.1', volumes: ['./z:/app/data']}}";
const home =
  "services: {web: {image: 'ghcr.io/home-assistant/home-assistant:2025.1', volumes: ['./h.yaml:/config/configuration.yaml']}}";
const radarr = "services: {web: {image: 'lscr.io/linuxserver/radarr:5', volumes: ['./r:/config']}}";
const qbittorrent = "services: {web: {image: 'lscr.io/linuxserver/qbittorrent:5', volumes: ['./q:/config']}}";
const olivetin = "services: {web: {image: 'jamesread/olivetin', volumes: ['./o:/config']}}";
const go2rtc = "services: {web: {image: 'alexxit/go2rtc', volumes: ['./g:/config']}}";

it.each([
  ["open to everybody", mosquitto, "m.conf", "listener 1883\nallow_anonymous true\n", 1],
  ["with a login", mosquitto, "m.conf", "listener 1883\n#allow_anonymous true\nallow_anonymous false\n", 0],
  ["one listener", mosquitto, "m.conf", "per_listener_settings true\nlistener 1 127.0.0.1\nallow_anonymous true\n", 0],
  ["limited rights", mosquitto, "m.conf", "allow_anonymous true\nacl_file /mosquitto/config/acl\n", 0],
  [
    "a folder",
    traefik,
    "traefik/traefik.yml",
    "entryPoints:\n  web: {}\napi:\n  dashboard: true\n  insecure: true\n",
    1,
  ],
  ["a folder, TOML", traefik, "traefik/traefik.toml", "[api]\ndashboard = true\ninsecure = true\n[log]\n", 1],
  ["off", traefik, "traefik/traefik.yml", "api:\n  insecure: false\nserversTransport:\n  insecure: true\n", 0],
  ["another insecure", traefik, "traefik/traefik.yml", "api:\n  dashboard: true\nlog:\n  insecure: true\n", 0],
  ["Redis", redis, "r.conf", "bind 0.0.0.0\nprotected-mode no\n", 1],
  ["Redis with a password", redis, "r.conf", "protected-mode no\nrequirepass h6ujk3\n", 0],
  ["PostgreSQL", postgres, "h", "local all all trust\nhost all all 0.0.0.0/0 trust\n", 1],
  ["PostgreSQL on its own machine", postgres, "h", "local all all trust\nhost all all 127.0.0.1/32 trust\n", 0],
  ["Elasticsearch", elastic, "e.yml", "cluster.name: a\nxpack.security.enabled: false\n", 1],
  [
    "Node-RED",
    nodered,
    "n/settings.js",
    'module.exports = {\n  //adminAuth: {\n  //  type: "x",\n  flowFile: "a"\n}',
    1,
  ],
  ["Node-RED with a login", nodered, "n/settings.js", "module.exports = {\n  adminAuth: require('./users'),\n}", 0],
  ["Node-RED without an editor", nodered, "n/settings.js", "module.exports = { httpAdminRoot: false }", 0],
  ["Zigbee2MQTT", zigbee, "z/configuration.yaml", "frontend:\n  port: 8080\nmqtt:\n  server: a\n", 1],
  ["Zigbee2MQTT, one word", zigbee, "z/configuration.yaml", "frontend: true\n", 1],
  ["Zigbee2MQTT with a token", zigbee, "z/configuration.yaml", "frontend:\n  port: 1\n\n  auth_token: '!s a'\n", 0],
  ["Zigbee2MQTT without a page", zigbee, "z/configuration.yaml", "frontend:\n  enabled: false\nmqtt: {}\n", 0],
  ["Zigbee2MQTT, nothing said", zigbee, "z/configuration.yaml", "frontend:\nmqtt: {}\n", 0],
  ["Home Assistant", home, "h.yaml", "a:\n  p:\n    - type: x\n      trusted_networks:\n        - 0.0.0.0/0\n", 1],
  ["Home Assistant, at home", home, "h.yaml", "a:\n  trusted_networks:\n    - 192.168.1.0/24\nb:\n  - 0.0.0.0/0\n", 0],
  ["Home Assistant, a proxy", home, "h.yaml", "http:\n  trusted_proxies:\n    - 0.0.0.0/0\n", 0],
  ["Radarr", radarr, "r/config.xml", "<Config><AuthenticationMethod>None</AuthenticationMethod></Config>", 1],
  [
    "Radarr, at home",
    radarr,
    "r/config.xml",
    "<AuthenticationRequired>DisabledForLocalAddresses</AuthenticationRequired>",
    1,
  ],
  ["Radarr with a login", radarr, "r/config.xml", "<AuthenticationMethod>Forms</AuthenticationMethod>", 0],
  ["qBittorrent", qbittorrent, "q/qBittorrent/qBittorrent.conf", "WebUI\\AuthSubnetWhitelist=0.0.0.0/0\n", 1],
  ["qBittorrent, at home", qbittorrent, "q/qBittorrent/qBittorrent.conf", "WebUI\\AuthSubnetWhitelist=10.0.0.0/8\n", 0],
  ["OliveTin", olivetin, "o/config.yaml", "actions:\n  - title: a\n    shell: date\n", 1],
  ["OliveTin with a login", olivetin, "o/config.yaml", "authRequireGuestsToLogin: true\nactions: []\n", 0],
  ["go2rtc", go2rtc, "g/go2rtc.yaml", "api:\n  listen: ':1984'\nstreams: {}\n", 1],
  ["go2rtc with a login", go2rtc, "g/go2rtc.yaml", "api:\n  listen: ':1984'\n  username: a\nstreams: {}\n", 0],
  ["go2rtc, in the container only", go2rtc, "g/go2rtc.yaml", "api:\n  listen: 127.0.0.1:1984\nstreams: {}\n", 0],
  ["Elasticsearch, on", elastic, "e.yml", "xpack.security.enabled: true\n", 0],
])("login-switched-off: in a mounted file: %s", (_, compose, name, text, count) => {
  const files: Readonly<Record<string, string>> = { [`/project/${name}`]: text };
  const read = (path: string) =>
    files[path] === undefined ? { kind: "missing" as const } : { kind: "file" as const, text: files[path] };
  const found = checkWith([loginSwitchedOff], loadFiles(compose), {}, profileAdvice, read);
  expect(found.map(({ path }) => formatPath(path))).toEqual(count === 1 ? ["services.web.volumes[0]"] : []);
});
