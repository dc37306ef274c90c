import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Container, compareProject, containerIn, type Engine, type Image, imageIn } from "@compose-harden/engine";
import type { Project } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { describe, expect, it } from "vitest";

/** A rich project, and what an engine said of it right after `docker compose up`. */
const text = readFileSync(fileURLToPath(new URL("compose.yaml", import.meta.url)), "utf8");
const recorded: { readonly containers: readonly Inspected[]; readonly images: readonly Inspected[] } = JSON.parse(
  readFileSync(fileURLToPath(new URL("recorded.json", import.meta.url)), "utf8"),
);

// biome-ignore lint/suspicious/noExplicitAny: recorded JSON that tests change at will
type Inspected = any;

const FILE = "/srv/rich/compose.yaml";
const sideMode: string = recorded.containers.find(({ Name }) => Name === "/rich-side-1").HostConfig.NetworkMode;
const engine: Engine = {
  product: "docker",
  version: "20.10.24",
  os: "linux",
  host: "Debian",
  isRootless: false,
  remapsUsers: false,
  defaultRuntime: "runc",
  logDriver: "json-file",
  cgroupVersion: "1",
};

function projectOf(source: string): Project {
  const project = load({ cwd: "/srv/rich" }, (path) =>
    path === FILE ? { kind: "file", text: source } : { kind: "missing" },
  );
  expect(project.gaps).toEqual([]);
  return project;
}

function present<T>(values: readonly (T | undefined)[]): readonly T[] {
  return values.filter((value) => value !== undefined);
}

interface Change {
  readonly file?: (source: string) => string;
  readonly containers?: (all: Inspected[]) => Inspected[];
  readonly images?: (all: Inspected[]) => Inspected[];
}

/** What is said after the file, the containers or the images were changed. */
function compared({ file = (source) => source, containers = (all) => all, images = (all) => all }: Change = {}) {
  const running = {
    engine,
    containers: present<Container>(containers(structuredClone(recorded.containers) as Inspected[]).map(containerIn)),
    images: present<Image>(images(structuredClone(recorded.images) as Inspected[]).map(imageIn)),
  };
  const { drift, notes } = compareProject(projectOf(file(text)), [FILE], running);
  return {
    drift: drift.map(
      ({ service, attribute, message, weaker, mend }) =>
        `${weaker ? "!" : "~"} ${service} ${attribute}: ${message} [${mend.do}]`,
    ),
    notes,
  };
}

/** Changes one container of a service. */
function container(service: string, change: (one: Inspected) => void): Change {
  return {
    containers: (all) => {
      change(all.find((one) => one.Config.Labels["com.docker.compose.service"] === service));
      return all;
    },
  };
}

const web = (change: (one: Inspected) => void) => container("web", change);

it("finds nothing right after the start", () => {
  expect(compared()).toEqual({ drift: [], notes: ["`job` has done its work and ended"] });
});

