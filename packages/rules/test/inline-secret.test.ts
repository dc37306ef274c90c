import type { Finding } from "@compose-harden/model";
import { expect } from "vitest";
import { inlineSecret } from "../src/rules/inline-secret.js";
import { table } from "./table.js";

const set = (name: string, value: string): string =>
  `services: {web: {image: nginx, environment: {${name}: '${value}'}}}`;
const found = (name: string): readonly string[] => [`services.web.environment.${name}`];

table(inlineSecret, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "wrong type", compose: "services: {web: {image: nginx, environment: 5}}", finds: [] },
  {
    case: "a map, and the value is not printed",
    compose: set("DB_PASSWORD", "hunter2"),
    finds: found("DB_PASSWORD"),
    first: (finding) => expect(JSON.stringify([finding.message, finding.risk])).not.toContain("hunter2"),
  },
  { case: "a list", compose: "services: {web: {image: a, environment: ['API_KEY=abcdef']}}", finds: found("API_KEY") },
  {
    case: "a connection string of PostgreSQL",
    compose: set("MEMOS_DSN", "user=memos password=S3cr3tPw dbname=memos host=db"),
    finds: found("MEMOS_DSN"),
    first: ({ message, fix }) => {
      expect(message).toContain("a password in a connection string");
      expect(fix?.moves).toMatchObject([{ part: "S3cr3tPw", names: ["MEMOS_PASSWORD", "WEB_MEMOS_PASSWORD"] }]);
    },
  },
  {
    case: "a connection string of .NET",
    compose: set(
      "ConnectionStrings__Main",
      "Server=db,1433;User Id=sa;Password=P@ss-w0rd9;TrustServerCertificate=true",
    ),
    finds: found("ConnectionStrings__Main"),
  },
  {
    case: "a query of JDBC",
    compose: set("JDBC", "jdbc:postgresql://db:5432/app?user=app&password=S3cr3tPw"),
    finds: found("JDBC"),
  },
  { case: "the access key of an object store", compose: set("MINIO_ACCESS_KEY", "thehive"), finds: [] },
  {
    case: "its secret key",
    compose: set("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMIbPxRfiCY"),
    finds: found("AWS_SECRET_ACCESS_KEY"),
  },
  { case: "a word in place of a cloud's key", compose: set("AZURE_BLOB_ACCOUNT_KEY", "${KEY:-difyai}"), finds: [] },
  {
    case: "a cloud's key",
    compose: set("AZURE_BLOB_ACCOUNT_KEY", "q8Zr2LmVx0TdKs7YbJ4uHc1EoPw93NfGaQi5Zt6XyBvMkR=="),
    finds: found("AZURE_BLOB_ACCOUNT_KEY"),
  },
  {
    case: "an address that lets everybody post",
    compose: set("HOOK", "https://hooks.slack.com/services/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"),
    finds: found("HOOK"),
  },
  {
    case: "the same for another service",
    compose: set("URL", "discord://q8Zr2LmVx0TdKs7YbJ4uHc1EoPw93NfGaQi5Zt6XyBvMkR2hL8dUeCsAj7W0nT@1183746501928374650"),
    finds: found("URL"),
  },
  { case: "the address of the service", compose: set("HOOK", "https://hooks.slack.com/services/"), finds: [] },
  {
    case: "a hash alone",
    compose: "services: {web: {image: a, labels: {caddy.basic_auth.bob: '$$2a$$14$$Zkx19gLiW6VYouLHR5NfOO'}}}",
    finds: ['services.web.labels["caddy.basic_auth.bob"]'],
  },
  {
    case: "a hash of another kind",
    compose: "services: {web: {image: a, labels: ['a.basicauth.users=bob:{SHA}Q3mWkZ9f0bT1hVtYp2sXr8uLcNE=']}}",
    finds: ['services.web.labels["a.basicauth.users"]'],
  },
  { case: "one character again and again", compose: set("APP_SECRET_KEY", "aaaaaaaaaaaaaaaaaaaaaaaa"), finds: [] },
  { case: "a name in braces", compose: set("APP_TOKEN", "x{APP_TOKEN}"), finds: [] },
  { case: "one whose password is a variable", compose: set("DSN", "host=db user=a password=${PW}"), finds: [] },
  { case: "one that asks for it", compose: set("DSN", "host=db user=a password=<password>"), finds: [] },
  { case: "words that only look like one", compose: set("TEXT", "the password = what you chose"), finds: [] },
  {
    case: "quotes that a list takes for the value",
    compose: 'services:\n  web:\n    image: a\n    environment:\n      - JWT_SECRET="w8Ui3bMqqL"\n',
    finds: found("JWT_SECRET"),
  },
  {
    case: "quotes around a variable of the environment",
    compose: 'services:\n  web:\n    image: a\n    environment:\n      - "JWT_SECRET"\n',
    finds: [],
  },
  {
    case: "a key in hexadecimal",
    compose: set("ED25519_PRIVATE_KEY_HEX", "dba7c07331693b7b"),
    finds: found("ED25519_PRIVATE_KEY_HEX"),
  },
  { case: "a public key in hexadecimal", compose: set("PUBLIC_KEY_HEX", "dba7c07331693b7b"), finds: [] },
  { case: "camel case", compose: set("clientSecret", "abcdef"), finds: found("clientSecret") },
  { case: "a number as password", compose: set("MYSQL_ROOT_PASSWORD", "49152x2"), finds: found("MYSQL_ROOT_PASSWORD") },
  { case: "one that everybody guesses is another rule's", compose: set("MYSQL_ROOT_PASSWORD", "123456"), finds: [] },
  {
    case: "a default that asks to be replaced is another rule's",
    compose: set("NEXTAUTH_SECRET", "${S:-mysecret-change-in-production}"),
    finds: [],
  },
  {
    case: "a URL whose password asks to be replaced",
    compose: set("DATABASE_URL", "postgres://app:${PW:-change_me}@db/app"),
    finds: found("DATABASE_URL"),
  },
  {
    case: "a label's that everybody guesses, which no other rule reads",
    compose: "services: {web: {image: a, labels: {api.password: changeme}}}",
    finds: ['services.web.labels["api.password"]'],
  },
  { case: "a variable by mistake", compose: set("PASSWORD", "lit$X"), finds: found("PASSWORD") },
  { case: "a beginning", compose: set("AUTH_TOKEN", "Bearer ${TOKEN}"), finds: [] },
  { case: "an administrator's", compose: set("ADMIN_PASSWORD", "w8Ui3bMqqL"), finds: found("ADMIN_PASSWORD") },
  { case: "a key nobody checks", compose: set("OPENAI_API_KEY", "not-needed"), finds: [] },
  { case: "a key for a server of one's own", compose: set("OPENAI_API_KEY", "sk-llamacpp"), finds: [] },
  { case: "a key for a server of this project", compose: set("VLLM_API_KEY", "${K:-local-vllm}"), finds: [] },
  { case: "crosses behind a key's beginning", compose: set("ANTHROPIC_API_KEY", "sk-xxx-xxx-xxx"), finds: [] },
  { case: "the variable's name again", compose: set("TELEGRAM_API_KEY", "TELEGRAM_API_KEY"), finds: [] },
  { case: "a word as a server's own key", compose: set("SECRET_KEY", "notsecretkey"), finds: found("SECRET_KEY") },
  { case: "the name of etcd's cluster", compose: set("ETCD_INITIAL_CLUSTER_TOKEN", "etcd-cluster-1"), finds: [] },
  { case: "a file of Kafka's", compose: set("KAFKA_SSL_KEY_CREDENTIALS", "broker1_sslkey_creds"), finds: [] },
  {
    case: "a URL with a fallback inside",
    compose: set("DATABASE_URL", "postgres://${DB_USER}:${PW:-b3c}@db/x"),
    finds: found("DATABASE_URL"),
  },
  { case: "several tokens", compose: set("INIT_API_TOKENS", "*:*.k3hx81n"), finds: found("INIT_API_TOKENS") },
  { case: "what a model counts", compose: set("STOP_TOKENS", "<end>"), finds: [] },
  { case: "a number as token", compose: set("MAX_TOKEN", "4096"), finds: [] },
  { case: "a dollar sign in it", compose: set("PASSWORD", "pa$$w8rd"), finds: found("PASSWORD") },
  { case: "a reference", compose: set("PASSWORD", "${PW}"), finds: [] },
  { case: "a reference that must be set", compose: set("PASSWORD", "${PW:?no password}"), finds: [] },
  { case: "a fallback", compose: set("PASSWORD", "${PW:-hunter2}"), finds: found("PASSWORD") },
  {
    case: "a fallback that .env replaces",
    compose: { "compose.yaml": set("PASSWORD", "${PW:-hunter2}"), ".env": "PW=other\n" },
    finds: [],
  },
  { case: "taken from the environment", compose: "services: {web: {image: a, environment: [PASSWORD]}}", finds: [] },
  {
    case: "taken from the env file by its name",
    compose: {
      "compose.yaml":
        "services: {web: {image: a, environment: [PASSWORD]}, app: {image: a, environment: {PASSWORD: }}}",
      ".env": "PASSWORD=hunter2\n",
    },
    finds: [],
  },
  { case: "a file's name", compose: set("PASSWORD_FILE", "/run/secrets/x"), finds: [] },
  {
    case: "a path below a variable of the software",
    compose: set("JWT_SECRET_KEY", "%dir%/jwt/private.pem"),
    finds: [],
  },
  { case: "a path", compose: set("PRIVATE_KEY", "/certs/key.pem"), finds: [] },
  { case: "the name of a secret in a store", compose: set("API_KEY", "secret://app/key"), finds: [] },
  {
    case: "Redis' password under another name",
    compose: set("REDIS_AUTH", "w8Ui3bMqqL"),
    finds: found("REDIS_AUTH"),
    first: ({ message }) => expect(message).toContain("a password"),
  },
  { case: "a placeholder", compose: set("API_KEY", "<your key>"), finds: [] },
  { case: "another placeholder", compose: set("API_KEY", "your-api-key-here"), finds: [] },
  { case: "a switch", compose: set("SHOW_PASSWORD", "true"), finds: [] },
  { case: "something about a token", compose: set("TOKEN_TTL", "3600s"), finds: [] },
  { case: "the working folder", compose: set("PWD", "srv"), finds: [] },
  { case: "an empty value", compose: set("PASSWORD", ""), finds: [] },
  { case: "an id of a key", compose: set("AWS_ACCESS_KEY_ID", "minio"), finds: [] },
  {
    case: "a URL with a password",
    compose: set("DATABASE_URL", "postgres://a:b3c@db/x"),
    finds: found("DATABASE_URL"),
  },
  { case: "a URL with a reference", compose: set("DATABASE_URL", "postgres://a:${PW}@db/x"), finds: [] },
  { case: "a URL with a user only", compose: set("DATABASE_URL", "postgres://a@db/x"), finds: [] },
  {
    case: "a token by its form",
    compose: set("SETTINGS", "ghp_0123456789abcdefghijABCDEFGHIJ012345"),
    finds: found("SETTINGS"),
  },
  {
    case: "a password hash in a label",
    compose:
      "services: {web: {image: a, labels: {'traefik.http.middlewares.a.basicauth.users': 'me:$$apr1$$abcdefgh$$0123456789abcdefghijkl'}}}",
    finds: ['services.web.labels["traefik.http.middlewares.a.basicauth.users"]'],
  },
  {
    case: "names in one word",
    compose: set("XPACK_ENCRYPTEDSAVEDOBJECTS_ENCRYPTIONKEY", "d1a66dfd-c4d3-4a0a-8290-2abcb83ab3aa"),
    finds: found("XPACK_ENCRYPTEDSAVEDOBJECTS_ENCRYPTIONKEY"),
  },
  { case: "the seed of passwords", compose: set("PASSWORD_SEED", "h6ujk3qq"), finds: found("PASSWORD_SEED") },
  { case: "another seed", compose: set("WORLD_SEED", "h6ujk3qq"), finds: [] },
  { case: "any key will do", compose: set("OPENAI_API_KEY", "any-string"), finds: [] },
  { case: "to be replaced, in German", compose: set("LANGCHAIN_API_KEY", "dein_langsmith_key_hier"), finds: [] },
  { case: "another label", compose: "services: {web: {image: a, labels: {password: x}}}", finds: [] },
  {
    case: "from an env file",
    compose: { "compose.yaml": "services: {web: {image: a, env_file: [app.env]}}", "app.env": "PASSWORD=hunter2\n" },
    finds: [],
  },
  {
    case: "merge key",
    compose: "x-e: &e {PASSWORD: hunter2}\nservices: {web: {image: a, environment: {<<: *e, B: c}}}",
    finds: found("PASSWORD"),
  },
  {
    case: "build only",
    compose: "services: {web: {build: ., environment: {PASSWORD: hunter2}}}",
    finds: found("PASSWORD"),
  },
  ...[
    ["options of Java", "JAVA_OPTS", "-Xmx1g -Dspring.datasource.password=h6ujk3qq -Dx=1"],
    ["options of a server", "REDIS_ARGS", "--appendonly yes --requirepass h6ujk3qq"],
    ["JSON in one line", "SPRING_APPLICATION_JSON", '{"db": {"user": "a", "password": "h6ujk3qq"}, "n": 3}'],
    ["YAML", "CONFIG", "db:\n  user: a\n  password: h6ujk3qq\n"],
    ["a header", "OTEL_EXPORTER_OTLP_HEADERS", "Authorization=Basic%20YWRtaW46aDZ1amszcXE="],
  ].map(([name = "", variable = "", value = ""]) => ({
    case: `inside a value: ${name}, and it is not printed`,
    compose: `services: {web: {image: a, environment: {${variable}: ${JSON.stringify(value)}}}}`,
    finds: found(variable),
    first: ({ message, fix }: Finding) => {
      expect(message).not.toContain("h6ujk3qq");
      expect(fix?.moves).toHaveLength(1);
    },
  })),
  ...[
    ["options without one", "JAVA_OPTS", "-Xmx1g -Dspring.datasource.password=$${DB_PASSWORD} -Dtoken.ttl=60"],
    ["options that name a file", "ARGS", "--password-file /run/secrets/x --token-ttl 60 --key-size 4096"],
    ["JSON with a reference", "CONFIG", '{"password": "${PW}", "max_tokens": 5, "token_url": "https://x.example/"}'],
    ["JSON with an empty one", "CONFIG", '{"password": ""}'],
    ["text", "MOTD", "Forgot your password: ask.\nKeep the token - it is new.\n"],
    ["a header to fill in", "HEADERS", "Authorization=Bearer <token>"],
    ["a header by a variable", "HEADERS", "Authorization=Bearer ${TOKEN}"],
    ["basic authentication, switched on", "AUTH_MODE", "basic authentication"],
  ].map(([name = "", variable = "", value = ""]) => ({
    case: `inside a value: ${name}`,
    compose: `services: {web: {image: a, environment: {${variable}: ${JSON.stringify(value)}}}}`,
    finds: [],
  })),
  {
    case: "a header in a label",
    compose:
      "services: {web: {image: a, labels: ['traefik.http.middlewares.h.headers.customrequestheaders.Authorization=Basic YWRtaW46aDZ1amszcXE=']}}",
    finds: ['services.web.labels["traefik.http.middlewares.h.headers.customrequestheaders.Authorization"]'],
  },
  {
    case: "the key of a widget, in a label",
    compose: "services: {web: {image: a, labels: {homepage.widget.key: h6ujk3qq0a}}}",
    finds: ['services.web.labels["homepage.widget.key"]'],
  },
  {
    case: "an address of MySQL as Go takes it",
    compose: set("DB_ADDRESS", "app:tr0ub4dor9@tcp(db:3306)/app"),
    finds: found("DB_ADDRESS"),
    first: ({ fix }) => expect(fix?.moves).toMatchObject([{ part: "tr0ub4dor9", before: ":", after: "@" }]),
  },
  {
    case: "an address of a cache for .NET",
    compose: set("CACHE", "cache:6379,password=tr0ub4dor9,ssl=False"),
    finds: found("CACHE"),
    first: ({ fix }) => expect(fix?.moves).toMatchObject([{ part: "tr0ub4dor9" }]),
  },
  {
    case: "the options of a volume, and a variable in others",
    compose:
      "services: {web: {image: a}}\nvolumes: {nas: {driver_opts: {type: cifs, device: //n/s, o: 'username=u,password=tr0ub4dor9,vers=3.0'}}, b: {driver_opts: {o: 'username=${U},password=${P},vers=3.0'}}}",
    finds: ["volumes.nas.driver_opts.o"],
    first: ({ fix }) => expect(fix?.moves).toMatchObject([{ part: "tr0ub4dor9", names: ["NAS_PASSWORD"] }]),
  },
  ...[
    [
      "an option of the log driver",
      "logging: {driver: splunk, options: {splunk-token: 2f9c1b7e58d34c1a}}",
      "logging.options.splunk-token",
    ],
    ["an annotation", "annotations: {deploy.token: 2f9c1b7e58d34c1a}", 'annotations["deploy.token"]'],
    [
      "a label of the image",
      "build: {context: ., labels: {deploy.token: 2f9c1b7e58d34c1a}}",
      'build.labels["deploy.token"]',
    ],
    ["the address of the build's context", "build: 'https://u:tr0ub4dor9@x.example/r.git#main'", "build.context"],
    [
      "the environment of a hook",
      "post_start: [{command: a, environment: [API_TOKEN=8f3kd92kfl3mx0]}]",
      "post_start[0].environment.API_TOKEN",
    ],
  ].map(([name, attribute, at]) => ({
    case: String(name),
    compose: `services: {web: {image: a, ${attribute}}}`,
    finds: [`services.web.${at}`],
  })),
  {
    case: "users for digest authentication",
    compose:
      "services: {web: {image: a, labels: ['traefik.http.middlewares.d.digestauth.users=u:realm:0d1f6b2c9a8e7f5d4c3b2a190817f6e5']}}",
    finds: ['services.web.labels["traefik.http.middlewares.d.digestauth.users"]'],
  },
  {
    case: "the root token of a trial Vault",
    compose: set("VAULT_DEV_ROOT_TOKEN_ID", "tr0ub4dor9"),
    finds: found("VAULT_DEV_ROOT_TOKEN_ID"),
  },
  ...[
    "gsk_Q9wE3rT7yU1iO5pA2sD8fG4hJ6kL0zXcVbNmQwErTyUiOpAsDf",
    "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",
    "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",
    "hvs.CAESIQw3Er7Ty1Ui5Op9As2Df8Gh4Jk6L0zXc",
    "sk-lf-3f9a1c7e-5b2d-8f4a-6c0e-9b1d7f3a5c8e",
    "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.Qw3Er7Ty1Ui5Op9As2Df8Gh4",
  ].map((token) => ({
    case: `the form of a token, ${token.slice(0, 5)}`,
    compose: set("X", token),
    finds: found("X"),
  })),
  ...[
    "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiIsImlzcyI6ImFjbWUifQ.Qw3Er7Ty1Ui5Op9As2Df8Gh4",
    "AIzaSyXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
    "sk-ant-your-key-goes-here-please-now-ok",
    "xoxb-your-slack-bot-token",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  ].map((value) => ({ case: `no token, ${value.slice(-9)}`, compose: set("X", value), finds: [] })),
  ...["%SECRET%", "sk-ant-...", "TODO"].map((value) => ({
    case: `a place for a secret, ${value}`,
    compose: set("API_SECRET", value),
    finds: [],
  })),
  ...[
    ["VNC_PW", "tr0ub4dor9"],
    ["RABBITMQ_ERLANG_COOKIE", "tr0ub4dor9x"],
    ["BASIC_AUTH", "admin:tr0ub4dor9"],
    [
      "STORE",
      "AccountName=x;AccountKey=Qw3Er7Ty1Ui5Op9As2Df8Gh4Jk6L0zXcVbNmQwEr3Ty7Ui1Op5As9Df==;EndpointSuffix=x.example",
    ],
  ].map(([name = "", value = ""]) => ({ case: `a secret, ${name}`, compose: set(name, value), finds: found(name) })),
  ...[
    ["BASIC_AUTH", "true"],
    ["API_KEY", "op://vault/item/key"],
    ["APP_SECRET", "vault:secret/data/app#key"],
    [
      "STORE",
      "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    ],
  ].map(([name = "", value = ""]) => ({ case: `no secret, ${name}`, compose: set(name, value), finds: [] })),
]);
