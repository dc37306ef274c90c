import { isMap, type Json, type JsonMap } from "@compose-harden/model";
import { describe, expect, it } from "vitest";
import { type Copy, copyOf, type PathKind, type Surroundings, TRIAL_LABEL } from "./copy.js";

const kinds: Readonly<Record<string, PathKind>> = {
  "/home/me/app.conf": "file",
  "/home/me/src": "directory",
  "/home/me/data": "directory",
  "/home/me/huge": "directory",
  "/var/run/docker.sock": "socket",
  "/dev/ttyUSB0": "device",
  "/": "directory",
  "/var": "directory",
};

const around: Surroundings = {
  name: "trial-1",
  mark: "me.1.2",
  isOnline: false,
  kindOf: (path) => kinds[path] ?? "missing",
  isData: (_, target) => target === "/data",
  isSmall: (path) => path !== "/home/me/huge",
  imageOf: (service, named) =>
    service === "absent" ? undefined : named || (service === "built" ? "project-built" : undefined),
  standIn: (path) => (path === "/home/me/new.txt" ? "/tmp/stand-in" : undefined),
};

function copy(services: JsonMap, more: JsonMap = {}): Copy {
  return copyOf({ name: "mine", services, ...more }, around);
}

/** The copy of one service. */
function service(attributes: JsonMap): JsonMap {
  const { config } = copy({ web: { image: "nginx", ...attributes } });
  const services = isMap(config.services) ? config.services : {};
  return isMap(services.web) ? services.web : {};
}

function leftOut(attributes: JsonMap): readonly string[] {
  return copy({ web: { image: "nginx", ...attributes } }).leftOut.map(({ what }) => what);
}

const bind = (source: string, target: string, more: JsonMap = {}): Json => ({ type: "bind", source, target, ...more });

