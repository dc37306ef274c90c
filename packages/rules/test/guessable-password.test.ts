import { expect } from "vitest";
import { guessablePassword } from "../src/rules/guessable-password.js";
import { table } from "./table.js";

const set = (name: string, value: string): string =>
  `services: {web: {image: nginx, environment: {${name}: '${value}'}}}`;
const found = (name: string): readonly string[] => [`services.web.environment.${name}`];

table(guessablePassword, [
  {
    case: "one character again and again",
    compose: "services: {web: {image: acme/web, environment: {APP_SECRET_KEY: aaaaaaaaaaaaaaaaaaaaaaaa}}}",
    finds: ["services.web.environment.APP_SECRET_KEY"],
  },
  {
    case: "words that ask to be replaced",
    compose: "services: {db: {image: 'mariadb:11', environment: {MARIADB_ROOT_PASSWORD: '${P:-ChangeThisPassword}'}}}",
    finds: ["services.db.environment.MARIADB_ROOT_PASSWORD"],
  },
  {
    case: "words that ask to be replaced and are used where nobody does",
    compose: set("BETTER_AUTH_SECRET", "${S:-your-super-secret-key-change-this-in-production}"),
    finds: found("BETTER_AUTH_SECRET"),
    first: ({ message }) => expect(message).toContain("falls back to a secret that everybody guesses"),
  },
  {
    case: "the same where .env has a secret",
    compose: { "compose.yaml": set("APP_SECRET", "${S:-replace_me_with_a_random_string}"), ".env": "S=w8Ui3bMqqL\n" },
    finds: [],
  },
  {
    case: "the same in its place, for whoever copies the file",
    compose: set("APP_SECRET", "your-secret-here"),
    finds: [],
  },
  { case: "a key that a provider refuses", compose: set("OPENAI_API_KEY", "${K:-your-key-here}"), finds: [] },
  { case: "the word in Spanish", compose: set("SA_PASSWORD", "CONTRASEÑA"), finds: found("SA_PASSWORD") },
  { case: "the word in German", compose: set("DB_PASSWORD", "Passwort123"), finds: found("DB_PASSWORD") },
  { case: "an example", compose: set("ADMIN_PASSWORD", "My-Secure-Password5"), finds: found("ADMIN_PASSWORD") },
  {
    case: "one that the software does not read, which another rule says",
    compose: "services: {web: {image: 'n8nio/n8n:1.90.0', environment: {N8N_BASIC_AUTH_PASSWORD: admin}}}",
    finds: [],
  },
  {
    case: "one that an old version reads",
    compose: "services: {web: {image: 'n8nio/n8n:0.230.0', environment: {N8N_BASIC_AUTH_PASSWORD: admin}}}",
    finds: found("N8N_BASIC_AUTH_PASSWORD"),
  },
  {
    case: "a stand-in behind its user",
    compose: set("NEO4J_AUTH", "${NEO4J_AUTH:-neo4j/your_password}"),
    finds: ["services.web.environment.NEO4J_AUTH"],
  },
  { case: "a stand-in for a cloud's key", compose: set("TENCENT_COS_SECRET_KEY", "${K:-your-secret-key}"), finds: [] },
  {
    case: "a stand-in for what a provider checks",
    compose: set("OAUTH_CLIENT_SECRET", "${K:-your-client-secret}"),
    finds: [],
  },
  { case: "a short number as secret", compose: set("COOKIE_SECRET", "666"), finds: found("COOKIE_SECRET") },
  { case: "a number as key", compose: set("APP_KEY", "666"), finds: [] },
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "wrong type", compose: "services: {web: {image: nginx, environment: 5}}", finds: [] },
  { case: "digits", compose: set("MYSQL_ROOT_PASSWORD", "123456"), finds: found("MYSQL_ROOT_PASSWORD") },
  { case: "a word with digits", compose: set("ADMIN_PASSWORD", "Admin123"), finds: found("ADMIN_PASSWORD") },
  { case: "a list", compose: "services: {web: {image: a, environment: ['DB_PASS=root']}}", finds: found("DB_PASS") },
  {
    case: "a fallback, and the value is not printed",
    compose: set("DB_PASSWORD", "${PW:-changeme}"),
    finds: found("DB_PASSWORD"),
    first: ({ message, risk }) => expect(message + risk).not.toContain("changeme"),
  },
  {
    case: "a fallback that .env replaces",
    compose: { "compose.yaml": set("DB_PASSWORD", "${PW:-changeme}"), ".env": "PW=w8Ui3bMqqL\n" },
    finds: [],
  },
  {
    case: "one that .env gives, and the value is not printed",
    compose: { "compose.yaml": set("DB_PASSWORD", "${PW:?}"), ".env": "A=1\nPW='changeme' # mine\n" },
    finds: found("DB_PASSWORD"),
    first: ({ message, fix }) => {
      expect(message).toContain("from `.env`");
      expect(message).not.toContain("changeme");
      expect(fix).toBeUndefined();
    },
  },
  {
    case: "one that .env gives, in a list",
    compose: {
      "compose.yaml": "services: {web: {image: a, environment: ['DB_PASSWORD=$PW']}}",
      ".env": "PW=postgres\n",
    },
    finds: found("DB_PASSWORD"),
  },
  {
    case: "one of an env file of the service",
    compose: { "compose.yaml": "services: {web: {image: a, env_file: [db.env]}}", "db.env": "DB_PASSWORD=postgres\n" },
    finds: found("DB_PASSWORD"),
    first: ({ message }) => expect(message).toContain("from `db.env`"),
  },
  {
    case: "one of an env file of two services",
    compose: {
      "compose.yaml": "services: {a: {image: a, env_file: [db.env]}, b: {image: b, env_file: [db.env]}}",
      "db.env": "DB_PASSWORD=postgres\n",
    },
    finds: ["services.a.environment.DB_PASSWORD"],
  },
  {
    case: "a good one that .env gives",
    compose: { "compose.yaml": set("DB_PASSWORD", "${PW}"), ".env": "PW=w8Ui3bMqqL\n" },
    finds: [],
  },
  {
    case: "a placeholder in .env",
    compose: { "compose.yaml": set("DB_PASSWORD", "${PW}"), ".env": "PW=<your password>\n" },
    finds: [],
  },
  {
    case: "the name of the user",
    compose: "services: {db: {image: a, environment: {APP_USER: gitlab, APP_PASSWORD: gitlab}}}",
    finds: ["services.db.environment.APP_PASSWORD"],
  },
  { case: "the name of the service", compose: set("DB_PASSWORD", "web"), finds: found("DB_PASSWORD") },
  { case: "the name of the image", compose: set("DB_PASSWORD", "nginx"), finds: found("DB_PASSWORD") },
  { case: "one nobody guesses", compose: set("DB_PASSWORD", "hunter2"), finds: [] },
  { case: "a placeholder", compose: set("DB_PASSWORD", "<your password>"), finds: [] },
  { case: "a switch", compose: set("ALLOW_EMPTY_PASSWORD", "yes"), finds: [] },
  { case: "empty", compose: set("DB_PASSWORD", ""), finds: [] },
  { case: "no secret", compose: set("DB_USER", "admin"), finds: [] },
  { case: "user and password in one", compose: set("NEO4J_AUTH", "neo4j/password"), finds: found("NEO4J_AUTH") },
  { case: "user and password in one, switched off", compose: set("NEO4J_AUTH", "none"), finds: [] },
  { case: "a file's name", compose: set("POSTGRES_PASSWORD_FILE", "/run/secrets/password"), finds: [] },
  {
    case: "build only",
    compose: "services: {web: {build: ., environment: {PASSWORD: secret}}}",
    finds: found("PASSWORD"),
  },
  {
    case: "merge key",
    compose: "x-e: &e {DB_PASSWORD: root}\nservices: {web: {image: a, environment: {<<: *e, B: c}}}",
    finds: found("DB_PASSWORD"),
  },
  {
    case: "extends",
    compose:
      "services: {base: {image: a, environment: {DB_PASSWORD: x9Kd3lw0}}, web: {extends: base, environment: {DB_PASSWORD: root}}}",
    finds: found("DB_PASSWORD"),
  },
  {
    case: "override file",
    compose: { "compose.yaml": set("DB_PASSWORD", "root"), "override.yaml": set("DB_PASSWORD", "x9Kd3lw0") },
    finds: [],
  },
  {
    case: "quotes that a list takes for the value",
    compose: 'services:\n  web:\n    image: a\n    environment:\n      - ADMIN_PASSWORD="admin"\n',
    finds: ["services.web.environment.ADMIN_PASSWORD"],
  },
  { case: "a switch for having none", compose: set("VNC_NO_PASSWORD", "1"), finds: [] },
]);
