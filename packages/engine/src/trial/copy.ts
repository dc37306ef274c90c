import { isList, isMap, type Json, type JsonMap } from "@compose-harden/model";
import { flagIn, listIn, mapIn, numberIn, textIn, textsIn } from "../shape.js";

/** What a path of this machine is, to the copy of a stack. */
export type PathKind = "file" | "directory" | "socket" | "device" | "missing";

/** What the copy has to know of the surroundings. */
export interface Surroundings {
  /** The copy's project name. */
  readonly name: string;
  /** Value of the label `TRIAL_LABEL` on everything that is made. */
  readonly mark: string;
  /** True: containers reach the network outside; else only each other. */
  readonly isOnline: boolean;
  kindOf(path: string): PathKind;
  /** True for a folder of the service that holds its data, which a copy starts without. */
  isData(service: string, target: string): boolean;
  /** True for a folder small enough to be copied. */
  isSmall(path: string): boolean;
  /** The image to start a service from, given the one that the file names; undefined: the engine has none. */
  imageOf(service: string, named: string): string | undefined;
  /** Where a file that does not exist yet can be found meanwhile. */
  standIn(path: string): string | undefined;
}

/** A folder of the user whose content goes into a fresh volume before the start. */
export interface Seed {
  readonly service: string;
  readonly source: string;
  readonly target: string;
}

/** Something of a service that the copy does without. */
export interface LeftOut {
  readonly service: string;
  /** The fact, as a clause: "the port bindings", "`/var/run/docker.sock`, a socket". */
  readonly what: string;
}

/** A folder that holds data in the stack and starts empty in the copy. */
export interface Emptied {
  readonly service: string;
  readonly target: string;
}

/** A stack that shares nothing writable with the one it was made from. */
export interface Copy {
  readonly name: string;
  /** What `docker compose -f -` reads. */
  readonly config: JsonMap;
  readonly seeds: readonly Seed[];
  readonly leftOut: readonly LeftOut[];
  readonly emptied: readonly Emptied[];
  /** Services that cannot be started, with the reason. */
  readonly untried: ReadonlyMap<string, string>;
}

/** The label on all containers, networks and volumes of trials. */
export const TRIAL_LABEL = "compose-harden.trial";

/** Attributes that stay inside of the container; all others are left out. */
const KEPT = [
  ...[
    "command",
    "entrypoint",
    "working_dir",
    "environment",
    "user",
    "group_add",
    "hostname",
    "domainname",
    "init",
    "tty",
  ],
  ...["stdin_open", "platform", "image", "healthcheck", "depends_on", "expose", "extra_hosts", "links", "stop_signal"],
  ...[
    "read_only",
    "tmpfs",
    "cap_drop",
    "security_opt",
    "sysctls",
    "ulimits",
    "shm_size",
    "storage_opt",
    "oom_score_adj",
  ],
  ...["mem_limit", "mem_reservation", "memswap_limit", "mem_swappiness", "pids_limit", "runtime"],
  ...["cpus", "cpu_count", "cpu_percent", "cpu_period", "cpu_quota", "cpu_shares", "cpuset"],
];

/** Capabilities that reach beyond the container. */
const FAR_CAPABILITIES =
  /^(?:CAP_)?(?:ALL|SYS_ADMIN|SYS_MODULE|SYS_RAWIO|SYS_BOOT|SYS_TIME|BPF|PERFMON|SYSLOG|MAC_\w+|AUDIT_\w+|DAC_READ_SEARCH|WAKE_ALARM|BLOCK_SUSPEND)$/i;

/** Folders in which the machine keeps sockets and devices, and those that contain them. */
const MACHINE = /^\/(?:|(?:dev|proc|sys|run|var\/run)(?:\/.*)?|var)$/;

const NOT_BUILT = "its image is not built yet: `docker compose build` makes it";
const NO_IMAGE = "the engine does not have its image: `docker compose pull` fetches it";

/** Seconds between health checks of a copy. */
const HEALTH_SECONDS = 2;

/**
 * The copy of a project: fresh volumes, networks of its own, no published ports, no part of the machine. `config` is what
 * `docker compose config --format json` prints, with `$` doubled.
 */
