import type { Json } from "@compose-harden/model";
import { environmentIn, flagIn, listIn, mapIn, numberIn, textIn, textMapIn, textsIn } from "./shape.js";

/** What a container does right now, as `docker ps` calls it. */
export type Status = "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead" | (string & {});

/** One container port and where it is bound on the host. */
export interface PortBinding {
  readonly target: number;
  /** `tcp`, `udp` or `sctp`. */
  readonly protocol: string;
  /** Host address; empty: every interface. */
  readonly address: string;
  /** Host port, or a range to take one from; empty: any that is free. */
  readonly published: string;
}

/** Something mounted into a container. */
export interface MountedPath {
  /** `bind`, `volume`, `tmpfs`, `image`, `npipe`, `cluster`. */
  readonly type: string;
  /** Host path of a bind mount; where the engine keeps a volume. */
  readonly source: string;
  /** Name of a volume; empty for others. */
  readonly name: string;
  readonly target: string;
  readonly writable: boolean;
  /** `rprivate`, `rshared` …; empty where it does not apply. */
  readonly propagation: string;
}

/** A host device handed in. */
export interface Device {
  readonly source: string;
  readonly target: string;
  /** Of `r`, `w`, `m`. */
  readonly permissions: string;
}

/** A soft and a hard limit of `setrlimit`; -1: none. */
export interface Ulimit {
  readonly name: string;
  readonly soft: number;
  readonly hard: number;
}

/** What Docker Compose noted on a container; absent for containers that something else started. */
export interface ComposeNote {
  readonly project: string;
  readonly service: string;
  /** Which of the service's replicas, from 1. */
  readonly number: number;
  /** Started by `docker compose run`. */
  readonly isOneOff: boolean;
  /** Absolute, as seen where Compose ran; empty where it was not noted. */
  readonly directory: string;
  readonly files: readonly string[];
}

/** Limits in force; 0: none. */
export interface ContainerLimits {
  /** Bytes. */
  readonly memory: number;
  /** Bytes of memory and swap; -1: no limit. */
  readonly memorySwap: number;
  readonly cpus: number;
  /** Relative weight of its share of the processors. */
  readonly cpuShares: number;
  /** Processors it may run on: `0-3`; empty: all. */
  readonly cpuSet: string;
  /** Bytes it keeps when memory runs out. */
  readonly reservation: number;
  /** Processes and threads. */
  readonly pids: number;
  /** Bytes of `/dev/shm`. */
  readonly shm: number;
}

/** A container as the engine describes it. `environment` may hold secrets: compare, never print. */
export interface Container {
  readonly id: string;
  readonly name: string;
  /** The image as it was asked for. */
  readonly image: string;
  /** `sha256:…`: the image that really runs. */
  readonly imageId: string;
  readonly created: string;
  readonly compose: ComposeNote | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: {
    readonly status: Status;
    /** Of the first process, in the engine's own process namespace; 0 when it does not run. */
    readonly pid: number;
    readonly exitCode: number;
    /** ISO time; empty when it never started. */
    readonly started: string;
    /** `healthy`, `unhealthy`, `starting`; empty without a health check. */
    readonly health: string;
    readonly outOfMemory: boolean;
    readonly restarts: number;
    /** Why it did not start. */
    readonly error: string;
  };
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly user: string;
  readonly workingDirectory: string;
  readonly hostname: string;
  readonly environment: ReadonlyMap<string, string>;
  readonly readOnly: boolean;
  readonly privileged: boolean;
  readonly securityOptions: readonly string[];
  /** True when the kernel's files in /proc and /sys that containers do not see were uncovered. */
  readonly unmasked: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  /** All capabilities that it can have, where the engine tells: Podman does. */
  readonly bounding: readonly string[] | undefined;
  readonly groups: readonly string[];
  readonly limits: ContainerLimits;
  readonly ulimits: readonly Ulimit[];
  readonly sysctls: Readonly<Record<string, string>>;
  readonly devices: readonly Device[];
  /** Devices asked for by driver, such as GPUs: `nvidia` with its count or ids. */
  readonly deviceRequests: readonly Json[];
  readonly restart: { readonly name: string; readonly retries: number };
  readonly init: boolean;
  readonly runtime: string;
  readonly logDriver: string;
  readonly logOptions: Readonly<Record<string, string>>;
  readonly oomScore: number;
  readonly oomKillOff: boolean;
  readonly cgroupParent: string;
  readonly extraHosts: readonly string[];
  readonly dns: readonly string[];
  /** `host`, `container:ID`, `private`, `shareable` …; empty: the engine's default. */
  readonly namespaces: {
    readonly network: string;
    readonly pid: string;
    readonly ipc: string;
    readonly uts: string;
    readonly user: string;
    readonly cgroup: string;
  };
  /** Names of the networks it is a member of. */
  readonly networks: readonly string[];
  /** Its addresses and those of their gateways, IPv4 and IPv6. */
  readonly addresses: readonly {
    readonly network: string;
    readonly own: readonly string[];
    readonly gateways: readonly string[];
  }[];
  /** What was asked for. */
  readonly portBindings: readonly PortBinding[];
  /** What is bound now; empty when it does not run. */
  readonly published: readonly PortBinding[];
  readonly mounts: readonly MountedPath[];
  /** Options by path, as asked for. */
  readonly tmpfs: Readonly<Record<string, string>>;
  readonly hasHealthcheck: boolean;
}

