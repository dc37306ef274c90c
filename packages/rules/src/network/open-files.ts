import { rememberedText, type Service } from "@compose-harden/model";
import { type MountedFile, mountedFile } from "../programs/mounted-files.js";
import { words } from "../programs/start-words.js";
import type { Context } from "../rule.js";

/** A setting that switches a login off, in a file that software reads when it starts. */
export interface OpenFile {
  /** Code in backticks. */
  readonly name: string;
  /** The image that reads the file; one that is built here may be any. */
  readonly image: RegExp;
  /** Where the file is in the container. */
  readonly files: readonly string[];
  /** How the command names another one. */
  readonly option?: RegExp;
  readonly opens: RegExp;
  /** What in the file, or on the command line, leaves a login. */
  readonly unless?: RegExp;
  /** The port it opens; absent: every one of the service. */
  readonly port?: number;
  readonly why: string;
  /** Where it was read. */
  readonly source: string;
}

/** The programs of the Servarr family, which share their settings. */
const SERVARR = /sonarr|radarr|lidarr|prowlarr|readarr|whisparr/;

const FILES: readonly OpenFile[] = [
  {
    name: "`allow_anonymous true`",
    image: /mosquitto/,
    files: ["/mosquitto/config/mosquitto.conf"],
    option: /(?:^| )(?:-c|--config-file) (\S+)/,
    opens: /^\s*allow_anonymous\s+true\b/m,
    // Then it holds for one listener, and anonymous clients have what the list gives them.
    unless: /^\s*(per_listener_settings\s+true|acl_file\s|plugin\s|auth_plugin\s)/m,
    why: "Mosquitto lets everybody read and publish",
    source: "https://mosquitto.org/man/mosquitto-conf-5.html",
  },
  {
    name: "`api.insecure`",
    image: /traefik/,
    files: [
      "/etc/traefik/traefik.yml",
      "/etc/traefik/traefik.yaml",
      "/etc/traefik/traefik.toml",
      "/traefik.yml",
      "/traefik.yaml",
    ],
    option: /(?:^| )--configfile[= ](\S+)/i,
    opens:
      /^api:[ \t]*(?:#.*)?\r?\n(?:(?:[ \t]+.*|[ \t]*#.*|[ \t]*)\r?\n)*?[ \t]+insecure:[ \t]*true\b|^\[api\][^[]*?^\s*insecure\s*=\s*true\b/m,
    port: 8080,
    why: "Traefik's dashboard and interface ask for no password",
    source: "https://doc.traefik.io/traefik/reference/install-configuration/api-dashboard/",
  },
  {
    name: "`protected-mode no`",
    image: /redis|valkey|keydb/,
    files: [],
    option: /(?:^|[\s/])(?:redis|valkey|keydb)-server (\/\S+)/,
    opens: /^\s*protected-mode\s+no\b/im,
    unless: /(^|[\s-])(requirepass|aclfile|masteruser)\s|^\s*(user|include)\s|^\s*bind\s+(127\.|localhost)/im,
    why: "Redis answers other machines without a password",
    source: "https://redis.io/docs/latest/operate/oss_and_stack/management/security/",
  },
  {
    name: "`xpack.security.enabled: false`",
    image: /elasticsearch/,
    files: ["/usr/share/elasticsearch/config/elasticsearch.yml"],
    opens: /^xpack\.security\.enabled:\s*["']?false\b/m,
    why: "Elasticsearch answers everybody, without a login and without TLS",
    source: "https://www.elastic.co/docs/reference/elasticsearch/configuration-reference/security-settings",
  },
  {
    name: "`plugins.security.disabled: true`",
    image: /opensearch/,
    files: ["/usr/share/opensearch/config/opensearch.yml"],
    opens: /^plugins\.security\.disabled:\s*["']?true\b/m,
    why: "OpenSearch answers everybody, without a login and without TLS",
    source: "https://docs.opensearch.org/latest/security/configuration/disable-enable-security/",
  },
  {
    name: "`trust` for every address",
    image: /postg|timescale|pgvector/,
    files: ["/var/lib/postgresql/data/pg_hba.conf"],
    option: /(?:^| )-c hba_file=(\S+)/,
    opens: /^\s*host(?:ssl|nossl)?\s+\S+\s+\S+\s+(?:all|0\.0\.0\.0\/0|0\.0\.0\.0\s+0\.0\.0\.0|::\/0)\s+trust\b/m,
    why: "PostgreSQL accepts every connection without a password",
    source: "https://www.postgresql.org/docs/current/auth-pg-hba-conf.html",
  },
  {
    name: "no `adminAuth`",
    image: /node-?red/,
    files: ["/data/settings.js"],
    opens: /\bmodule\.exports\s*=\s*\{/,
    // A setting that is commented out stands behind a slash.
    unless: /^[^/\n]*\badminAuth["']?\s*:|^[^/\n]*\bhttpAdminRoot["']?\s*:\s*false\b/m,
    port: 1880,
    why: "whoever reaches Node-RED's editor runs code with it",
    source: "https://nodered.org/docs/user-guide/runtime/securing-node-red",
  },
  {
    name: "no `auth_token` for the page",
    image: /zigbee2mqtt/,
    files: ["/app/data/configuration.yaml"],
    opens: /^frontend:(?![ \t]*(?:false|null|~|\{\s*\})?[ \t]*(?:#.*)?$(?![\r\n]+[ \t]+\S))/m,
    unless:
      /^frontend:(?:[ \t]*\{[^}]*|[ \t]*(?:#.*)?\r?\n(?:(?:[ \t]+.*|[ \t]*)\r?\n)*?[ \t]+)(?:["']?auth_token["']?:[ \t]*\S|["']?enabled["']?:[ \t]*false)/m,
    port: 8080,
    why: "whoever reaches Zigbee2MQTT switches the devices and lets new ones join",
    source: "https://www.zigbee2mqtt.io/guide/configuration/frontend.html",
  },
  {
    name: "no `authRequireGuestsToLogin`",
    image: /olivetin/,
    files: ["/config/config.yaml"],
    opens: /^actions:/m,
    unless: /^(?:authRequireGuestsToLogin:[ \t]*["']?true|defaultPermissions:|accessControlLists:)/m,
    port: 1337,
    why: "every visitor runs the commands that OliveTin offers",
    source: "https://docs.olivetin.app/security/local.html",
  },
  {
    name: "no `username` for the interface",
    image: /go2rtc/,
    files: ["/config/go2rtc.yaml"],
    opens: /^(?:streams|api):/m,
    unless:
      /^api:[ \t]*(?:#.*)?\r?\n(?:(?:[ \t]+.*|[ \t]*)\r?\n)*?[ \t]+(?:username|listen):[ \t]*["']?(?:(?!:)[^\s"'0]|127\.)/m,
    port: 1984,
    why: "whoever reaches go2rtc sees the cameras, and runs commands by sources such as `exec`",
    source: "https://github.com/AlexxIT/go2rtc#security",
  },
  {
    name: "`trusted_networks` to every address",
    image: /home-?assistant/,
    files: ["/config/configuration.yaml"],
    opens:
      /^[ \t]+trusted_networks:[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:-[ \t]+.*|#.*)?\r?\n)*?[ \t]*-[ \t]+["']?(?:0\.0\.0\.0\/0|::\/0)/m,
    port: 8123,
    why: "whoever reaches Home Assistant picks a user and is in without a password",
    source: "https://www.home-assistant.io/docs/authentication/providers/#trusted-networks",
  },
  {
    name: "`AuthenticationMethod` to one that asks nobody",
    image: SERVARR,
    files: ["/config/config.xml"],
    opens: /<AuthenticationMethod>\s*(None|External)\s*<\/AuthenticationMethod>/,
    why: "the page asks for no login, and gives away the key of the interface",
    source: "https://wiki.servarr.com/radarr/faq#forced-authentication",
  },
  {
    name: "`DisabledForLocalAddresses`",
    image: SERVARR,
    files: ["/config/config.xml"],
    opens: /<AuthenticationRequired>\s*DisabledForLocalAddresses\s*<\/AuthenticationRequired>/,
    unless: /<AuthenticationMethod>\s*(None|External)\s*</,
    why: "the page asks no machine of the home network for a login, nor another container",
    source: "https://wiki.servarr.com/radarr/faq#forced-authentication",
  },
  {
    name: "`AuthSubnetWhitelist` to every address",
    image: /qbittorrent/,
    files: ["/config/qBittorrent/qBittorrent.conf", "/config/qBittorrent/config/qBittorrent.conf"],
    opens: /^WebUI\\AuthSubnetWhitelist=.*(?:\b0\.0\.0\.0\/0|::\/0)/m,
    unless: /^WebUI\\AuthSubnetWhitelistEnabled=false/m,
    why: "qBittorrent asks nobody for a login, and runs a program of the visitor's choice when a download ends",
    source: "https://github.com/qbittorrent/qBittorrent/blob/master/src/base/preferences.cpp",
  },
];

/** The settings of mounted files that switch a login off, as far as the files are at hand. */
export function openFilesOf(
  service: Service,
  context: Pick<Context<object>, "project" | "readFile">,
): readonly (readonly [OpenFile, MountedFile])[] {
  const image = service.image?.value;
  return (image === undefined ? FILES : filesOfImage(image)).flatMap(
    (known): readonly (readonly [OpenFile, MountedFile])[] => {
      const line = words(service).join(" ");
      const named = known.option?.exec(line)?.[1];
      for (const path of named === undefined ? known.files : [named]) {
        const file = mountedFile(service, path, context);
        if (file === undefined || !known.opens.test(file.text)) continue;
        return known.unless?.test(file.text) === true || known.unless?.test(line) === true ? [] : [[known, file]];
      }
      return [];
    },
  );
}

/** True when a file that decides about the login of a service is at hand. */
export function hasSettingsFile(service: Service, context: Pick<Context<object>, "project" | "readFile">): boolean {
  return filesOfImage(service.image?.value ?? "").some(({ files }) =>
    files.some((path) => mountedFile(service, path, context) !== undefined),
  );
}

const filesOfImage = rememberedText((image) => FILES.filter((known) => known.image.test(image)));
