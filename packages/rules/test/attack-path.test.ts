import { expect, it } from "vitest";
import { profileAdvice } from "../src/advice/profile-advice.js";
import { checkWith } from "../src/check.js";
import { attackPath } from "../src/rules/attack-path.js";
import { loadFiles, table } from "./table.js";

const socket = "volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']";
const adminer = (more = ""): string => `adminer: {image: 'adminer:5', ports: ['8080:8080']${more}}`;
const db = (more = ""): string => `db: {image: 'mariadb:11', environment: {MARIADB_ROOT_PASSWORD: root}${more}}`;
const notebook = (ports: string, more: string): string =>
  `services: {nb: {image: 'jupyter/base-notebook', command: "start-notebook.py --NotebookApp.token=''", ports: ['${ports}'], ${more}}}`;

table(attackPath, [
  { case: "absent", compose: "services: {web: {image: nginx}}", finds: [] },
  { case: "published, no power", compose: "services: {web: {image: nginx, ports: ['80:80']}}", finds: [] },
  { case: "power, not published", compose: `services: {web: {image: nginx, ${socket}}}`, finds: [] },
  {
    case: "published and the engine's socket",
    compose: `services: {web: {image: nginx, ports: ['80:80'], ${socket}}}`,
    finds: ["services.web.ports[0]"],
    first: ({ severity, related }) => {
      expect(severity).toBe("high");
      expect(related).toHaveLength(1);
    },
  },
  {
    case: "software that never asks for a password",
    compose: `services: {web: {image: 'gcr.io/cadvisor/cadvisor:v0.52.1', ports: ['8080:8080'], ${socket}}}`,
    finds: ["services.web.ports[0]"],
    first: ({ message }) => expect(message).toMatch(/root on this machine, with one flaw in it$/),
  },
  {
    case: "a reverse proxy, which must stay reachable",
    compose: `services: {web: {image: 'traefik:v3.3', ports: ['443:443'], ${socket}}}`,
    finds: ["services.web.ports[0]"],
    first: ({ risk }) => expect(risk).toContain("the cheapest cut is the socket"),
  },
  {
    case: "through a proxy that passes everything on",
    compose: `services: {nb: {image: 'jupyter/base-notebook', command: "start-notebook.py --NotebookApp.token=''", ports: ['8888:8888']}, p: {image: 'tecnativa/docker-socket-proxy', environment: {POST: 1}, ${socket}}}`,
    finds: ["services.nb.ports[0]"],
    first: ({ message, severity, risk }) => {
      expect(severity).toBe("critical");
      expect(message).toContain(
        "`p` on the network `default`, which passes every request on to the engine → root on this machine",
      );
      expect(risk).toContain("the cheapest cut is the proxy");
    },
  },
  {
    case: "through a proxy that lets nothing change",
    compose: `services: {nb: {image: 'jupyter/base-notebook', command: "start-notebook.py --NotebookApp.token=''", ports: ['8888:8888']}, p: {image: 'tecnativa/docker-socket-proxy', ${socket}}}`,
    finds: [],
  },
  {
    case: "through two neighbours, on networks of their own",
    compose: `services:
  nb: {image: 'jupyter/base-notebook', command: "start-notebook.py --NotebookApp.token=''", ports: ['8888:8888'], networks: [a]}
  mid: {image: 'quay.io/jupyter/base-notebook', command: "start-notebook.py --ServerApp.token=''", networks: [a, b]}
  dind: {image: 'docker:28-dind', privileged: true, environment: {DOCKER_TLS_CERTDIR: ''}, networks: [b]}
networks: {a: {}, b: {}}`,
    finds: ["services.nb.ports[0]"],
    first: ({ message, related }) => {
      expect(message).toContain(
        "→ `mid` on the network `a`, which runs what it is given, without a login → `dind` on the network `b`",
      );
      expect(message).toMatch(/it is privileged → root on this machine$/);
      expect(related).toHaveLength(3);
    },
  },
  {
    case: "no network in common with the engine",
    compose: `services:
  nb: {image: 'jupyter/base-notebook', command: "start-notebook.py --NotebookApp.token=''", ports: ['8888:8888'], networks: [a]}
  dind: {image: 'docker:28-dind', privileged: true, environment: {DOCKER_TLS_CERTDIR: ''}, networks: [b]}
networks: {a: {}, b: {}}`,
    finds: [],
  },
  {
    case: "on a random port",
    compose: `services: {web: {image: nginx, ports: ['80'], ${socket}}}`,
    finds: ["services.web.ports[0]"],
    first: ({ message }) => expect(message).toContain("`web` on a random port (80 inside)"),
  },
  {
    case: "on this machine only",
    compose: `services: {web: {image: nginx, ports: ['127.0.0.1:80:80'], ${socket}}}`,
    finds: [],
  },
  {
    case: "published and privileged",
    compose: "services: {web: {image: nginx, privileged: true, ports: ['80:80']}}",
    finds: ["services.web.ports[0]"],
  },
  {
    case: "a capability that leads out",
    compose: "services: {web: {image: nginx, cap_add: [sys_admin], ports: ['80:80']}}",
    finds: ["services.web.ports[0]"],
  },
  {
    case: "a capability that does not",
    compose: "services: {web: {image: nginx, cap_add: [NET_ADMIN], ports: ['80:80']}}",
    finds: [],
  },
  {
    case: "a proxy for the socket",
    compose: `services: {p: {image: 'tecnativa/docker-socket-proxy', ports: ['80:80'], ${socket}}}`,
    finds: [],
  },
  {
    case: "a VPN's port",
    compose: "services: {vpn: {image: a, cap_add: [SYS_MODULE], ports: ['51820:51820/udp']}}",
    finds: [],
  },
  {
    case: "code without a login and power over the machine",
    compose: notebook("8888:8888", "privileged: true"),
    finds: ["services.nb.ports[0]"],
    first: ({ severity, message }) => {
      expect(severity).toBe("critical");
      expect(message).toContain("→ root on this machine");
      expect(message).not.toContain("flaw");
    },
  },
  {
    case: "a database page and a guessed password",
    compose: `services: {${adminer()}, ${db()}}`,
    finds: ["services.adminer.ports[0]"],
    first: ({ severity, message }) => {
      expect(severity).toBe("high");
      expect(message).toContain("`db` on the network `default`");
    },
  },
  {
    case: "a password nobody guesses",
    compose: `services: {${adminer()}, db: {image: 'mariadb:11', environment: {MARIADB_ROOT_PASSWORD: w8Ui3bMqqL}}}`,
    finds: [],
  },
  {
    case: "no common network",
    compose: `services: {${adminer()}, ${db(", networks: [b]")}}\nnetworks: {b: {}}`,
    finds: [],
  },
  {
    case: "the page on loopback",
    compose: `services: {adminer: {image: adminer, ports: ['127.0.0.1:8080:8080']}, ${db()}}`,
    finds: [],
  },
  {
    case: "a database page for another kind",
    compose: `services: {pma: {image: phpmyadmin, ports: ['80:80']}, db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: postgres}}}`,
    finds: [],
  },
  {
    case: "a page that asks for its own password",
    compose: `services: {pg: {image: dpage/pgadmin4, ports: ['80:80'], environment: {PGADMIN_DEFAULT_PASSWORD: '\${PW}'}}, db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: postgres}}}`,
    finds: [],
  },
  { case: "an ordinary neighbour", compose: `services: {web: {image: nginx, ports: ['80:80']}, ${db()}}`, finds: [] },
  {
    case: "a tool whose own password everybody guesses",
    compose: `services: {pg: {image: 'dpage/pgadmin4:9', ports: ['5050:80'], environment: {PGADMIN_DEFAULT_EMAIL: a@b.c, PGADMIN_DEFAULT_PASSWORD: admin123}}, db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: postgres}}}`,
    finds: ["services.pg.ports[0]"],
    first: ({ message }) => {
      expect(message).toContain("`pg` on port 5050, with a password that everybody guesses → `db`");
      expect(message).not.toContain("admin123");
    },
  },
  {
    case: "the same with a good one",
    compose: `services: {pg: {image: 'dpage/pgadmin4:9', ports: ['5050:80'], environment: {PGADMIN_DEFAULT_EMAIL: a@b.c, PGADMIN_DEFAULT_PASSWORD: gF7kq2Lw9x}}, db: {image: 'postgres:17', environment: {POSTGRES_PASSWORD: postgres}}}`,
    finds: [],
  },
  {
    case: "code for everybody who guesses, beside the engine",
    compose: `services: {code: {image: 'codercom/code-server:4.100', ports: ['8080:8080'], environment: {PASSWORD: password}, ${socket}}}`,
    finds: ["services.code.ports[0]"],
    first: ({ severity, message }) => {
      expect(severity).toBe("critical");
      expect(message).toMatch(/with a password that everybody guesses → .*root on this machine$/);
    },
  },
  {
    case: "a port with a login beside one without, which stays inside",
    compose: `services: {f: {image: 'ghcr.io/blakeblackshear/frigate:0.16.1', privileged: true, ports: ['8971:8971']}}`,
    finds: ["services.f.ports[0]"],
    first: ({ message }) => expect(message).toMatch(/with one flaw in it or one stolen password$/),
  },
  {
    case: "containers for everybody who knows the published login",
    compose: `services: {y: {image: 'selfhostedpro/yacht', ports: ['8000:8000'], ${socket}}}`,
    finds: ["services.y.ports[0]"],
    first: ({ severity }) => expect(severity).toBe("critical"),
  },
  {
    case: "connectors for everybody, beside a database",
    compose: `services: {connect: {image: 'confluentinc/cp-kafka-connect:7.5.0', ports: ['8083:8083']}, ${db()}}`,
    finds: ["services.connect.ports[0]"],
    first: ({ message }) => expect(message).toContain("without a login → `db`"),
  },
  {
    case: "a database that trusts everybody, behind a tool",
    compose: `services: {${adminer()}, db: {image: 'postgres:17', environment: {POSTGRES_HOST_AUTH_METHOD: trust}}}`,
    finds: ["services.adminer.ports[0]"],
    first: ({ message }) => expect(message).toContain("`db` on the network `default`, which has no login → its data"),
  },
  {
    case: "every visitor of Airflow, beside the engine",
    compose: `services: {a: {image: 'example/airflow', ports: ['8080:8080'], environment: {AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS: 'true'}, ${socket}}}`,
    finds: ["services.a.ports[0]"],
  },
]);

it("attack-path: an editor whose mounted settings ask for no login", () => {
  const compose = `services: {n: {image: 'nodered/node-red:4.0', ports: ['1880:1880'], volumes: ['./n:/data', '/var/run/docker.sock:/var/run/docker.sock']}}`;
  const read = (path: string) =>
    path === "/project/n/settings.js"
      ? { kind: "file" as const, text: "module.exports = {}" }
      : { kind: "missing" as const };
  const [found] = checkWith([attackPath], loadFiles(compose), {}, profileAdvice, read);
  expect(found).toMatchObject({
    severity: "critical",
    message: expect.stringContaining("on port 1880, without a login"),
  });
});
