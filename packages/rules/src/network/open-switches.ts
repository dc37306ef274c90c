import { type Project, rememberedIn, type Service } from "@compose-harden/model";
import { isLeftToReader, settingsAreAtHand } from "../programs/environment.js";
import { words } from "../programs/start-words.js";
import type { Place } from "../rule.js";

/**
 * A setting that switches a login off and that names its software, so that it means the same in every image: vendors' own,
 * those of others, and ones built on them.
 */
export interface OpenSwitch {
  /** As a reader would search for it, code in backticks. */
  readonly name: string;
  readonly env?: { readonly names: readonly string[]; readonly value: RegExp };
  /** What stands on the command line, in words parted by one blank. */
  readonly flag?: RegExp;
  /** The image that it is said to, where others have no such setting, or one that means something else; empty where one is built. */
  readonly image?: RegExp;
  /** True for an option that is given nothing. */
  readonly isEmptyValue?: true;
  /** Variables beside which it does nothing. */
  readonly unless?: RegExp;
  /** What on the command line makes it harmless. */
  readonly unlessFlag?: RegExp;
  /** Files that decide in its place: mounted, or named on the command line. */
  readonly unlessFile?: RegExp;
  /** The port it opens; absent: every one of the service. */
  readonly port?: number;
  readonly why: string;
  /** What has to be set before the image starts with the switch turned the other way. */
  readonly needs?: string;
  /** Where it was read. */
  readonly source: string;
}

const ON = /^(1|true|yes|on|enabled?)$/i;
const OFF = /^(0|false|no|off|disabled?)$/i;

/** Images of pages made with Gradio that take these options of Stable Diffusion web UI. */
const GRADIO_IMAGE = /stable-diffusion|\bsd-|automatic1111|a1111|sdnext|forge|fooocus|text-generation-webui/i;
const GRADIO_ARGUMENTS = ["CLI_ARGS", "COMMANDLINE_ARGS", "WEBUI_ARGS", "WEBUI_FLAGS", "EXTRA_LAUNCH_ARGS"] as const;
const OWN_LOGIN = /--gradio-auth/;

/** Pages made with Gradio have no login of their own: whoever reaches them works with them. */
const GRADIO: readonly OpenSwitch[] = [
  {
    name: "`--listen`",
    flag: /(^| )--listen( (0\.0\.0\.0|::))?( -|$)/,
    image: GRADIO_IMAGE,
    // The next one says more.
    unlessFlag: /--gradio-auth|--enable-insecure-extension-access/,
    why: "the page asks nobody for a login, and loads models that may bring code",
    source: "https://github.com/AUTOMATIC1111/stable-diffusion-webui/wiki/Command-Line-Arguments-and-Settings",
  },
  {
    name: "`--enable-insecure-extension-access`",
    flag: /(^| )--enable-insecure-extension-access( |$)/,
    unlessFlag: OWN_LOGIN,
    why: "whoever reaches the page installs extensions, which are programs",
    source: "https://github.com/AUTOMATIC1111/stable-diffusion-webui/wiki/Command-Line-Arguments-and-Settings",
  },
  {
    name: "`--enable-insecure-extension-access`",
    env: { names: GRADIO_ARGUMENTS, value: /^(?!.*--gradio-auth).*--enable-insecure-extension-access\b/ },
    why: "whoever reaches the page installs extensions, which are programs",
    source: "https://github.com/AUTOMATIC1111/stable-diffusion-webui/wiki/Command-Line-Arguments-and-Settings",
  },
  {
    name: "`--listen`",
    env: { names: GRADIO_ARGUMENTS, value: /^(?!.*(--gradio-auth|--enable-insecure-extension-access)).*--listen\b/ },
    why: "the page asks nobody for a login, and loads models that may bring code",
    source: "https://github.com/AUTOMATIC1111/stable-diffusion-webui/wiki/Command-Line-Arguments-and-Settings",
  },
  {
    name: "`GRADIO_SHARE`",
    env: { names: ["GRADIO_SHARE"], value: ON },
    why: "the page gets a public address through a tunnel, and whoever has it works with the page",
    source: "https://www.gradio.app/guides/sharing-your-app",
  },
  {
    name: "`--share`",
    flag: /(^| )--share( |$)/,
    image: GRADIO_IMAGE,
    unlessFlag: OWN_LOGIN,
    why: "the page gets a public address through a tunnel, and whoever has it works with the page",
    source: "https://www.gradio.app/guides/sharing-your-app",
  },
];

