import { fix, type Keeping, type Policy } from "@compose-harden/fixer";
import { isRenewal, type Read } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { check } from "@compose-harden/rules";
import { describe, expect, it } from "vitest";

/** What `fix --new-secrets` makes of known secrets: everywhere the same new one, or nothing at all. */

const NEW = "N8w-secret-of-thirty-two-letters";

type Files = Readonly<Record<string, string>>;

function readerOf(files: Files): Read {
  return (path) => {
    const text = files[path.replace("/project/", "")];
    return text === undefined ? { kind: "missing" } : { kind: "file", text };
  };
}

function renewed(files: Files, wanted: Pick<Policy, "newSecret"> = { newSecret: () => NEW }) {
  const read = readerOf(files);
  const project = load({ cwd: "/project", env: {} }, read);
  const keeping: Keeping = { git: () => "outside", isTaken: () => false };
  const findings = check(project, {}, undefined, read).filter(({ fix }) => fix !== undefined && isRenewal(fix));
  const patch = fix(project, findings, { keeping, ...wanted }, read);
  const after = Object.fromEntries(patch.changes.map(({ path, after }) => [path.replace("/project/", ""), after]));
  const data = load({ cwd: "/project", env: {} }, readerOf({ ...files, ...after })).data;
  return { findings, patch, after, text: JSON.stringify(data) };
}

const db = (more: string): string => `services:
  db:
    image: postgres:17
    environment:
      POSTGRES_USER: postgres
      POSTGRES_PASSWORD: postgres
${more}`;

const app = (more: string): string => db(`  app:\n    image: example/app:1.0\n${more}`);

describe("a known secret becomes a new one", () => {
  it.each<[string, string, RegExp]>([
    ["where a server reads it", db(""), /POSTGRES_PASSWORD":"N8w/],
    [
      "in a client's URL, beside the user of the same name",
      app("    environment: [DB=postgres://postgres:postgres@db/postgres]\n"),
      /postgres:\/\/postgres:N8w-secret-of-thirty-two-letters@db\/postgres/,
    ],
    [
      "in a client's setting",
      app("    environment: {DB_USER: postgres, DB_PASSWORD: postgres}\n"),
      /"DB_PASSWORD":"N8w[^}]*"DB_USER":"postgres"|"DB_USER":"postgres"[^}]*"DB_PASSWORD":"N8w/,
    ],
    [
      "in a command line of another service",
      app("    command: [run, --password, postgres, --user, postgres]\n"),
      /"--password","N8w-secret-of-thirty-two-letters","--user","postgres"/,
    ],
    [
      "as what signs tokens to come",
      "services: {auth: {image: 'example/auth:1', environment: {JWT_SECRET: changeme}}}",
      /"JWT_SECRET":"N8w-secret/,
    ],
    [
      "beside another secret that begins with it",
      "services: {shop: {image: 'example/shop:1', environment: {ADMIN_PASSWORD: '${A:-changeme}', COOKIE_SECRET: 'changeme-secret'}}}",
      /"ADMIN_PASSWORD":"N8w-secret/,
    ],
    [
      "as a fallback",
      app("    environment:\n      DB_PASSWORD: ${DB_PASSWORD:-postgres}\n"),
      /"DB_PASSWORD":"N8w-secret/,
    ],
  ])("%s", (_, compose, expected) => {
    const { patch, text, after } = renewed({ "compose.yaml": compose });
    expect(patch.refused).toEqual([]);
    expect(patch.applied.length).toBeGreaterThan(0);
    expect(text).toMatch(expected);
    expect(after["compose.yaml"]).not.toMatch(/(PASSWORD|password)\W+postgres|:postgres@|:-postgres/);
    expect(after[".env"]).toContain(`=${NEW}\n`);
    expect(after["compose.yaml"]).not.toContain(NEW);
  });
});

describe("it stays", () => {
  it.each<[string, Files]>([
    [
      "where a service gets it from an env file",
      {
        "compose.yaml": app("    env_file: app.env\n"),
        "app.env": "DATABASE_URL=postgres://postgres:postgres@db/app\n",
      },
    ],
    [
      "where a mounted file holds it",
      {
        "compose.yaml": app("    volumes: ['./app.yaml:/app.yaml:ro']\n"),
        "app.yaml": "db:\n  user: postgres\n  password: postgres\n",
      },
    ],
    [
      "where one text says it twice, and once in a way of its own",
      { "compose.yaml": app('    environment: {DSN: "host=db user=a password=postgres;password=postgres"}\n') },
    ],
    [
      "where it is a word of which nobody knows what it means",
      {
        "compose.yaml":
          "services: {db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: changeme}}, app: {image: 'example/app:1', command: [serve, changeme]}}",
      },
    ],
    [
      "where tokens of the project are signed with it",
      {
        "compose.yaml":
          "services: {auth: {image: 'example/auth:1', environment: {JWT_SECRET: changeme, ANON_KEY: eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2lnbmF0dXJl}}}",
      },
    ],
  ])("%s", (_, files) => {
    expect(renewed(files).findings).toEqual([]);
  });

  it("where no new ones are wanted", () => {
    const { patch } = renewed({ "compose.yaml": db("") }, {});
    expect(patch.changes).toEqual([]);
  });
});

it("never changes half of the places", () => {
  const { patch } = renewed({
    "compose.yaml": `services:
  db: {image: "postgres:17", environment: {POSTGRES_PASSWORD: changeme}}
  app: {image: "example/app:1.0", environment: {DB_PASSWORD: "\${DB_PASSWORD:-changeme}", OTHER: "\${DB_PASSWORD}"}}
`,
  });
  expect(patch.changes).toEqual([]);
  expect(patch.refused.length).toBeGreaterThan(0);
});

it("is one and the same wherever one file says it for several services", () => {
  const { text, patch } = renewed({
    "compose.yaml": `x-db: &db {POSTGRES_PASSWORD: changeme}
services:
  one: {image: "postgres:17", environment: *db}
  two: {image: "postgres:16", environment: {<<: *db, POSTGRES_DB: two}}
`,
  });
  expect(patch.refused).toEqual([]);
  expect(text.match(/"POSTGRES_PASSWORD":"N8w-secret/g)).toHaveLength(3);
});
