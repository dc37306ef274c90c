import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { fakeDocker } from "../test/fake-docker.js";
import { changesOf } from "./changes.js";
import { containerIn } from "./container.js";
import { inspectContainers, listContainers } from "./containers.js";
import { identifyEngine } from "./engine.js";
import { inspectImages } from "./image.js";
import { processesOf } from "./processes.js";
import { usageOf } from "./stats.js";
import { together } from "./together.js";

const recorded = fileURLToPath(new URL("../test/recorded/container.json", import.meta.url));
const [entry] = JSON.parse(readFileSync(recorded, "utf8"));

describe("a container", () => {
  it("is read from what Docker prints", () => {
    expect(containerIn(entry)).toMatchObject({
      name: "rec",
      image: "local/base:1",
      compose: {
        project: "shop",
        service: "web",
        number: 2,
        isOneOff: false,
        directory: "/srv/shop",
        files: ["/srv/shop/compose.yaml", "/srv/shop/compose.override.yaml"],
      },
      state: { status: "running", exitCode: 0 },
      command: ["sleep", "1d"],
      readOnly: true,
      privileged: false,
      securityOptions: ["no-new-privileges"],
      capAdd: ["CHOWN"],
      capDrop: ["ALL"],
      limits: { memory: 67108864, cpus: 0.5, pids: 20 },
      ulimits: [{ name: "nofile", soft: 1024, hard: 2048 }],
      devices: [{ source: "/dev/null", target: "/dev/null", permissions: "rwm" }],
      restart: { name: "on-failure", retries: 3 },
      tmpfs: { "/tmp": "size=8m" },
      mounts: [{ type: "volume", name: "recvol", target: "/data", writable: true }],
      namespaces: { network: "none" },
    });
  });

  it("has the files that Docker Compose 1 noted as they were given", () => {
    const labels = (files: string) => ({
      "com.docker.compose.project": "shop",
      "com.docker.compose.service": "web",
      "com.docker.compose.project.working_dir": "/srv/shop",
      "com.docker.compose.project.config_files": files,
    });
    const filesOf = (files: string) =>
      containerIn({ Id: "a", State: {}, Config: { Labels: labels(files) } })?.compose?.files;
    expect(filesOf("docker-compose.yml,./more.yml")).toEqual(["/srv/shop/docker-compose.yml", "/srv/shop/more.yml"]);
    expect(filesOf("/etc/a.yml,C:\\b.yml")).toEqual(["/etc/a.yml", "C:\\b.yml"]);
  });

  it("is read from any fragment, and nothing from anything else", () => {
    expect(containerIn({ Id: "a", State: {} })).toMatchObject({
      id: "a",
      environment: new Map(),
      limits: { memory: 0 },
    });
    for (const other of [undefined, null, [], "x", 1, {}, { Id: "a" }, { State: {} }])
      expect(containerIn(other)).toBeUndefined();
  });

  it("keeps its shape whatever a field holds", () => {
    const whole = Object.keys(containerIn(entry) ?? {});
    for (const strange of [null, 1, "x", [], {}, [null], { x: null }, true]) {
      const config = Object.fromEntries(Object.keys(entry.Config).map((key) => [key, strange]));
      const host = Object.fromEntries(Object.keys(entry.HostConfig).map((key) => [key, strange]));
      const fields = Object.fromEntries(Object.keys(entry).map((key) => [key, strange]));
      const read = containerIn({ ...fields, Id: "a", State: strange, Config: config, HostConfig: host });
      expect(Object.keys(read ?? {})).toEqual(whole);
    }
  });
});

/** Prints an inspected container for every id after `--`, save those that start with "gone". */
const INSPECT = `
case $1 in
ps) cat "$HERE/ids"; exit;;
inspect)
  while [ "$1" != -- ]; do shift; done; shift
  echo x >> "$HERE/calls"
  code=0
  for id; do case $id in
    gone*) echo "Error: No such container: $id" >&2; code=1;;
    *) echo '{"Id":"'$id'","State":{"Status":"running"},"Name":"/c-'$id'"}';;
  esac; done
  exit $code;;
esac`;

