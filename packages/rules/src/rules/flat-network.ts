import { isMap, type Project, type Service, valueAt } from "@compose-harden/model";
import { parseImage } from "@compose-harden/profiles";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Images that hold other services' data and are meant for siblings only. */
const DATASTORE =
  /(^|[/_-])(postgres(ql)?|postgis|pgvector|timescaledb|mysql|mariadb|percona|mongo(db)?|redis|valkey|keydb|dragonfly|memcached|elasticsearch|opensearch|clickhouse(-server)?|cassandra|scylla|couchdb|neo4j|influxdb|qdrant|weaviate|chroma|milvus|etcd|rabbitmq|nats|kafka|minio|mssql)([/_-]|$)/;

/** Databases share a network only with the services that use them. */
export const flatNetwork: Rule = {
  id: "flat-network",
  summary: "databases share a network only with the services that use them",
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

  *project(project) {
    const attached = project.services.filter((service) => networksOf(service).includes("default"));
    const isInternal = valueAt(project.data, ["networks", "default", "internal"]) === true;
    // With two services there is nobody to keep apart.
    if (attached.length < 3 || attached.length < project.services.length || isInternal) return;
    const published = attached.find(({ ports }) => ports.items.length > 0);
    const database = attached.find((service) => service !== published && isDatastore(service));
    if (published === undefined || database === undefined || usesAll(project, database)) return;
    yield {
      at: { path: ["networks", "default"] },
      message: `all ${attached.length} services share one network, \`${database.name}\` with the published \`${published.name}\` among them`,
      risk: "an intruder in any of them reaches every port of all others, also of databases that it never uses",
      related: [published, database].flatMap((service) => {
        const origin = project.originsOf(service.path).at(-1);
        return origin === undefined ? [] : [{ message: `\`${service.name}\` is here`, origin }];
      }),
    };
  },
};

function networksOf(service: Service): readonly string[] {
  const networks = service.get("networks")?.raw;
  return isMap(networks) ? Object.keys(networks) : [];
}

function isDatastore(service: Service): boolean {
  return DATASTORE.test(parseImage(service.image?.value ?? "").repository);
}

/** When everybody waits for the database, everybody uses it. */
function usesAll(project: Project, database: Service): boolean {
  return project.services.every((service) => {
    const needs = service.get("depends_on")?.raw;
    return service === database || isDatastore(service) || (isMap(needs) && Object.hasOwn(needs, database.name));
  });
}
