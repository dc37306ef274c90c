import type { Located, Project, Service } from "@compose-harden/model";
import { parseImage } from "@compose-harden/profiles";
import { literalOf } from "../literal.js";
import type { Rule } from "../rule.js";
import { isGuessable, secretIn } from "../secrets.js";
import { severityOf } from "../severity.js";

interface Account {
  readonly service: Service;
  readonly name: string;
  readonly at: Located<string | null>;
  readonly value: string;
}

/** Variables by which a server's image makes an account, with the password it gets, and the images that read them. */
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
  [/^RABBITMQ_DEFAULT_PASS$/, /^rabbitmq/],
  [/^(MINIO|RUSTFS)_(ROOT_PASSWORD|SECRET_KEY)$/, /^(minio|rustfs)/],
  [/^(MEILI_MASTER_KEY|DOCKER_INFLUXDB_INIT_PASSWORD)$/, /^(meilisearch|influxdb)/],
  [/^(KC_BOOTSTRAP_ADMIN|KEYCLOAK_ADMIN|GF_SECURITY_ADMIN|PGADMIN_DEFAULT)_PASSWORD$/, /^(keycloak|grafana|pgadmin)/],
];

/** Every account has a secret of its own. */
export const reusedSecret: Rule = {
  id: "reused-secret",
  summary: "no two accounts share one secret that stands in the file",
  topic: "secrets",
  severity: severityOf("container", "privileges"),
  since: "0.1.0",
  references: [
    { title: "Compose: secrets", url: "https://docs.docker.com/reference/compose-file/secrets/" },
    {
      title: "NIST SP 800-190, Application Container Security Guide",
      url: "https://csrc.nist.gov/pubs/sp/800/190/final",
    },
  ],
  frameworks: { nist: ["4.1.4"] },

  *project(project) {
    const accounts = project.services.flatMap((service) => accountsOf(service, project));
    for (const [index, account] of accounts.entries()) {
      const first = accounts.findIndex((other) => other.value === account.value);
      const other = accounts[first];
      if (first === index || other === undefined || isOneAccount(account, other)) continue;
      yield {
        at: account.at,
        message:
          other.service === account.service
            ? `\`${account.service.name}\` has the same secret in \`${account.name}\` as in \`${other.name}\``
            : `\`${account.service.name}\` has the same secret in \`${account.name}\` as \`${other.service.name}\` in \`${other.name}\``,
        risk: "whoever learns the weaker account's secret has the stronger account too",
        ...(other.at.origin === undefined
          ? {}
          : { related: [{ message: "the same secret", origin: other.at.origin }] }),
      };
    }
  },
};

function accountsOf(service: Service, project: Project): readonly Account[] {
  const image =
    parseImage(service.image?.value ?? "")
      .repository.split("/")
      .at(-1) ?? "";
  const names = ACCOUNTS.filter(([, images]) => images.test(image)).map(([name]) => name);
  return [...service.environment.items].flatMap(([name, at]) => {
    const literal = names.some((form) => form.test(name)) ? literalOf(at, project) : undefined;
    if (literal === undefined || secretIn(name, literal.value) === undefined) return [];
    return isGuessable(name, literal.value, service) ? [] : [{ service, name, at, value: literal.value }];
  });
}

/** Two names of one account in one service, or copies and clients of one server. */
function isOneAccount(a: Account, b: Account): boolean {
  if (a.service !== b.service) return a.name === b.name;
  return a.name.includes("ROOT") === b.name.includes("ROOT") || /MINIO|RUSTFS/.test(a.name);
}