describe("the list of containers", () => {
  it.each([
    "/usr/local/bin/docker: line 3: podman: command not found",
    'template parsing error: template: :1: function "nope" not defined',
    "Error: plugin not found",
  ])("is no empty one when `docker` says %j", async (says) => {
    const docker = fakeDocker(`echo '${says}' >&2; exit 1`);
    await expect(inspectContainers(docker, ["a"])).rejects.toThrow(`failed: ${says}`);
  });

  it.each([
    "Error: No such object: a",
    "error: no such object: a",
    "Error response from daemon: network a not found",
    'Error: no container with name or ID "a" found: no such container',
    "Error: inspecting object: no such container a",
    "Error response from daemon: removal of container a is already in progress",
  ])("takes %j for a thing that is gone", async (says) => {
    expect(await inspectContainers(fakeDocker(`echo '${says}' >&2; exit 1`), ["a"])).toEqual([]);
  });

  it("leaves out what vanishes between two calls", async () => {
    const docker = fakeDocker(`printf 'a\\ngone1\\nb\\n' > "$HERE/ids"; ${INSPECT}`);
    expect((await listContainers(docker)).map(({ name }) => name)).toEqual(["c-a", "c-b"]);
    expect(await inspectContainers(docker, ["gone2"])).toEqual([]);
    expect(await inspectContainers(docker, [])).toEqual([]);
  });

  it("takes thousands, in few calls and in order", async () => {
    const docker = fakeDocker(`seq 3000 > "$HERE/ids"; ${INSPECT}`);
    const containers = await listContainers(docker);
    expect(containers.map(({ id }) => Number(id))).toEqual(Array.from({ length: 3000 }, (_, i) => i + 1));
    expect(readFileSync(`${docker.directory}/calls`, "utf8").split("\n")).toHaveLength(31);
  });

  it("says so when the engine stops answering midway", async () => {
    const docker = fakeDocker(
      'if [ "$1" = ps ]; then echo a; else echo "Cannot connect to the Docker daemon" >&2; exit 1; fi',
    );
    await expect(listContainers(docker)).rejects.toMatchObject({ failure: "unreachable" });
  });

  it("is bounded in time as a whole", async () => {
    const docker = fakeDocker('if [ "$1" = ps ]; then seq 3000; else sleep 0.3; fi');
    await expect(listContainers(docker, {}, { timeout: 500 })).rejects.toMatchObject({ failure: "timeout" });
  });

  it("reads the lists that Podman prints over many lines", async () => {
    const docker = fakeDocker(
      `printf '[\\n {\\n  "Id": "a",\\n  "State": {},\\n  "Mounts": [\\n   {}\\n  ]\\n },\\n {\\n  "Id": "b",\\n  "State": {}\\n }\\n]\\n'`,
    );
    expect((await inspectContainers(docker, ["a", "b"])).map(({ id }) => id)).toEqual(["a", "b"]);
    const stats = fakeDocker(
      `printf '[\\n {\\n  "id": "a",\\n  "mem_usage": "1.5MB / 2GB",\\n  "pids": "3"\\n }\\n]\\n'`,
    );
    expect(await usageOf(stats, ["a"])).toEqual([{ id: "a", memory: 1_500_000, pids: 3 }]);
  });

  it("skips lines that are no JSON", async () => {
    const docker = fakeDocker(`echo '{"Id":'; echo WARNING: x; echo '{"Id":"a","State":{}}'`);
    expect(await inspectContainers(docker, ["a"])).toHaveLength(1);
  });
});

describe("work on many things", () => {
  it("goes on a few at a time, in order", async () => {
    let now = 0;
    let most = 0;
    const begun: number[] = [];
    await together([...Array(20).keys()], async (item) => {
      begun.push(item);
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 1));
      now--;
    });
    expect([begun, most]).toEqual([[...Array(20).keys()], 4]);
  });

  it("leaves undone what is not begun in time", async () => {
    const begun: number[] = [];
    const pause = async (item: number) => {
      begun.push(item);
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await together([...Array(100).keys()], pause, Date.now() + 20);
    expect(begun).toEqual([0, 1, 2, 3]);
  });
});

