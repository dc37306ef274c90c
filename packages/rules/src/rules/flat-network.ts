import { isMap, type Project, remembered, type Service } from "@compose-harden/model";
import { parseImage } from "@compose-harden/profiles";
import { toolFor } from "../network/database-tools.js";
import { dependenciesOf, namesOf, serviceNamed } from "../network/neighbours.js";
import { portsReachedFromElsewhere } from "../network/reach.js";
import { settingsAreAtHand } from "../programs/environment.js";
import { holdsWord } from "../programs/names.js";
import { speakersOf } from "../programs/settings-text.js";
import type { Context, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Images that hold other services' data and are meant for siblings only. */
const isDatastoreName = holdsWord(
  "postgres postgresql postgis pgvector timescaledb mysql mariadb percona mongo mongodb redis valkey keydb dragonfly memcached elasticsearch opensearch clickhouse clickhouse-server cassandra scylla couchdb neo4j influxdb qdrant weaviate chroma milvus etcd rabbitmq nats kafka minio rustfs mssql",
);

/** Tools that carry a database's name. */
const COMPANION =
  /exporter|connect|rest|[_-]ui$|admin|express|insight|commander|proxy|backup|gui|manager|mcp|schema|cli$|meta$|\/mc$/;

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
  frameworks: { owasp: ["5"], nist: ["4.3.3"] },

  reads: ["ports"],

  service(service, { project, report, readFile }) {
    if (portsReachedFromElsewhere(service).length === 0 || isDatastore(service)) return;
    if (!settingsAreAtHand(service, project)) return;
    const opens = toolFor(service.image?.value ?? "");
    const awaited = sameAwaited(service, project);
    const near = new Set(networksOf(service).flatMap((network) => datastoresOn(project).get(network) ?? []));
    const candidates = [...near].flatMap(({ service: store, users }) =>
      users.has(service) || awaited.some((user) => users.has(user)) || opens(store.image?.value ?? "") ? [] : [store],
    );
    const mounted = candidates.length === 0 ? "" : mountedText(service, readFile);
    const strangers = candidates.filter((store) => !namesOf(store).some((name) => mounted.includes(name)));
    if (strangers.length === 0) return;
    report({
      at: { path: [...service.path, "networks"] },
      message: `\`${service.name}\` is published and shares a network with ${listed(strangers)}, which only others use`,
      risk: "a flaw in the one service that others reach is enough to talk to what keeps the others' data, which often asks for no password inside",
      related: strangers.slice(0, NAMED).flatMap(({ name, blocks }) => {
        const origin = blocks.at(-1);
        return origin === undefined ? [] : [{ message: `\`${name}\` is here`, origin }];
      }),
    });
  },
};

/** Copies of the same software that a worker waits for: they use the database, and it gets its orders there. */
function sameAwaited(service: Service, project: Project): readonly Service[] {
  const image = service.image?.value;
  if (image === undefined) return [];
  return dependenciesOf(service).flatMap((name) => {
    const awaited = serviceNamed(project, name);
    return awaited?.image?.value === image ? [awaited] : [];
  });
}

/** So many databases are named; the rest is counted. */
const NAMED = 8;

function listed(services: readonly Service[]): string {
  const names = services.slice(0, NAMED).map(({ name }) => `\`${name}\``);
  const more = services.length - names.length;
  return `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

const networksOf = remembered((service: Service): readonly string[] => {
  const networks = service.get("networks")?.raw;
  return isMap(networks) ? Object.keys(networks) : [];
});

/** A database, with the services that use it. */
interface Datastore {
  readonly service: Service;
  readonly users: ReadonlySet<Service>;
}

/** By network the databases that are known to be used: one that nobody names may be by way of a file that this program does not see. */
const datastoresOn = remembered((project: Project): ReadonlyMap<string, readonly Datastore[]> => {
  const found = new Map<string, Datastore[]>();
  for (const service of project.services.filter(isDatastore)) {
    const users = usersOf(service, project);
    if (users.size === 0) continue;
    const store = { service, users };
    for (const network of networksOf(service)) found.set(network, [...(found.get(network) ?? []), store]);
  }
  return found;
});

const isDatastore = remembered(({ image }: Service): boolean => {
  if (image === undefined) return false;
  const { repository } = parseImage(image.value);
  return isDatastoreName(repository) && !COMPANION.test(repository);
});

/** The files beside the Compose files that are mounted into a service: a collector has its targets there. */
function mountedText({ volumes }: Service, readFile: Context<object>["readFile"]): string {
  const sources = volumes.items.flatMap(({ value }) => (value.type === "bind" && value.source ? [value.source] : []));
  return sources.map((source) => readFile?.(source) ?? "").join("\n");
}

/** The services that wait for a database, or have an address with its name among their settings; not other databases. */
function usersOf(store: Service, project: Project): ReadonlySet<Service> {
  const names = namesOf(store);
  const using = speakersOf(project).filter(
    ({ service, settings, waitsFor }) =>
      (waitsFor.includes(store.name) || names.some((name) => settings.includes(name))) && !isDatastore(service),
  );
  return new Set(using.map(({ service }) => service));
}
