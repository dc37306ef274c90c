import type { Located, Project, Service } from "@compose-harden/model";
import { parseImage } from "@compose-harden/profiles";
import { literalOf } from "./literal.js";
import { remembered, rememberedIn } from "./remembered.js";
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

/** Variables by which a server's image makes an account, and the images that read them. */
const ACCOUNTS: readonly (readonly [name: RegExp, image: RegExp])[] = [
  [/^(POSTGRES_PASSWORD|POSTGRESQL_(POSTGRES_)?PASSWORD)$/, /^(postgres|postgis|timescale|pgvector)/],
  [/^(MYSQL|MARIADB)_(ROOT_)?PASSWORD$/, /^(mysql|mariadb|percona)/],
  [/^(MONGO_INITDB|MONGODB)_(ROOT_)?PASSWORD$/, /^mongo(db)?$/],
  [/^(REDIS|VALKEY)_PASSWORD$/, /^(redis|valkey)/],
  [/^(ELASTIC_PASSWORD|OPENSEARCH_INITIAL_ADMIN_PASSWORD)$/, /^(elasticsearch|opensearch)/],
  [
    /^(CLICKHOUSE|COUCHDB|ARANGO_ROOT|(MSSQL_)?SA|NEO4J)_PASSWORD$/,
    /^(clickhouse|couchdb|arangodb|mssql|neo4j|server)/,
  ],
  [/^NEO4J_AUTH$/, /^neo4j/],
  [/^RABBITMQ_DEFAULT_PASS$/, /^rabbitmq/],
  [/^(MINIO|RUSTFS)_(ROOT_PASSWORD|SECRET_KEY)$/, /^(minio|rustfs)/],
  [/^(MEILI_MASTER_KEY|DOCKER_INFLUXDB_INIT_PASSWORD)$/, /^(meilisearch|influxdb)/],
  [/^(KC_BOOTSTRAP_ADMIN|KEYCLOAK_ADMIN|GF_SECURITY_ADMIN|PGADMIN_DEFAULT)_PASSWORD$/, /^(keycloak|grafana|pgadmin)/],
];

/** The accounts of a server whose image is known to make them, as far as the files show their secrets. */
export const accountsOf: (service: Service, project: Project) => readonly Account[] = rememberedIn((service, project) =>
  settingsOf(service).flatMap(([name, at]) => {
    const literal = literalOf(at, project);
    if (literal === undefined || secretIn(name, literal.value) === undefined) return [];
    return [{ service, name, at, value: literal.value }];
  }),
);

/** All accounts of all servers, with the secrets in force wherever they come from. */
export const serverAccounts: (project: Project) => readonly Account[] = remembered(({ services }) =>
  services.flatMap((service) =>
    settingsOf(service).flatMap(([name, at]) => (at.value ? [{ service, name, at, value: at.value }] : [])),
  ),
);

function settingsOf(service: Service): readonly (readonly [string, Account["at"]])[] {
  const image =
    parseImage(service.image?.value ?? "")
      .repository.split("/")
      .at(-1) ?? "";
  const names = ACCOUNTS.filter(([, images]) => images.test(image)).map(([name]) => name);
  if (names.length === 0) return [];
  return [...service.environment.items].filter(([name]) => names.some((form) => form.test(name)));
}