/** Reads one entry of `docker inspect`; undefined when it is no container. */
export function containerIn(entry: Json | undefined): Container | undefined {
  const all = mapIn(entry);
  const config = mapIn(all.Config);
  const host = mapIn(all.HostConfig);
  const id = textIn(all.Id);
  if (id === "" || all.State === undefined) return undefined;
  const labels = textMapIn(config.Labels);
  const network = mapIn(all.NetworkSettings);
  const restart = mapIn(host.RestartPolicy);
  return {
    id,
    name: textIn(all.Name).replace(/^\//, ""),
    image: textIn(config.Image) || textIn(all.ImageName),
    imageId: imageIdIn(all.Image),
    created: textIn(all.Created),
    compose: composeNoteIn(labels),
    labels,
    state: stateIn(all),
    entrypoint: wordsIn(config.Entrypoint),
    command: textsIn(config.Cmd),
    user: textIn(config.User),
    workingDirectory: textIn(config.WorkingDir),
    hostname: textIn(config.Hostname),
    environment: environmentIn(config.Env),
    readOnly: flagIn(host.ReadonlyRootfs),
    privileged: flagIn(host.Privileged),
    securityOptions: textsIn(host.SecurityOpt),
    unmasked: Array.isArray(host.MaskedPaths) && host.MaskedPaths.length === 0,
    capAdd: textsIn(host.CapAdd).map(capabilityIn),
    capDrop: textsIn(host.CapDrop).map(capabilityIn),
    bounding: all.BoundingCaps === undefined ? undefined : textsIn(all.BoundingCaps).map(capabilityIn),
    groups: textsIn(host.GroupAdd),
    limits: limitsIn(host),
    ulimits: listIn(host.Ulimits).map((item) => {
      const { Name, Soft, Hard } = mapIn(item);
      return {
        name: textIn(Name)
          .toLowerCase()
          .replace(/^rlimit_/, ""),
        soft: numberIn(Soft),
        hard: numberIn(Hard),
      };
    }),
    sysctls: textMapIn(host.Sysctls),
    devices: listIn(host.Devices).map((item) => {
      const { PathOnHost, PathInContainer, CgroupPermissions } = mapIn(item);
      return { source: textIn(PathOnHost), target: textIn(PathInContainer), permissions: textIn(CgroupPermissions) };
    }),
    deviceRequests: listIn(host.DeviceRequests),
    restart: { name: textIn(restart.Name), retries: numberIn(restart.MaximumRetryCount) },
    init: flagIn(host.Init),
    runtime: textIn(host.Runtime) || textIn(all.OCIRuntime),
    logDriver: textIn(mapIn(host.LogConfig).Type),
    logOptions: textMapIn(mapIn(host.LogConfig).Config),
    oomScore: numberIn(host.OomScoreAdj),
    oomKillOff: flagIn(host.OomKillDisable),
    cgroupParent: textIn(host.CgroupParent),
    extraHosts: textsIn(host.ExtraHosts),
    dns: textsIn(host.Dns),
    namespaces: {
      network: textIn(host.NetworkMode),
      pid: textIn(host.PidMode),
      ipc: textIn(host.IpcMode),
      uts: textIn(host.UTSMode),
      user: textIn(host.UsernsMode),
      cgroup: textIn(host.CgroupnsMode) || textIn(host.CgroupMode),
    },
    networks: Object.keys(mapIn(network.Networks)),
    addresses: Object.entries(mapIn(network.Networks)).map(([name, member]) => {
      const { IPAddress, GlobalIPv6Address, Gateway, IPv6Gateway } = mapIn(member);
      return {
        network: name,
        own: [textIn(IPAddress), textIn(GlobalIPv6Address)].filter((address) => address !== ""),
        gateways: [textIn(Gateway), textIn(IPv6Gateway)].filter((address) => address !== ""),
      };
    }),
    portBindings: portsIn(host.PortBindings),
    published: portsIn(network.Ports),
    mounts: listIn(all.Mounts).map((item) => {
      const { Type, Source, Name, Destination, RW, Propagation } = mapIn(item);
      return {
        type: textIn(Type),
        source: textIn(Source),
        name: textIn(Name),
        target: textIn(Destination),
        writable: flagIn(RW),
        propagation: textIn(Propagation),
      };
    }),
    tmpfs: textMapIn(host.Tmpfs),
    hasHealthcheck: testOf(config.Healthcheck).some((word) => word !== "NONE"),
  };
}

function stateIn(all: Readonly<Record<string, Json>>): Container["state"] {
  const state = mapIn(all.State);
  const started = textIn(state.StartedAt);
  return {
    status: textIn(state.Status),
    pid: numberIn(state.Pid),
    exitCode: numberIn(state.ExitCode),
    started: started.startsWith("0001-") ? "" : started,
    health: textIn(mapIn(state.Health ?? state.Healthcheck).Status),
    outOfMemory: flagIn(state.OOMKilled),
    restarts: numberIn(all.RestartCount),
    error: textIn(state.Error),
  };
}

function limitsIn(host: Readonly<Record<string, Json>>): ContainerLimits {
  const period = numberIn(host.CpuPeriod) || 100_000;
  const quota = numberIn(host.CpuQuota);
  const nano = numberIn(host.NanoCpus);
  return {
    memory: numberIn(host.Memory),
    memorySwap: numberIn(host.MemorySwap),
    cpus: nano > 0 ? nano / 1e9 : quota > 0 ? quota / period : 0,
    cpuShares: numberIn(host.CpuShares),
    cpuSet: textIn(host.CpusetCpus),
    reservation: numberIn(host.MemoryReservation),
    // The engine writes "unlimited" as null, 0 or -1.
    pids: Math.max(0, numberIn(host.PidsLimit)),
    shm: numberIn(host.ShmSize),
  };
}

/** Podman prints an entrypoint as one text. */
function wordsIn(value: Json | undefined): readonly string[] {
  return typeof value === "string" ? value.split(" ").filter((word) => word !== "") : textsIn(value);
}

function imageIdIn(value: Json | undefined): string {
  const text = textIn(value);
  return /^[0-9a-f]{64}$/.test(text) ? `sha256:${text}` : text;
}

function capabilityIn(text: string): string {
  return text.toUpperCase().replace(/^CAP_/, "");
}

function testOf(healthcheck: Json | undefined): readonly string[] {
  return textsIn(mapIn(healthcheck).Test);
}

/** `{"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}`; exposed ports without binding have null. */
function portsIn(value: Json | undefined): readonly PortBinding[] {
  return Object.entries(mapIn(value)).flatMap(([port, bindings]) => {
    const [target, protocol = "tcp"] = port.split("/");
    return listIn(bindings).map((binding) => {
      const { HostIp, HostPort } = mapIn(binding);
      return { target: Number(target), protocol, address: textIn(HostIp), published: textIn(HostPort) };
    });
  });
}

/** On a system of either kind, which need not be this one's. */
function isAbsolute(path: string): boolean {
  return /^(?:\/|\\\\|[A-Za-z]:[\\/])/.test(path);
}

/** Docker Compose, `docker stack` and podman-compose label what they start. */
function composeNoteIn(labels: Readonly<Record<string, string>>): ComposeNote | undefined {
  const label = (name: string) => labels[`com.docker.compose.${name}`] ?? labels[`io.podman.compose.${name}`] ?? "";
  const project = label("project");
  const service = label("service");
  if (project === "" || service === "") return undefined;
  const directory = label("project.working_dir");
  return {
    project,
    service,
    number: Number(label("container-number")) || 1,
    isOneOff: /^true$/i.test(label("oneoff")),
    directory,
    // Docker Compose 1 notes names as they were given.
    files: label("project.config_files")
      .split(",")
      .filter((file) => file !== "")
      .map((file) => (isAbsolute(file) || directory === "" ? file : `${directory}/${file.replace(/^\.\//, "")}`)),
  };
}