describe("drift", () => {
  it.each<readonly [string, Change, string | readonly string[]]>([
    [
      "image",
      web((c) => (c.Config.Image = "nginx:1.27")),
      "~ web image: runs the image `nginx:1.27`, and the file says `nginx:1.22` [recreate]",
    ],
    ["the same image in another spelling", web((c) => (c.Config.Image = "docker.io/library/nginx:1.22")), []],
    [
      "an image that was pulled since",
      {
        images: (all) => [
          ...all.map((one) => ({ ...one, RepoTags: [] })),
          { Id: "sha256:new", RepoTags: ["nginx:1.22"], Config: {} },
          { Id: "sha256:r", RepoTags: [], Config: {} },
        ],
      },
      "~ web image: runs an older `nginx:1.22` than the one that was pulled since [recreate]",
    ],
    [
      "a digest that is another one",
      {
        file: (source) => source.replace("image: nginx:1.22", `image: nginx:1.22@sha256:${"a".repeat(64)}`),
        containers: (all) =>
          all.map((one) => ({
            ...one,
            Config: {
              ...one.Config,
              Image: one.Config.Image.replace("nginx:1.22", `nginx:1.22@sha256:${"a".repeat(64)}`),
            },
          })),
        images: (all) => all.map((one) => ({ ...one, RepoDigests: [`nginx@sha256:${"b".repeat(64)}`] })),
      },
      "! web image: runs an image with another digest than the file says [recreate]",
    ],
    [
      "command",
      web((c) => (c.Config.Cmd = ["sh", "-c", "curl secret"])),
      "~ web command: was started with another command than the file says [recreate]",
    ],
    [
      "entrypoint",
      container("job", (c) => (c.Config.Entrypoint = ["false"])),
      "~ job entrypoint: was started with another entrypoint than the file says [recreate]",
    ],
    [
      "a variable of the file",
      web((c) => (c.Config.Env = c.Config.Env.filter((line: string) => !line.startsWith("A=")))),
      "~ web environment.A: lacks the variable `A` of the file [recreate]",
    ],
    [
      "the value of a variable",
      web((c) => (c.Config.Env = c.Config.Env.map((line: string) => line.replace("A=x y", "A=hunter2")))),
      "~ web environment.A: has another value in `A` than the file says [recreate]",
    ],
    [
      "a variable beside the file's",
      web((c) => c.Config.Env.push("DEBUG=hunter2", "http_proxy=x")),
      "~ web environment.DEBUG: has the variable `DEBUG`, which the file does not set [recreate]",
    ],
    [
      "a label",
      web((c) => (c.Config.Labels["a.b"] = "d")),
      "~ web labels.a.b: has another value in its label `a.b` than the file says [recreate]",
    ],
    [
      "user",
      container("job", (c) => (c.Config.User = "")),
      "! job user: runs as root, and the file says `999:999` [recreate]",
    ],
    [
      "the image's user",
      web((c) => (c.Config.User = "101")),
      "~ web user: runs as `101`, and the image says root [recreate]",
    ],
    [
      "privileged",
      web((c) => (c.HostConfig.Privileged = true)),
      "! web privileged: runs with `privileged: true`, and the file says false [recreate]",
    ],
    [
      "read_only",
      web((c) => (c.HostConfig.ReadonlyRootfs = false)),
      "! web read_only: runs with `read_only: false`, and the file says true [recreate]",
    ],
    [
      "cap_add",
      web((c) => c.HostConfig.CapAdd.push("CAP_NET_RAW")),
      "! web cap_add: has the added capability `NET_RAW`, which the file does not say [recreate]",
    ],
    [
      "cap_drop",
      web((c) => (c.HostConfig.CapDrop = null)),
      "! web cap_drop: lacks the dropped capability `ALL`, which the file says [recreate]",
    ],
    [
      "security_opt",
      web((c) => (c.HostConfig.SecurityOpt = ["apparmor=unconfined", "seccomp=unconfined"])),
      [
        "! web security_opt: has the security option `apparmor=unconfined`, which the file does not say [recreate]",
        "! web security_opt: lacks the security option `no-new-privileges`, which the file says [recreate]",
      ],
    ],
    [
      "the same security option in another spelling",
      web((c) => (c.HostConfig.SecurityOpt = ["no-new-privileges", "seccomp=unconfined"])),
      [],
    ],
    [
      "protected paths",
      web((c) => (c.HostConfig.MaskedPaths = [])),
      "! web security_opt: sees the kernel's protected paths (`systempaths=unconfined`), which the file does not say [recreate]",
    ],
    [
      "pid",
      web((c) => (c.HostConfig.PidMode = "host")),
      "! web pid: has `host` as `pid`, and the file says its own [recreate]",
    ],
    [
      "ipc",
      container("side", (c) => (c.HostConfig.IpcMode = "host")),
      "! side ipc: has `host` as `ipc`, and the file says its own [recreate]",
    ],
    [
      "userns_mode",
      web((c) => (c.HostConfig.UsernsMode = "host")),
      "! web userns_mode: has `host` as `userns_mode`, and the file says its own [recreate]",
    ],
    [
      "a device",
      web((c) =>
        c.HostConfig.Devices.push({ PathOnHost: "/dev/kvm", PathInContainer: "/dev/kvm", CgroupPermissions: "rwm" }),
      ),
      "! web devices: has the device `/dev/kvm:/dev/kvm:rwm`, which the file does not say [recreate]",
    ],
    [
      "a GPU",
      web((c) => (c.HostConfig.DeviceRequests = [{ Driver: "nvidia", Count: -1 }])),
      "! web devices: has devices by driver (a GPU, for one), which the file does not say [recreate]",
    ],
    [
      "a group",
      web((c) => c.HostConfig.GroupAdd.push("docker")),
      "! web group_add: has the group `docker`, which the file does not say [recreate]",
    ],
    [
      "init",
      web((c) => (c.HostConfig.Init = false)),
      "~ web init: runs with `init: false`, and the file says true [recreate]",
    ],
    [
      "a port on every interface",
      web((c) => (c.HostConfig.PortBindings["80/tcp"] = [{ HostIp: "0.0.0.0", HostPort: "18081" }])),
      "! web ports: publishes port 80/tcp on 18081 of every interface, and the file says 127.0.0.1:18081 [recreate]",
    ],
    [
      "every interface in another spelling",
      web((c) => (c.HostConfig.PortBindings["90/tcp"][0].HostIp = "0.0.0.0")),
      [],
    ],
    [
      "a port beside the file's",
      web((c) => (c.HostConfig.PortBindings["9000/tcp"] = [{ HostIp: "127.0.0.1", HostPort: "" }])),
      "! web ports: publishes port 9000/tcp on a free port of 127.0.0.1, and the file says nothing of it [recreate]",
    ],
    [
      "a port that is not there",
      web((c) => delete c.HostConfig.PortBindings["80/tcp"]),
      "~ web ports: does not publish port 80/tcp, and the file says 127.0.0.1:18081 [recreate]",
    ],
    [
      "a network beside the file's",
      web((c) => (c.NetworkSettings.Networks.bridge = {})),
      "! web networks: has the network `bridge`, which the file does not say [recreate]",
    ],
    [
      "a network that is not there",
      web((c) => delete c.NetworkSettings.Networks.rich_back),
      "~ web networks: lacks the network `rich_back`, which the file says [recreate]",
    ],
    [
      "the host's network",
      web((c) => (c.HostConfig.NetworkMode = "host")),
      "! web network_mode: is on the network `host`, and the file says networks of its own [recreate]",
    ],
    [
      "no network",
      container("many", (c) => (c.HostConfig.NetworkMode = "bridge")),
      "! many network_mode: is on the network `bridge`, and the file says `none` [recreate]",
    ],
    [
      "a host name",
      web((c) => c.HostConfig.ExtraHosts.push("evil:192.0.2.9")),
      "~ web extra_hosts: has the host name `evil=192.0.2.9`, which the file does not say [recreate]",
    ],
    [
      "a name server",
      web((c) => (c.HostConfig.Dns = ["192.0.2.1", "192.0.2.9"])),
      "~ web dns: has the name server `192.0.2.9`, which the file does not say [recreate]",
    ],
    [
      "a mount beside the file's",
      web((c) =>
        c.Mounts.push({ Type: "bind", Source: "/var/run/docker.sock", Destination: "/var/run/docker.sock", RW: true }),
      ),
      "! web volumes: has `/var/run/docker.sock` mounted at `/var/run/docker.sock`, which the file does not say [recreate]",
    ],
    [
      "a mount that may be written",
      web((c) => (mountAt(c, "/mnt/s").RW = true)),
      "! web volumes: may write to `/mnt/s`, and the file says read-only [recreate]",
    ],
    [
      "a mount of something else",
      web((c) => (mountAt(c, "/mnt/s").Source = "/etc")),
      "~ web volumes: has `/etc` mounted at `/mnt/s`, and the file says `/srv/rich/secret` [recreate]",
    ],
    [
      "another volume",
      web((c) => (mountAt(c, "/data").Name = "other")),
      "~ web volumes: has the volume `other` mounted at `/data`, and the file says `rich_data` [recreate]",
    ],
    [
      "a mount that is not there",
      web((c) => (c.Mounts = c.Mounts.filter((m: Inspected) => m.Destination !== "/data"))),
      "~ web volumes: has nothing mounted at `/data`, and the file says it has [recreate]",
    ],
    [
      "a folder as Docker Desktop shows it",
      web((c) => (mountAt(c, "/mnt/s").Source = "/host_mnt/srv/rich/secret")),
      [],
    ],
    [
      "tmpfs",
      web((c) => delete c.HostConfig.Tmpfs["/run"]),
      "~ web tmpfs: lacks the tmpfs `/run`, which the file says [recreate]",
    ],
    [
      "the options of a tmpfs",
      web((c) => (c.HostConfig.Tmpfs["/run"] = "uid=0,exec")),
      "! web tmpfs: has the tmpfs at `/run` with `uid=0,exec`, and the file says `uid=0` [recreate]",
    ],
    [
      "memory",
      web((c) => (c.HostConfig.Memory = 1 << 30)),
      "! web mem_limit: runs with `mem_limit` 1024 MiB, and the file says 128 MiB [recreate]",
    ],
    [
      "no memory limit",
      container("side", (c) => (c.HostConfig.Memory = 0)),
      "! side mem_limit: runs with `mem_limit` no limit, and the file says 64 MiB [recreate]",
    ],
    [
      "less memory",
      web((c) => (c.HostConfig.Memory = 64 << 20)),
      "~ web mem_limit: runs with `mem_limit` 64 MiB, and the file says 128 MiB [recreate]",
    ],
    [
      "cpus",
      container("side", (c) => (c.HostConfig.NanoCpus = 2e9)),
      "! side cpus: runs with `cpus` 2, and the file says 0.25 [recreate]",
    ],
    [
      "pids_limit",
      web((c) => (c.HostConfig.PidsLimit = null)),
      "! web pids_limit: runs with `pids_limit` no limit, and the file says 50 [recreate]",
    ],
    [
      "shm_size",
      web((c) => (c.HostConfig.ShmSize = 64 << 20)),
      "! web shm_size: runs with `shm_size` 64 MiB, and the file says 32 MiB [recreate]",
    ],
    [
      "cpu_shares",
      web((c) => (c.HostConfig.CpuShares = 2)),
      "~ web cpu_shares: runs with `cpu_shares` `2`, and the file says `0` [recreate]",
    ],
    [
      "sysctls",
      web((c) => (c.HostConfig.Sysctls["net.ipv4.ip_forward"] = "1")),
      "! web sysctls: has the kernel setting `net.ipv4.ip_forward=1`, which the file does not say [recreate]",
    ],
    [
      "ulimits",
      web((c) => (c.HostConfig.Ulimits = [{ Name: "nofile", Soft: 1000, Hard: 9000 }])),
      "! web ulimits.nofile: runs with the limit `nofile` 1000 to 9000, and the file says 1000 to 2000 [recreate]",
    ],
    ["limits that the engine adds", web((c) => c.HostConfig.Ulimits.push({ Name: "core", Soft: 1, Hard: 1 })), []],
    [
      "oom_score_adj",
      web((c) => (c.HostConfig.OomScoreAdj = -1000)),
      "! web oom_score_adj: runs with `oom_score_adj` `-1000`, and the file says `0` [recreate]",
    ],
    [
      "restart",
      web((c) => (c.HostConfig.RestartPolicy = { Name: "always", MaximumRetryCount: 0 })),
      "~ web restart: runs with `restart` `always`, and the file says `unless-stopped` [recreate]",
    ],
    [
      "deploy.restart_policy",
      container("side", (c) => (c.HostConfig.RestartPolicy = { Name: "no" })),
      "~ side restart: runs with `restart` `no`, and the file says `on-failure:3` [recreate]",
    ],
    [
      "runtime",
      web((c) => (c.HostConfig.Runtime = "sysbox")),
      "~ web runtime: runs with the runtime `sysbox`, and the file says nothing of it [recreate]",
    ],
    [
      "logging",
      web((c) => (c.HostConfig.LogConfig.Type = "none")),
      "! web logging: writes its log with `none`, and the file says `json-file` [recreate]",
    ],
    [
      "logging options",
      web((c) => (c.HostConfig.LogConfig.Config = {})),
      "~ web logging.options.max-size: runs with another `max-size` for its log than the file says [recreate]",
    ],
    [
      "healthcheck",
      web((c) => (c.Config.Healthcheck = { Test: ["NONE"] })),
      "~ web healthcheck: runs without the health check of the file [recreate]",
    ],
    [
      "other files",
      web((c) => (c.Config.Labels["com.docker.compose.project.config_files"] = `${FILE},/srv/rich/debug.yaml`)),
      "~ web files: was started from other files (compose.yaml, debug.yaml) than these (compose.yaml) [recreate]",
    ],
    [
      "a service without container",
      { containers: (all) => all.filter((one) => one.Name !== "/rich-front") },
      [
        "~ web services: does not run: it has no container [start]",
        // What shares the network of a container that is gone.
        `~ side network_mode: is on the network \`${sideMode}\`, and the file says \`service:web\` [recreate]`,
      ],
    ],
    [
      "a container that ended",
      web((c) => Object.assign(c.State, { Status: "exited", ExitCode: 137, OOMKilled: true })),
      "~ web services: does not run: it ended with exit code 137 because memory ran out [start]",
    ],
    [
      "a container that never started",
      web((c) => (c.State.Status = "created")),
      "~ web services: does not run: it was never started [start]",
    ],
    [
      "a container that keeps restarting",
      web((c) => Object.assign(c.State, { Status: "restarting", ExitCode: 1 })),
      "~ web services: does not stay up: it ends with exit code 1 and is started again [look]",
    ],
    [
      "a server that ended well",
      container("side", (c) => {
        Object.assign(c.State, { Status: "exited", ExitCode: 0 });
      }),
      "~ side services: does not run: it ended with exit code 0 [start]",
    ],
    ["a container that is paused", web((c) => (c.State.Status = "paused")), "~ web services: is paused [unpause]"],
    [
      "too few containers",
      { containers: (all) => all.filter((one) => one.Name !== "/rich-many-2") },
      "~ many scale: has 1 container, and the file says 2 [start]",
    ],
    [
      "an orphan",
      container("job", (c) => (c.Config.Labels["com.docker.compose.service"] = "old")),
      [
        "~ job services: does not run: it has no container [start]",
        "~ undefined services: the container `rich-job-1` belongs to the service `old`, which the files do not have [remove-orphans]",
      ],
    ],
  ])("%s", (_, change, expected) => {
    expect(compared(change).drift).toEqual(typeof expected === "string" ? [expected] : expected);
  });

  it("is looked for in a container started by hand that takes a service's place", () => {
    const { drift } = compared({
      containers: (all) =>
        all.map((one) =>
          one.Name === "/rich-many-1" || one.Name === "/rich-many-2"
            ? {
                ...one,
                Name: "/rich-many-1",
                Config: { ...one.Config, Labels: {}, Image: "redis" },
                HostConfig: { ...one.HostConfig, CapAdd: [] },
              }
            : one,
        ),
    });
    expect(drift).toContain("~ many services: runs as `rich-many-1`, which Docker Compose did not start [replace]");
    expect(drift).toContain("~ many image: runs the image `redis`, and the file says `redis:7.0` [replace]");
    expect(drift).toContain("~ many cap_add: lacks the added capability `NET_ADMIN`, which the file says [replace]");
  });

  it("is a container started by hand beside the project that opens what the file closes", () => {
    const beside = (address: string) =>
      compared({
        file: (source) => source.replace(', "18082-18083:90-91"', "").replace(', "18090-18099:96/udp"', ""),
        containers: (all) => {
          const one = all.find(({ Name }) => Name === "/rich-front");
          delete one.HostConfig.PortBindings["90/tcp"];
          delete one.HostConfig.PortBindings["91/tcp"];
          delete one.HostConfig.PortBindings["96/udp"];
          const stray = structuredClone(one);
          stray.HostConfig.PortBindings = { "80/tcp": [{ HostIp: address, HostPort: "80" }] };
          return [...all, { ...stray, Id: "stray", Name: "/test", Config: { ...stray.Config, Labels: {} } }];
        },
      });
    expect(beside("").drift).toEqual([
      "! web ports: `test`, which Docker Compose did not start, runs the same image and publishes it to other machines, which the file does not [replace]",
    ]);
    expect(beside("127.0.0.1")).toMatchObject({
      drift: [],
      notes: [
        "`test` runs the image of `web` and was not started by Docker Compose",
        "`job` has done its work and ended",
      ],
    });
  });

  it("is not looked for in profiles that are off, in one-off containers and in other projects", () => {
    const off = compared({
      file: (source) => source.replace("  many:", "  many:\n    profiles: [extra]"),
      containers: (all) => all.filter(({ Name }) => !Name.includes("many")),
    });
    expect(off.drift).toEqual([]);
    const others = compared({
      containers: (all) => {
        const [one] = all;
        const copy = (labels: object) => ({
          ...structuredClone(one),
          Id: "x",
          Config: { ...one.Config, Labels: { ...one.Config.Labels, ...labels } },
        });
        return [
          ...all,
          copy({ "com.docker.compose.oneoff": "True" }),
          copy({ "com.docker.compose.project": "other", "com.docker.compose.project.config_files": "/x/compose.yaml" }),
        ];
      },
    });
    expect(others.drift).toEqual([]);
  });

  it("is looked for where the project runs under another name", () => {
    const renamed = compared({
      containers: (all) =>
        all.map((one) => ({
          ...one,
          Config: {
            ...one.Config,
            Labels: {
              ...one.Config.Labels,
              "com.docker.compose.project": "prod",
              "com.docker.compose.project.config_files": FILE,
            },
          },
        })),
    });
    expect(renamed.drift).toEqual([]);
    expect(renamed.notes).toContain("what runs is called `prod`, and the files say `rich`");
  });

  it("shows no value of a variable and no command", () => {
    const { drift } = compared(
      web((c) => {
        c.Config.Env = c.Config.Env.map((line: string) => line.replace("A=x y", "A=hunter2"));
        c.Config.Cmd = ["--password", "hunter2"];
      }),
    );
    expect(drift).toHaveLength(2);
    expect(drift.join()).not.toMatch(/hunter2|x y/);
  });
});

