import { type Container, containerIn, type Listener } from "@compose-harden/engine";
import { load } from "@compose-harden/parser";
import { describe, expect, it } from "vitest";
import { engineIsHere, strangersAt } from "./listeners.js";

const COMPOSE = `name: ai
services:
  chat:
    image: ghcr.io/open-webui/open-webui:main
    ports: ["127.0.0.1:3000:8080"]
    environment: { OLLAMA_BASE_URL: "http://host.docker.internal:11435" }
  db: { image: "postgres:17" }
  wide: { image: example, ports: ["9000-9001:80-81"] }
`;

const project = load({ cwd: "/p" }, (path) =>
  path === "/p/compose.yaml" ? { kind: "file", text: COMPOSE } : { kind: "missing" },
);

function container(more: object): Container {
  const read = containerIn({ Id: "c1", Name: "/ai-chat-1", State: { Status: "running", Pid: 1 }, ...more });
  if (read === undefined) throw new Error("no container");
  return read;
}

const own = container({
  Config: { Labels: { "com.docker.compose.project": "ai", "com.docker.compose.service": "chat" } },
  NetworkSettings: { Ports: { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: "3000" }] } },
});
const stray = container({ Id: "c2", Name: "/stray" });

function said(listener: Partial<Listener> & Pick<Listener, "port">) {
  const found = strangersAt([{ protocol: "tcp", address: "0.0.0.0", ...listener }], project, [own, stray]);
  return found.map(({ service, message, mend }) => `${service}: ${message} [${mend}]`);
}

const ollama = { pid: 7, program: "ollama", unit: "ollama.service" };

describe("a listening socket of the machine", () => {
  it.each<readonly [string, Parameters<typeof said>[0], string | undefined]>([
    [
      "an Ollama outside of Docker that everybody reaches",
      { port: 11434, process: ollama },
      "undefined: the process `ollama` (7) listens on every interface at 11434/tcp, the port of Ollama, which has no login [sudo systemctl edit ollama.service   # bind it to 127.0.0.1, then restart it]",
    ],
    ["the same on loopback", { port: 11434, address: "127.0.0.1", process: ollama }, undefined],
    ["the same on IPv6 loopback", { port: 11434, address: "::1", process: ollama }, undefined],
    [
      "a process at a port that a service publishes",
      { port: 3000, address: "::", process: { pid: 8, program: "node" } },
      "chat: the process `node` (8) listens on every interface at 3000/tcp, the port that `chat` publishes on 127.0.0.1 [kill 8   # or bind it to 127.0.0.1 in its own settings]",
    ],
    [
      "a process at one of a range of ports",
      { port: 9001, process: { pid: 8, program: "node" } },
      "wide: the process `node` (8) listens on every interface at 9001/tcp, the port that `wide` publishes on every interface [kill 8   # or bind it to 127.0.0.1 in its own settings]",
    ],
    [
      "what a service calls on this machine",
      { port: 11435, address: "192.0.2.1", process: { pid: 9, program: "llama-server" } },
      "chat: the process `llama-server` (9) listens on 192.0.2.1 at 11435/tcp, the port at which `chat` calls this machine [kill 9   # or bind it to 127.0.0.1 in its own settings]",
    ],
    [
      "the machine's own database",
      { port: 5432, process: { pid: 10, program: "postgres" } },
      "db: the process `postgres` (10) listens on every interface at 5432/tcp, the port of software like `db`, outside of the project [kill 10   # or bind it to 127.0.0.1 in its own settings]",
    ],
    [
      "a container that is none of the project's",
      { port: 3000, process: { pid: 11, program: "nginx", container: "c2" } },
      "chat: the container `stray` listens on every interface at 3000/tcp, the port that `chat` publishes on 127.0.0.1 [docker rm -f stray]",
    ],
    ["a container of the project", { port: 3000, process: { pid: 11, program: "nginx", container: "c1" } }, undefined],
    ["the engine's own proxy", { port: 3000, process: { pid: 12, program: "docker-proxy" } }, undefined],
    ["a published port whose process is not shown", { port: 3000 }, undefined],
    [
      "a process that is not shown",
      { port: 5432 },
      "db: a process of another user listens on every interface at 5432/tcp, the port of software like `db`, outside of the project [sudo ss -ltnup   # see whose it is, and bind it to 127.0.0.1]",
    ],
    ["anything else", { port: 22, process: { pid: 13, program: "sshd" } }, undefined],
    ["Ollama's program at another port", { port: 4711, process: ollama }, undefined],
  ])("%s", (_, listener, expected) => {
    expect(said(listener)).toEqual(expected === undefined ? [] : [expected]);
  });
});

it("knows whether the engine is on this machine", () => {
  expect(engineIsHere([own], {})).toBe(true);
  expect(engineIsHere([container({ State: { Status: "running", Pid: 2 ** 30 } })], {})).toBe(false);
  expect(engineIsHere([], {})).toBe(true);
  expect(engineIsHere([], { DOCKER_HOST: "ssh://me@host" })).toBe(false);
});