describe("other answers", () => {
  it("reads an image", async () => {
    const docker = fakeDocker(
      `echo '{"Id":"sha256:1","RepoTags":["a:1"],"RepoDigests":null,"Config":{"User":"app","Env":["A=b=c"],"Volumes":{"/data":{}},"ExposedPorts":{"80/tcp":{}},"Cmd":["x"]}}'`,
    );
    expect(await inspectImages(docker, ["a:1"])).toEqual([
      {
        id: "sha256:1",
        tags: ["a:1"],
        digests: [],
        user: "app",
        entrypoint: [],
        command: ["x"],
        environment: new Map([["A", "b=c"]]),
        workingDirectory: "",
        volumes: ["/data"],
        exposed: ["80/tcp"],
        labels: {},
      },
    ]);
  });

  it("reads the changes of a container, and none of one that is gone", async () => {
    const docker = fakeDocker("printf 'C /var\\nA /var/a b\\nD /x\\nnonsense\\n'");
    expect(await changesOf(docker, "a")).toEqual([
      { kind: "changed", path: "/var" },
      { kind: "added", path: "/var/a b" },
      { kind: "deleted", path: "/x" },
    ]);
    const gone = fakeDocker("echo 'Error response from daemon: No such container: a' >&2; exit 1");
    expect(await changesOf(gone, "a")).toBeUndefined();
  });

  it("reads what containers use", async () => {
    const docker = fakeDocker(
      `printf '%s\\n' '{"ID":"a","MemUsage":"1.5MiB / 64MiB","PIDs":"3"}' '{"ID":"b","MemUsage":"2GB / 3GB","PIDs":"1"}' '{"ID":"c","MemUsage":"-- / --","PIDs":"--"}'; echo "No such container: d" >&2; exit 1`,
    );
    expect(await usageOf(docker, ["a", "b", "c", "d"])).toEqual([
      { id: "a", memory: 1572864, pids: 3 },
      { id: "b", memory: 2e9, pids: 1 },
    ]);
    expect(await usageOf(docker, [])).toEqual([]);
  });

  it("reads processes, and says nothing where the columns are others", async () => {
    const docker = fakeDocker("printf 'PID   UID   GID   COMMAND\\n12    999   998   redis-server\\n13 0 0 a b\\n'");
    expect(await processesOf(docker, "a")).toEqual([
      { pid: 12, uid: 999, gid: 998, program: "redis-server" },
      { pid: 13, uid: 0, gid: 0, program: "a b" },
    ]);
    expect(await processesOf(fakeDocker("echo USER PID"), "a")).toBeUndefined();
    expect(await processesOf(fakeDocker("echo 'is not running' >&2; exit 1"), "a")).toBeUndefined();
  });
});

describe("the engine", () => {
  it("is Docker", async () => {
    const docker = fakeDocker(
      `echo '{"ServerVersion":"20.10.24","OSType":"linux","OperatingSystem":"Debian","SecurityOptions":["name=seccomp,profile=default","name=rootless"],"CgroupVersion":"2","DefaultRuntime":"runc","LoggingDriver":"json-file"}'`,
    );
    expect(await identifyEngine(docker)).toMatchObject({ product: "docker", version: "20.10.24", isRootless: true });
  });

  it("is Podman", async () => {
    const docker = fakeDocker(
      `echo '{"host":{"os":"linux","cgroupVersion":"v2","logDriver":"journald","security":{"rootless":true},"ociRuntime":{"name":"crun"}},"version":{"Version":"4.3.1"}}'`,
    );
    expect(await identifyEngine(docker)).toMatchObject({
      product: "podman",
      version: "4.3.1",
      cgroupVersion: "2",
      defaultRuntime: "crun",
    });
  });

  it("is not there, although the client ends well", async () => {
    const docker = fakeDocker(
      `echo '{"ServerVersion":"","ServerErrors":["Cannot connect to the Docker daemon at x. Is it?"]}'`,
    );
    await expect(identifyEngine(docker)).rejects.toMatchObject({ failure: "unreachable" });
    await expect(identifyEngine(fakeDocker("echo hello"))).rejects.toMatchObject({ failure: "failed" });
  });
});