function mountAt(one: Inspected, target: string): Inspected {
  return one.Mounts.find((mount: Inspected) => mount.Destination === target);
}

describe("Podman's answers", () => {
  const read = (name: string) => readFileSync(fileURLToPath(new URL(name, import.meta.url)), "utf8");
  const source = read("podman.yaml");
  const podman = (change: (web: Inspected) => void = () => {}) => {
    const { containers, images } = JSON.parse(read("podman.json"));
    change(containers[0]);
    const path = "/srv/pods/compose.yaml";
    const project = load({ cwd: "/srv/pods" }, (file) =>
      file === path ? { kind: "file", text: source } : { kind: "missing" },
    );
    const { drift } = compareProject(project, [path], {
      engine: { ...engine, product: "podman", version: "4.3.1", defaultRuntime: "runc", logDriver: "k8s-file" },
      containers: present<Container>(containers.map(containerIn)),
      images: present<Image>(images.map(imageIn)),
    });
    return drift.map(({ service, attribute, message }) => `${service} ${attribute}: ${message}`);
  };

  it("say in other words that nothing differs", () => expect(podman()).toEqual([]));

  it.each<readonly [string, (web: Inspected) => void, string]>([
    [
      "capabilities that were not dropped",
      (c) => c.BoundingCaps.push("CAP_SETUID"),
      "web cap_drop: lacks the dropped capability `ALL`, which the file says",
    ],
    [
      "a capability that was not added",
      (c) => (c.BoundingCaps = []),
      "web cap_add: lacks the added capability `CHOWN`, which the file says",
    ],
    ["a tmpfs", (c) => (c.HostConfig.Tmpfs = {}), "web tmpfs: lacks the tmpfs `/scratch`, which the file says"],
    [
      "the options of a tmpfs",
      (c) => (c.HostConfig.Tmpfs["/scratch"] += ",exec"),
      "web tmpfs: has the tmpfs at `/scratch` with `rw,rprivate,nosuid,nodev,tmpcopyup,exec`, and the file says none",
    ],
    [
      "a root that can be written",
      (c) => {
        c.HostConfig.ReadonlyRootfs = false;
        c.HostConfig.Tmpfs = { "/scratch": "" };
      },
      "web read_only: runs with `read_only: false`, and the file says true",
    ],
  ])("show %s", (_, change, message) => expect(podman(change)).toEqual([message]));
});
