import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { fakeDocker, labels } from "./fake-docker.js";
import { folder, run } from "./program.js";

const schema = JSON.parse(readFileSync(new URL("../../schemas/drift.json", import.meta.url), "utf8"));
const COMPOSE = `name: shop
services:
  web:
    image: nginx:1.22
    read_only: true
  db:
    image: postgres:17
    environment: { POSTGRES_PASSWORD: correct-horse }
`;

function container(
  service: string,
  image: string,
  more: { config?: Record<string, unknown>; host?: Record<string, unknown> } = {},
) {
  const id = service === "web" ? "ab".repeat(32) : "cd".repeat(32);
  return {
    Id: id,
    Name: `/shop-${service}-1`,
    Image: `sha256:${service}`,
    Config: { Image: image, Labels: labels("shop", service), ...more.config },
    HostConfig: more.host ?? {},
    NetworkSettings: { Networks: { shop_default: {} }, Ports: {} },
  };
}

const images = [
  { Id: "sha256:web", RepoTags: ["nginx:1.22"], Config: {} },
  { Id: "sha256:db", RepoTags: ["postgres:17"], Config: {} },
];
const web = container("web", "nginx:1.22", { host: { ReadonlyRootfs: true } });
const db = container("db", "postgres:17", { config: { Env: ["POSTGRES_PASSWORD=correct-horse"] } });

function verify(directory: string, bin: string, ...args: readonly string[]) {
  return run(["verify", ...args], {
    cwd: directory,
    env: { PATH: `${bin}:/usr/bin:/bin`, DOCKER_HOST: "ssh://me@example" },
  });
}

describe("verify", () => {
  it("finds nothing where nothing differs", () => {
    const { code, out } = verify(folder({ "compose.yaml": COMPOSE }), fakeDocker({ containers: [web, db], images }));
    expect(out).toBe(`shop  compose.yaml: 2 services, 2 containers compared

note: the engine runs elsewhere: which sockets listen on its machine was not
      looked at

what runs is what the files say
`);
    expect(code).toBe(0);
  });

  it("lists what differs with the command that mends it, and no secret", () => {
    const open = container("db", "postgres:17", {
      config: { Env: ["POSTGRES_PASSWORD=hunter2", "POSTGRES_HOST_AUTH_METHOD=trust"] },
    });
    const directory = folder({ "compose.yaml": COMPOSE });
    const bin = fakeDocker({ containers: [{ ...web, HostConfig: {} }, open], images });
    const { code, out, err } = verify(directory, bin);
    expect(out).toBe(`shop  compose.yaml: 2 services, 2 containers compared

web  shop-web-1
  ! runs with \`read_only: false\`, and the file says true
  mend: docker compose up -d --force-recreate web

db  shop-db-1
  ! has another value in \`POSTGRES_PASSWORD\` than the file says; it decides
    about the login
  ! has the variable \`POSTGRES_HOST_AUTH_METHOD\`, which the file does not set;
    it decides about the login
  mend: docker compose up -d --force-recreate db

note: the engine runs elsewhere: which sockets listen on its machine was not
      looked at

3 differences, 3 of them weaker than the files
`);
    expect(out + err).not.toMatch(/hunter2|correct-horse/);
    expect(code).toBe(1);
    expect(verify(directory, bin, "--service", "web").out).toContain("1 difference,");
    expect(verify(directory, bin, "--service", "nope").err).toContain("unknown service `nope`");
  });

  it("says the same as JSON", () => {
    const directory = folder({ "compose.yaml": COMPOSE });
    const bin = fakeDocker({ containers: [{ ...web, HostConfig: {} }], images });
    const { code, out } = verify(directory, bin, "--format", "json");
    expect(code).toBe(1);
    const data = JSON.parse(out);
    const ajv = new Ajv({ strict: false });
    expect([ajv.validate(schema, data), ajv.errors]).toEqual([true, null]);
    expect(data.projects[0]).toMatchObject({ name: "shop", files: "compose.yaml", services: 2, containers: 1 });
    expect(data.projects[0].drift).toEqual([
      {
        service: "web",
        container: "shop-web-1",
        attribute: "read_only",
        message: "runs with `read_only: false`, and the file says true",
        weaker: true,
        mend: "docker compose up -d --force-recreate web",
      },
      {
        service: "db",
        attribute: "services",
        message: "does not run: it has no container",
        weaker: false,
        mend: "docker compose up -d db",
      },
    ]);
  });

  it("names the command that loads the same files", () => {
    const directory = folder({ "my stack/compose.prod.yaml": COMPOSE });
    const bin = fakeDocker({ containers: [] });
    const { out } = verify(directory, bin, "-f", "my stack/compose.prod.yaml", "-p", "shop");
    expect(out).toContain("mend: docker compose -f 'my stack/compose.prod.yaml' -p shop up -d web");
    expect(verify(directory, bin, "my stack").out).toContain(
      "mend: docker compose -f 'my stack/compose.prod.yaml' up -d web",
    );
    const other = folder({ "a/compose.yaml": COMPOSE });
    expect(verify(other, bin, "a").out).toContain("mend: cd a && docker compose up -d web");
  });

  it("looks at what Docker would start, not at variants beside it nor at what was only found and does not run", () => {
    const directory = folder({
      "compose.yaml": COMPOSE,
      "compose.prod.yaml": COMPOSE.replace("read_only: true", "read_only: false"),
      "old/compose.yaml": "name: old\nservices: { a: { image: a } }\n",
    });
    const { code, out } = verify(directory, fakeDocker({ containers: [web, db], images }));
    expect(out).toContain("old  old/compose.yaml: 1 service, 0 containers compared\n\nnote: nothing of it runs");
    expect(out).not.toContain("prod");
    expect(code).toBe(0);
    expect(verify(directory, fakeDocker({ containers: [web, db], images }), "compose.prod.yaml").code).toBe(1);
    expect(verify(directory, fakeDocker({ containers: [] }), "old").code).toBe(1);
  });

  it("says in one line why it cannot look", () => {
    const directory = folder({ "compose.yaml": COMPOSE });
    const none = run(["verify"], { cwd: directory, env: { PATH: "/nowhere" } });
    expect([none.code, none.out, none.err]).toEqual([2, "", "error: `docker` is not installed, or not on the PATH\n"]);
  });

  it("does not pass what it could not read", () => {
    const directory = folder({ "compose.yaml": `${COMPOSE}  job: { image: a, env_file: missing.env }\n` });
    const { code, err } = verify(directory, fakeDocker({ containers: [web, db], images }));
    expect(err).toContain("gap: compose.yaml");
    expect(code).toBe(2);
  });

  it("escapes what containers are called", () => {
    const directory = folder({ "compose.yaml": COMPOSE });
    const evil = container("db", "postgres:17\u001b[31m");
    const { out } = verify(directory, fakeDocker({ containers: [web, evil], images }));
    expect(out).toContain("postgres:17\\u001b[31m");
    expect(out).not.toContain("\u001b");
  });
});
