import { isMap, type Service } from "@compose-harden/model";
import { parseImage } from "@compose-harden/profiles";
import { settingsAreAtHand } from "../login.js";
import { portsReachedFromElsewhere } from "../reach.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Images that hold other services' data and are meant for siblings only. */
const DATASTORE =
  /(^|[/_-])(postgres(ql)?|postgis|pgvector|timescaledb|mysql|mariadb|percona|mongo(db)?|redis|valkey|keydb|dragonfly|memcached|elasticsearch|opensearch|clickhouse(-server)?|cassandra|scylla|couchdb|neo4j|influxdb|qdrant|weaviate|chroma|milvus|etcd|rabbitmq|nats|kafka|minio|mssql)([/_-]|$)/;

/** Tools that carry a database's name. */
const COMPANION =
  /exporter|connect|rest|[_-]ui$|admin|express|insight|commander|proxy|backup|gui|manager|mcp|schema|cli$|meta$/;

/** A published service does not share a network with databases that it does not use. */
export const flatNetwork: Rule = {
  id: "flat-network",
  summary: "a published service shares no network with databases that only others use",
  topic: "network",
  severity: severityOf("container", "comfort"),
  since: "0.1.0",
  references: [
    {
      title: "Compose: Networking",
      url: "https://docs.docker.com/compose/how-tos/networking/#specify-custom-networks",
    },
    { title: "Compose: networks, internal", url: "https://docs.docker.com/reference/compose-file/networks/#internal" },
  ],
  frameworks: { cis: ["5.30"], owasp: ["5"], nist: ["4.3.3"] },

  *service(service, { project }) {
    if (portsReachedFromElsewhere(service).length === 0 || isDatastore(service)) return;
    if (!settingsAreAtHand(service, project)) return;
    const networks = new Set(networksOf(service));
    const strangers = project.services.filter(
      (other) =>
        isDatastore(other) &&
        networksOf(other).some((name) => networks.has(name)) &&
        !uses(service, other) &&
        // A database that nobody else names may be used by way of a file that this program does not see.
        project.services.some((user) => user !== other && !isDatastore(user) && uses(user, other)),
    );
    const [first] = strangers;
    if (first === undefined) return;
    const names = strangers.map(({ name }) => `\`${name}\``).join(", ");
    yield {
      at: { path: [...service.path, "networks"] },
      message: `\`${service.name}\` is published and shares a network with ${names}, which only others use`,
      risk: "a flaw in the one service that others reach is enough to talk to the database, which often asks for no password inside",
      related: strangers.flatMap(({ name, blocks }) => {
        const origin = blocks.at(-1);
        return origin === undefined ? [] : [{ message: `\`${name}\` is here`, origin }];
      }),
    };
  },
};

function networksOf(service: Service): readonly string[] {
  const networks = service.get("networks")?.raw;
  return isMap(networks) ? Object.keys(networks) : [];
}

function isDatastore({ image }: Service): boolean {
  if (image === undefined) return false;
  const { repository } = parseImage(image.value);
  return DATASTORE.test(repository) && !COMPANION.test(repository);
}

/** It waits for the other one, or an address with its name stands among its settings. */
function uses(service: Service, other: Service): boolean {
  const needs = service.get("depends_on")?.raw;
  if (isMap(needs) && Object.hasOwn(needs, other.name)) return true;
  const names = [other.name, other.get("container_name")?.value, other.get("hostname")?.value];
  const text = settingsOf(service);
  return names.some((name) => typeof name === "string" && name !== "" && text.includes(name));
}

const settings = new WeakMap<Service, string>();

/** Environment, command and entrypoint as one text, made once for each service. */
function settingsOf(service: Service): string {
  const known = settings.get(service);
  if (known !== undefined) return known;
  const text = [
    ...Array.from(service.environment.items.values(), ({ value }) => value ?? ""),
    ...(service.command?.value ?? []),
    ...(service.entrypoint?.value ?? []),
  ].join("\n");
  settings.set(service, text);
  return text;
}