/** The programs of the Servarr family read the same settings, each under its own name. */
const SERVARR: readonly OpenSwitch[] = ["SONARR", "RADARR", "LIDARR", "PROWLARR", "READARR", "WHISPARR"].flatMap(
  (program): readonly OpenSwitch[] => [
    {
      name: `\`${program}__AUTH__METHOD\``,
      env: { names: [`${program}__AUTH__METHOD`], value: /^(none|external)$/i },
      why: "the page asks for no login, and gives away the key of the interface",
      source: "https://github.com/Sonarr/Sonarr/blob/develop/src/NzbDrone.Common/Options/AuthOptions.cs",
    },
    {
      name: `\`${program}__AUTH__REQUIRED\``,
      env: { names: [`${program}__AUTH__REQUIRED`], value: /^disabledforlocaladdresses$/i },
      why: "the page asks no machine of the home network for a login, nor another container",
      source: "https://github.com/Sonarr/Sonarr/blob/develop/src/NzbDrone.Common/Options/AuthOptions.cs",
    },
  ],
);

const SWITCHES: readonly OpenSwitch[] = [
  ...SERVARR,
  {
    name: "`POSTGRES_HOST_AUTH_METHOD=trust`",
    env: { names: ["POSTGRES_HOST_AUTH_METHOD"], value: /^trust$/i },
    why: "PostgreSQL accepts every connection without a password",
    source: "https://hub.docker.com/_/postgres",
  },
  {
    name: "an empty root password",
    env: {
      names: [
        "MYSQL_ALLOW_EMPTY_PASSWORD",
        "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
        "MARIADB_ALLOW_EMPTY_PASSWORD",
        "MYSQL_ALLOW_EMPTY_ROOT_PASSWORD",
      ],
      value: ON,
    },
    unless: /^(MYSQL|MARIADB)_(ROOT_PASSWORD(_FILE|_HASH)?|RANDOM_ROOT_PASSWORD)$/,
    why: "root of the database has no password",
    source: "https://hub.docker.com/_/mariadb",
  },
  {
    name: "`ALLOW_EMPTY_PASSWORD`",
    env: { names: ["ALLOW_EMPTY_PASSWORD"], value: ON },
    // Docker's official images, whose names have one step, know no such variable.
    image: /^$|^(?!(docker\.io\/)?(library\/)?[\w.-]+([:@]|$))/,
    unless: /_PASSWORD(_FILE)?$/,
    why: "the software starts without a password",
    needs: "the variable for its password",
    source: "https://github.com/bitnami/containers",
  },
  {
    name: "`ALLOW_NONE_AUTHENTICATION`",
    env: { names: ["ALLOW_NONE_AUTHENTICATION"], value: ON },
    unless: /^ETCD_(ROOT_PASSWORD(_FILE)?|CLIENT_CERT_AUTH|TRUSTED_CA_FILE|CONF_FILE)$/,
    why: "etcd answers everybody",
    needs: "`ETCD_ROOT_PASSWORD`",
    source: "https://github.com/bitnami/containers",
  },
  {
    name: "`ALLOW_ANONYMOUS_LOGIN`",
    env: { names: ["ALLOW_ANONYMOUS_LOGIN"], value: ON },
    why: "ZooKeeper answers everybody",
    needs: "`ZOO_ENABLE_AUTH` with users and their passwords",
    source: "https://github.com/bitnami/containers",
  },
  {
    name: "`xpack.security.enabled=false`",
    env: { names: ["xpack.security.enabled"], value: OFF },
    // What Kibana and the collectors make of it opens no Elasticsearch.
    image: /^(?!.*(kibana|logstash|beat|apm-server))/,
    why: "Elasticsearch answers everybody, without a login and without TLS",
    source: "https://www.elastic.co/docs/reference/elasticsearch/configuration-reference/security-settings",
  },
  {
    name: "`xpack.security.enabled=false`",
    flag: /(^| )-E ?xpack\.security\.enabled=false( |$)/,
    why: "Elasticsearch answers everybody, without a login and without TLS",
    source: "https://www.elastic.co/docs/reference/elasticsearch/configuration-reference/security-settings",
  },
  {
    name: "`DISABLE_SECURITY_PLUGIN`",
    env: { names: ["DISABLE_SECURITY_PLUGIN", "plugins.security.disabled"], value: ON },
    why: "OpenSearch answers everybody, without a login and without TLS",
    source: "https://docs.opensearch.org/latest/security/configuration/disable-enable-security/",
  },
  {
    name: "`DISABLE_SECURITY_DASHBOARDS_PLUGIN`",
    env: { names: ["DISABLE_SECURITY_DASHBOARDS_PLUGIN"], value: ON },
    why: "OpenSearch Dashboards asks for no login",
    source: "https://docs.opensearch.org/latest/install-and-configure/install-opensearch/docker/",
  },
  {
    name: "`CLICKHOUSE_SKIP_USER_SETUP`",
    env: { names: ["CLICKHOUSE_SKIP_USER_SETUP"], value: ON },
    unlessFile: /users\.xml\b|\/users\.d\/?$|\/users\.d\/\S*user/,
    why: "ClickHouse's user `default`, who reads and changes everything, has no password and may come from anywhere",
    source: "https://hub.docker.com/_/clickhouse",
  },
  {
    name: "`ME_CONFIG_BASICAUTH=false`",
    env: { names: ["ME_CONFIG_BASICAUTH_ENABLED", "ME_CONFIG_BASICAUTH"], value: OFF },
    why: "mongo-express shows and changes the database for everybody",
    source: "https://github.com/mongo-express/mongo-express",
  },
  {
    name: "`INFLUXDB_HTTP_AUTH_ENABLED=false`",
    env: { names: ["INFLUXDB_HTTP_AUTH_ENABLED"], value: OFF },
    why: "InfluxDB 1 answers everybody",
    source: "https://docs.influxdata.com/influxdb/v1/administration/authentication_and_authorization/",
  },
  {
    name: "`SE_VNC_NO_PASSWORD`",
    env: { names: ["SE_VNC_NO_PASSWORD", "VNC_NO_PASSWORD"], value: ON },
    why: "whoever reaches the screen of the browser works in it",
    source: "https://github.com/SeleniumHQ/docker-selenium",
  },
  {
    name: "`mosquitto-no-auth.conf`",
    flag: /(^|[ /])mosquitto-no-auth\.conf( |$)/,
    why: "Mosquitto lets everybody read and publish",
    source: "https://hub.docker.com/_/eclipse-mosquitto",
  },
  {
    name: "`--rc-no-auth`",
    flag: /(^| )--rc-no-auth(=true)?( |$)/,
    // Without an address it answers inside the container only.
    unlessFlag: /--rc-addr[= ](127\.|localhost|\[::1\])|^(?!.*--rc-addr[= ])/,
    why: "rclone's remote control copies and deletes files, and reads its settings, for everybody",
    source: "https://rclone.org/rc/",
  },
  {
    name: "`--protected-mode no`",
    flag: /(^| )--protected-mode[ =]no( |$)/,
    unlessFlag: /--(requirepass|aclfile|user)\b|\.conf\b/,
    why: "Redis answers other machines without a password",
    source: "https://redis.io/docs/latest/operate/oss_and_stack/management/security/",
  },
  {
    name: "`AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED`",
    env: { names: ["AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED"], value: ON },
    why: "Weaviate answers everybody",
    source: "https://docs.weaviate.io/deploy/configuration/authentication",
  },
  {
    name: "`ARANGO_NO_AUTH`",
    env: { names: ["ARANGO_NO_AUTH"], value: /./ },
    why: "ArangoDB answers everybody",
    source: "https://hub.docker.com/_/arangodb",
  },
  {
    name: "`WEB_ENABLE_AUTH=false`",
    env: { names: ["WEB_ENABLE_AUTH"], value: OFF },
    image: /(^|\/)ai-dock\//,
    why: "whoever reaches the container's pages works in them",
    source: "https://github.com/ai-dock/base-image",
  },
  {
    name: "`DANGEROUSLY_OMIT_AUTH`",
    env: { names: ["DANGEROUSLY_OMIT_AUTH"], value: ON },
    why: "whoever reaches the MCP Inspector starts programs with it",
    source: "https://github.com/modelcontextprotocol/inspector",
  },
  {
    name: "`marimo` with `--no-token`",
    flag: /(^|[ /])marimo (edit|new)( .*)? --no-token( |$)/,
    why: "whoever reaches the notebook runs code in it",
    source: "https://docs.marimo.io/guides/authentication.html",
  },
  {
    name: "`jenkins.install.runSetupWizard=false`",
    env: { names: ["JAVA_OPTS", "JENKINS_JAVA_OPTS"], value: /-Djenkins\.install\.runSetupWizard=false\b/ },
    // An image of one's own, and scripts, may bring the accounts.
    image: /^(docker\.io\/)?jenkins\/jenkins([:@]|$)/,
    unless: /^CASC_JENKINS_CONFIG$/,
    unlessFile: /\/init\.groovy\.d\b|\/casc|jenkins\.ya?ml$|\/usr\/share\/jenkins\/ref/,
    why: "Jenkins makes no first account, and until one is made whoever reaches it runs code with it",
    source: "https://www.jenkins.io/doc/book/managing/system-properties/#jenkins-install-runsetupwizard",
  },
  {
    name: "`DISABLE_AUTH`",
    env: { names: ["DISABLE_AUTH"], value: ON },
    image: /(^|\/)rocker\//,
    port: 8787,
    why: "whoever reaches RStudio runs code in it",
    source: "https://github.com/rocker-org/rocker-versioned2/blob/master/scripts/init_userconf.sh",
  },
  {
    name: "`KONG_ADMIN_LISTEN` to every address",
    env: { names: ["KONG_ADMIN_LISTEN"], value: /(^|,\s*)(0\.0\.0\.0|\[::\]):\d+/ },
    unless: /^KONG_ENFORCE_RBAC$/,
    port: 8001,
    why: "whoever reaches Kong's admin interface controls the gateway",
    source: "https://developer.konghq.com/gateway/secure-the-admin-api",
  },
  {
    name: "CockroachDB's `--insecure`",
    flag: /(^| )start(-single-node)?( .*)? --insecure(=true)?( |$)/,
    image: /cockroach/,
    why: "without a login and encryption any client takes over the database",
    source: "https://github.com/cockroachdb/cockroach/blob/master/pkg/cli/cliflags/flags.go",
  },
  {
    name: "`CADDY_ADMIN` to every address",
    env: { names: ["CADDY_ADMIN"], value: /^(tcp\/)?(0\.0\.0\.0|\[::\])?:\d+$/ },
    port: 2019,
    why: "whoever reaches that port gives Caddy another configuration",
    source: "https://github.com/caddyserver/caddy/issues/5317",
  },
  {
    name: "`SIMPLE_AUTH_MANAGER_ALL_ADMINS`",
    env: { names: ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS"], value: ON },
    why: "every visitor of Airflow is administrator, and runs code with it",
    source:
      "https://airflow.apache.org/docs/apache-airflow/stable/configurations-ref.html#simple-auth-manager-all-admins",
  },
  {
    name: "`NEO4J_AUTH=none`",
    env: { names: ["NEO4J_AUTH"], value: /^none$/i },
    why: "Neo4j answers everybody",
    source: "https://neo4j.com/docs/operations-manual/current/docker/introduction/",
  },
  {
    name: "`--api.insecure`",
    flag: /(^| )--api\.insecure(=(true|1))?( |$)/i,
    port: 8080,
    why: "Traefik's dashboard and interface ask for no password",
    source: "https://doc.traefik.io/traefik/reference/install-configuration/api-dashboard/",
  },
  {
    name: "`TRAEFIK_API_INSECURE`",
    env: { names: ["TRAEFIK_API_INSECURE"], value: ON },
    port: 8080,
    why: "Traefik's dashboard and interface ask for no password",
    source: "https://doc.traefik.io/traefik/reference/install-configuration/api-dashboard/",
  },
  {
    name: "`--skip-grant-tables`",
    flag: /(^| )--skip-grant-tables( |$)/,
    why: "the database checks neither passwords nor rights",
    source: "https://dev.mysql.com/doc/refman/8.4/en/server-options.html",
  },
  {
    name: "`--noauth`",
    flag: /(^| )--noauth( |$)/,
    image: /mongo/,
    why: "MongoDB answers everybody",
    source: "https://www.mongodb.com/docs/manual/reference/program/mongod/",
  },
  {
    name: "an empty token of Jupyter",
    flag: /(^| )--(NotebookApp|ServerApp|IdentityProvider)\.token[= ](''|"")?( |$)/,
    isEmptyValue: true,
    unlessFlag: /--(NotebookApp|ServerApp|PasswordIdentityProvider)\.(hashed_)?password=\S*\w/,
    why: "whoever reaches it runs code in it",
    source: "https://jupyter-server.readthedocs.io/en/latest/operators/security.html",
  },
  ...GRADIO,
];

/** The options, which only a look at the words tells, and the variables by their names: most services set none. */
const OPTIONS: readonly OpenSwitch[] = SWITCHES.filter(({ env }) => env === undefined);
const VARIABLES: ReadonlyMap<string, readonly OpenSwitch[]> = new Map(
  SWITCHES.flatMap(({ env }) => env?.names ?? []).map((name) => [
    name,
    SWITCHES.filter(({ env }) => env?.names.includes(name)),
  ]),
);

/** The switches that a service sets, each with its place. */
export const openSwitchesOf: (service: Service, project: Project) => readonly (readonly [OpenSwitch, Place])[] =
  rememberedIn((service, project) => {
    const variables = service.environment.items;
    const line = words(service).join(" ");
    const named = new Set(Array.from(variables.keys(), (name) => VARIABLES.get(name) ?? []).flat());
    return [...named, ...(line.includes("-") ? OPTIONS : [])].flatMap(
      (known): readonly (readonly [OpenSwitch, Place])[] => {
        const { env, flag, unless, unlessFlag } = known;
        if (known.image?.test(service.image?.value ?? "") === false) return [];
        if (known.unlessFile !== undefined && filesOf(service).some((file) => known.unlessFile?.test(file))) return [];
        if (env !== undefined) {
          const located = env.names.map((name) => variables.get(name)).find((found) => found !== undefined);
          if (located === undefined || isLeftToReader(located) || !env.value.test(located.value ?? "")) return [];
          const isHarmless = Array.from(variables.keys()).some(
            (name) => unless?.test(name) === true && !env.names.includes(name),
          );
          // What makes it harmless may stand in an env file that is missing.
          const mayBeHarmless = unless !== undefined && !settingsAreAtHand(service, project);
          return isHarmless || mayBeHarmless ? [] : [[known, located]];
        }
        if (flag === undefined || !flag.test(line) || unlessFlag?.test(line) === true) return [];
        const place = [service.command, service.entrypoint].find((part) => flag.test(part?.value.join(" ") ?? ""));
        // An empty value may be a variable that nobody has set here.
        if (place === undefined || (known.isEmptyValue === true && place.origin?.interpolated === true)) return [];
        const index = place.value.findIndex((word) => flag.test(word));
        return [[known, index < 0 ? place : { path: [...place.path, index] }]];
      },
    );
  });

function filesOf(service: Service): readonly string[] {
  return [...service.volumes.items.map(({ value }) => value.target), ...words(service)];
}