export function copyOf(config: JsonMap, around: Surroundings): Copy {
  const leftOut: LeftOut[] = [];
  const emptied: Emptied[] = [];
  const seeds: Seed[] = [];
  const untried = new Map<string, string>();
  const labels = { [TRIAL_LABEL]: around.mark };
  const services: Record<string, Json> = {};
  const files = { secrets: filesOf(config.secrets, around), configs: filesOf(config.configs, around) };
  for (const [name, value] of Object.entries(mapIn(config.services))) {
    const service = mapIn(value);
    const image = around.imageOf(name, textIn(service.image));
    if (service.provider !== undefined) untried.set(name, "it is no container");
    else if (image === undefined) untried.set(name, service.build === undefined ? NO_IMAGE : NOT_BUILT);
    else services[name] = { ...serviceOf(name, { ...service, image }), labels };
  }
  return {
    name: around.name,
    config: {
      name: around.name,
      services: withoutDangling(services),
      networks: Object.fromEntries(
        ["default", ...Object.keys(mapIn(config.networks))].map((name) => [
          name,
          { internal: !around.isOnline, labels },
        ]),
      ),
      volumes: Object.fromEntries(Object.keys(mapIn(config.volumes)).map((name) => [name, { labels }])),
      ...files,
    },
    seeds,
    leftOut,
    emptied,
    untried,
  };

  function serviceOf(name: string, service: JsonMap): Record<string, Json> {
    const leave = (what: string): void => {
      leftOut.push({ service: name, what });
    };
    const copy: Record<string, Json> = Object.fromEntries(
      KEPT.flatMap((key) => (service[key] === undefined ? [] : [[key, service[key]]])),
    );
    if (flagIn(service.privileged)) leave("`privileged`");
    if (service.devices !== undefined || service.gpus !== undefined) leave("its devices");
    if (flagIn(service.use_api_socket)) leave("the engine's socket");
    if (textsIn(service.security_opt).some((option) => /^systempaths/.test(option))) {
      copy.security_opt = textsIn(service.security_opt).filter((option) => !/^systempaths/.test(option));
      leave("`systempaths`");
    }
    const far = textsIn(service.cap_add).filter((capability) => FAR_CAPABILITIES.test(capability));
    const near = textsIn(service.cap_add).filter((capability) => !FAR_CAPABILITIES.test(capability));
    if (far.length > 0) leave(`the capabilities ${far.map((one) => `\`${one}\``).join(", ")}`);
    if (near.length > 0) copy.cap_add = near;
    const mode = textIn(service.network_mode);
    if (mode === "none" || mode.startsWith("service:")) copy.network_mode = mode;
    else {
      if (mode === "host" || mode.startsWith("container:")) leave(`\`network_mode: ${mode}\``);
      copy.networks = networksOf(service.networks, textIn(service.container_name));
    }
    for (const space of ["pid", "ipc", "uts", "userns_mode", "cgroup"]) {
      const of = textIn(service[space]);
      if (/^(?:service:|private$|shareable$|none$)/.test(of)) copy[space] = of;
      else if (of !== "") leave(`\`${space}: ${of}\``);
    }
    const limits = mapIn(mapIn(mapIn(service.deploy).resources).limits);
    if (Object.keys(limits).length > 0) copy.deploy = { resources: { limits } };
    if (isMap(service.logging) && ["json-file", "local"].includes(textIn(service.logging.driver) || "json-file")) {
      copy.logging = service.logging;
    }
    if (isMap(service.healthcheck)) copy.healthcheck = sooner(service.healthcheck);
    const hooks = listIn(service.post_start).filter((hook) => !flagIn(mapIn(hook).privileged));
    if (hooks.length > 0) copy.post_start = hooks;
    for (const kind of ["secrets", "configs"] as const) {
      const given = listIn(service[kind]).filter((use) => {
        const isThere = textIn(mapIn(use).source) in files[kind];
        if (!isThere) leave(`the ${kind.slice(0, -1)} \`${textIn(mapIn(use).source)}\``);
        return isThere;
      });
      if (given.length > 0) copy[kind] = given;
    }
    const mounts = listIn(service.volumes).flatMap((mount) => mountOf(name, mapIn(mount), leave));
    if (mounts.length > 0) copy.volumes = mounts;
    copy.restart = "no";
    copy.pull_policy = "never";
    return copy;
  }

  function mountOf(service: string, mount: JsonMap, leave: (what: string) => void): readonly Json[] {
    const target = textIn(mount.target);
    const source = textIn(mount.source);
    const fresh = { type: "volume", target };
    switch (mount.type) {
      case "tmpfs":
      case "image":
        return [mount];
      case "volume": {
        const { nocopy, subpath } = mapIn(mount.volume);
        const how = { ...(nocopy === undefined ? {} : { nocopy }), ...(subpath === undefined ? {} : { subpath }) };
        const isReadOnly = flagIn(mount.read_only) ? { read_only: true } : {};
        if (source !== "") emptied.push({ service, target });
        return [
          { ...fresh, ...isReadOnly, ...(source === "" ? {} : { source }), ...(isEmpty(how) ? {} : { volume: how }) },
        ];
      }
      case "bind": {
        const bound = { type: "bind", source: around.standIn(source) ?? source, target, read_only: true };
        const kind = around.standIn(source) === undefined ? around.kindOf(source) : "file";
        if (kind === "socket" || kind === "device" || MACHINE.test(source)) {
          leave(`\`${source}\`, ${kind === "directory" ? "a folder" : `a ${kind}`} of the machine`);
          return [];
        }
        if (kind === "file") return [bound];
        if (kind === "missing") return [fresh];
        if (around.isData(service, target)) {
          emptied.push({ service, target });
          return [fresh];
        }
        if (flagIn(mount.read_only)) return [bound];
        if (around.isSmall(source)) {
          seeds.push({ service, source, target });
          return [fresh];
        }
        leave(`write access to \`${source}\``);
        return [bound];
      }
      default:
        leave(`the mount of type \`${textIn(mount.type)}\``);
        return [];
    }
  }
}