describe("the copy of a stack", () => {
  it("has a name, networks and volumes of its own, all with the mark", () => {
    const { config } = copy(
      { web: { image: "nginx", networks: { back: { aliases: ["www"], ipv4_address: "10.1.1.1" } } } },
      {
        networks: { back: { name: "shared", external: true } },
        volumes: {
          data: {
            name: "mine_data",
            driver: "local",
            driver_opts: { type: "nfs", o: "addr=10.0.0.1", device: ":/data" },
          },
        },
      },
    );
    const labels = { [TRIAL_LABEL]: "me.1.2" };
    expect(config).toMatchObject({ name: "trial-1", volumes: { data: { labels } } });
    expect(config.networks).toEqual({ default: { internal: true, labels }, back: { internal: true, labels } });
    expect(config.volumes).toEqual({ data: { labels } });
    expect(config.services).toMatchObject({ web: { labels, networks: { back: { aliases: ["www"] } } } });
  });

  it.each<readonly [string, JsonMap]>([
    ["published ports", { ports: [{ target: 80, published: "80" }] }],
    ["its name, which siblings may call it by", { container_name: "web" }],
    ["labels, by which proxies and updaters find it", { labels: { "traefik.enable": "true" } }],
    ["the restart policy", { restart: "always" }],
    ["build instructions", { build: { context: "." } }],
    ["a log driver that sends away", { logging: { driver: "gelf", options: { "gelf-address": "udp://10.0.0.1" } } }],
    ["attributes nobody here knows", { something_new: true }],
  ])("leaves out without a word: %s", (_, attributes) => {
    const [key = ""] = Object.keys(attributes);
    expect(service(attributes)[key]).toEqual(
      key === "labels" ? { [TRIAL_LABEL]: "me.1.2" } : key === "restart" ? "no" : undefined,
    );
    expect(leftOut(attributes)).toEqual([]);
  });

  it.each<readonly [JsonMap, string]>([
    [{ privileged: true }, "`privileged`"],
    [{ network_mode: "host" }, "`network_mode: host`"],
    [{ network_mode: "container:other" }, "`network_mode: container:other`"],
    [{ pid: "host" }, "`pid: host`"],
    [{ devices: [{ source: "/dev/sda" }] }, "its devices"],
    [{ cap_add: ["SYS_ADMIN", "NET_ADMIN"] }, "the capabilities `SYS_ADMIN`"],
    [
      { volumes: [bind("/var/run/docker.sock", "/var/run/docker.sock")] },
      "`/var/run/docker.sock`, a socket of the machine",
    ],
    [{ volumes: [bind("/dev/ttyUSB0", "/dev/ttyUSB0")] }, "`/dev/ttyUSB0`, a device of the machine"],
    [{ volumes: [bind("/", "/host", { read_only: true })] }, "`/`, a folder of the machine"],
    [{ volumes: [bind("/home/me/huge", "/srv")] }, "write access to `/home/me/huge`"],
    [{ secrets: [{ source: "elsewhere" }] }, "the secret `elsewhere`"],
  ])("says that it does without %j", (attributes, what) => {
    expect(leftOut(attributes)).toEqual([what]);
    const text = JSON.stringify(service(attributes));
    expect(text).not.toMatch(/privileged|host|SYS_ADMIN|docker\.sock|ttyUSB0|sda|elsewhere/);
  });

  it.each<readonly [Json, Json]>([
    [
      bind("/home/me/app.conf", "/etc/app.conf"),
      { type: "bind", source: "/home/me/app.conf", target: "/etc/app.conf", read_only: true },
    ],
    [
      bind("/home/me/new.txt", "/etc/new"),
      { type: "bind", source: "/tmp/stand-in", target: "/etc/new", read_only: true },
    ],
    [bind("/home/me/data", "/data"), { type: "volume", target: "/data" }],
    [bind("/home/me/nothing", "/srv"), { type: "volume", target: "/srv" }],
    [bind("/home/me/src", "/app"), { type: "volume", target: "/app" }],
    [
      bind("/home/me/src", "/app", { read_only: true }),
      { type: "bind", source: "/home/me/src", target: "/app", read_only: true },
    ],
    [bind("/home/me/huge", "/srv"), { type: "bind", source: "/home/me/huge", target: "/srv", read_only: true }],
    [
      { type: "volume", source: "data", target: "/data", volume: {} },
      { type: "volume", source: "data", target: "/data" },
    ],
    [
      { type: "tmpfs", target: "/tmp" },
      { type: "tmpfs", target: "/tmp" },
    ],
  ])("mounts %j as %j", (given, made) => {
    expect(service({ volumes: [given] }).volumes).toEqual([made]);
  });

  it("copies the content of a small folder that the service may write", () => {
    const { seeds } = copy({
      web: { image: "nginx", volumes: [bind("/home/me/src", "/app"), bind("/home/me/data", "/data")] },
    });
    expect(seeds).toEqual([{ service: "web", source: "/home/me/src", target: "/app" }]);
  });

  it("says which folders with data start empty", () => {
    const { emptied } = copy({
      web: {
        image: "nginx",
        volumes: [
          bind("/home/me/data", "/data"),
          bind("/home/me/src", "/app"),
          bind("/home/me/nothing", "/new"),
          { type: "volume", source: "rows", target: "/rows", read_only: true },
          { type: "volume", target: "/anonymous" },
          { type: "tmpfs", target: "/tmp" },
        ],
      },
    });
    expect(emptied).toEqual([
      { service: "web", target: "/data" },
      { service: "web", target: "/rows" },
    ]);
  });

  it("is found by the name that others know the container by", () => {
    expect(service({ container_name: "mqtt", networks: { default: null } }).networks).toEqual({
      default: { aliases: ["mqtt"] },
    });
  });

  it("asks for its health sooner, with the same patience", () => {
    const healthcheck = { test: ["CMD", "true"], interval: "30s", retries: 3, start_period: "1m0s" };
    expect(service({ healthcheck }).healthcheck).toEqual({ ...healthcheck, interval: "2s", retries: 45 });
    expect(service({ healthcheck: { test: ["CMD", "true"], interval: "1s" } }).healthcheck).toMatchObject({
      interval: "1s",
    });
  });

  it("takes the image that a service was built into, and leaves out what is not built yet", () => {
    const { config, untried } = copy({
      built: { build: { context: "." }, depends_on: { later: { condition: "service_started" } } },
      later: { build: { context: "." } },
      absent: { image: "acme/elsewhere" },
    });
    expect(config.services).toMatchObject({ built: { image: "project-built" } });
    expect(JSON.stringify(config.services)).not.toContain("later");
    expect([...untried]).toEqual([
      ["later", "its image is not built yet: `docker compose build` makes it"],
      ["absent", "the engine does not have its image: `docker compose pull` fetches it"],
    ]);
  });
});
