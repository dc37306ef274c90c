import { type Located, type Project, remembered, rememberedIn, type Service } from "@compose-harden/model";
import { parseImage } from "@compose-harden/profiles";
import { literalOf } from "./literal.js";
import { secretIn } from "./secrets.js";

/** An account that a server makes when it first starts, with its secret. */
export interface Account {
  readonly service: Service;
  /** The variable that gives it its secret. */
  readonly name: string;
  readonly at: Located<string | null>;
  /** Never to be printed. */
  readonly value: string;
}

/** Images by the last step of their names, and the variables by which they make an account; each stands in one line. */
const ACCOUNTS: readonly (readonly [images: string, names: string])[] = [
  ["postgres* postgis* timescale* pgvector*", "POSTGRES_PASSWORD POSTGRESQL_PASSWORD POSTGRESQL_POSTGRES_PASSWORD"],
  ["mysql* mariadb* percona*", "MYSQL_PASSWORD MYSQL_ROOT_PASSWORD MARIADB_PASSWORD MARIADB_ROOT_PASSWORD"],
  ["mongo mongodb", "MONGO_INITDB_PASSWORD MONGO_INITDB_ROOT_PASSWORD MONGODB_PASSWORD MONGODB_ROOT_PASSWORD"],
  ["redis* valkey*", "REDIS_PASSWORD VALKEY_PASSWORD"],
  ["elasticsearch* opensearch*", "ELASTIC_PASSWORD OPENSEARCH_INITIAL_ADMIN_PASSWORD"],
  [
    "clickhouse* couchdb* arangodb* mssql* neo4j* server*",
    "CLICKHOUSE_PASSWORD COUCHDB_PASSWORD ARANGO_ROOT_PASSWORD SA_PASSWORD MSSQL_SA_PASSWORD NEO4J_PASSWORD",
  ],
  ["neo4j*", "NEO4J_AUTH"],
  ["rabbitmq*", "RABBITMQ_DEFAULT_PASS"],
  ["minio* rustfs*", "MINIO_ROOT_PASSWORD MINIO_SECRET_KEY RUSTFS_ROOT_PASSWORD RUSTFS_SECRET_KEY"],
  ["meilisearch* influxdb*", "MEILI_MASTER_KEY DOCKER_INFLUXDB_INIT_PASSWORD"],
  [
    "keycloak* grafana* pgadmin*",
    "KC_BOOTSTRAP_ADMIN_PASSWORD KEYCLOAK_ADMIN_PASSWORD GF_SECURITY_ADMIN_PASSWORD PGADMIN_DEFAULT_PASSWORD",
  ],
];

/** The accounts of a server whose image is known to make them, as far as the files show their secrets. */
export const accountsOf: (service: Service, project: Project) => readonly Account[] = rememberedIn((service, project) =>
  settingsOf(service).flatMap(([name, at]) => {
    const literal = literalOf(at, project);
    if (literal === undefined || secretIn(name, literal.value) === undefined) return [];
    return [{ service, name, at, value: literal.value }];
  }),
);

/** The accounts of all servers by their secrets, which are those in force wherever they come from. */
export const accountsBySecret: (project: Project) => ReadonlyMap<string, readonly Account[]> = remembered(
  ({ services }) => {
    const accounts = new Map<string, Account[]>();
    for (const service of services)
      for (const [name, at] of settingsOf(service))
        if (at.value)
          accounts.set(at.value, [...(accounts.get(at.value) ?? []), { service, name, at, value: at.value }]);
    return accounts;
  },
);

/** The images that read a variable. */
const READERS: ReadonlyMap<string, readonly string[]> = new Map(
  ACCOUNTS.flatMap(([images, names]) => names.split(" ").map((name) => [name, images.split(" ")])),
);

const settingsOf = remembered(({ image, environment }: Service): readonly (readonly [string, Account["at"]])[] => {
  const known: [string, Account["at"]][] = [];
  for (const [name, at] of environment.items) if (READERS.has(name)) known.push([name, at]);
  if (known.length === 0) return known;
  const { repository } = parseImage(image?.value ?? "");
  const last = repository.slice(repository.lastIndexOf("/") + 1);
  return known.filter(([name]) => READERS.get(name)?.some((reader) => isCalled(last, reader)) === true);
});

/** `postgres*` stands for every name that begins so. */
function isCalled(image: string, reader: string): boolean {
  return reader.endsWith("*") ? image.startsWith(reader.slice(0, -1)) : image === reader;
}