/** What names services that are not there goes. */
function withoutDangling(services: Readonly<Record<string, Json>>): JsonMap {
  return Object.fromEntries(
    Object.entries(services).map(([name, value]) => {
      const { depends_on, links, ...rest } = mapIn(value);
      const isThere = (of: Json) => typeof of !== "string" || !of.startsWith("service:") || of.slice(8) in services;
      const service = Object.fromEntries(Object.entries(rest).filter(([, of]) => isThere(of)));
      const needed = Object.fromEntries(Object.entries(mapIn(depends_on)).filter(([other]) => other in services));
      const linked = textsIn(links).filter((link) => (link.split(":")[0] ?? "") in services);
      return [
        name,
        {
          ...service,
          ...(isEmpty(needed) ? {} : { depends_on: needed }),
          ...(linked.length === 0 ? {} : { links: linked }),
        },
      ];
    }),
  );
}

/** Names of networks with the names others call the service by, without addresses. */
function networksOf(networks: Json | undefined, containerName: string): JsonMap {
  const uses: readonly (readonly [string, Json])[] = isList(networks)
    ? textsIn(networks).map((name) => [name, null] as const)
    : Object.entries(mapIn(networks));
  return Object.fromEntries(
    (uses.length === 0 ? [["default", null] as const] : uses).map(([name, how]) => {
      const aliases = [...textsIn(mapIn(how).aliases), containerName].filter((alias) => alias !== "");
      return [name, aliases.length === 0 ? null : { aliases }];
    }),
  );
}

/** Secrets and configs that a copy can have: those from files, variables and the Compose file itself. */
function filesOf(resources: Json | undefined, around: Surroundings): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(mapIn(resources)).flatMap(([name, value]): readonly [string, Json][] => {
      const { file, environment, content } = mapIn(value);
      if (typeof file === "string") return [[name, { file: around.standIn(file) ?? file }]];
      if (environment !== undefined) return [[name, { environment }]];
      return content === undefined ? [] : [[name, { content }]];
    }),
  );
}

/** The same health check with the same patience, asked more often. */
function sooner(check: JsonMap): JsonMap {
  if (flagIn(check.disable) || textsIn(check.test)[0] === "NONE") return check;
  const every = secondsIn(textIn(check.interval)) || 30;
  if (every <= HEALTH_SECONDS) return check;
  const retries = (numberIn(check.retries) || 3) * Math.ceil(every / HEALTH_SECONDS);
  const { start_interval: _, ...rest } = check;
  return { ...rest, interval: `${HEALTH_SECONDS}s`, retries };
}

/** Seconds of a duration as Docker prints it: `1m30s`, `500ms`. */
function secondsIn(text: string): number {
  const seconds: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 0.001, us: 1e-6, ns: 1e-9 };
  return [...text.matchAll(/([\d.]+)(h|ms|m|us|ns|s)/g)].reduce(
    (sum, [, number, unit = ""]) => sum + Number(number) * (seconds[unit] ?? 0),
    0,
  );
}

function isEmpty(map: object): boolean {
  return Object.keys(map).length === 0;
}
