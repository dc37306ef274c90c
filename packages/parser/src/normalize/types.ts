/**
 * What a decoded attribute is. The names of the plain types say how a written value becomes the one that
 * `docker compose config` prints; `decode.ts` knows each of them.
 */
export type Type =
  | PlainType
  /** Fixed attributes, printed in this order. A name that starts with a capital is written in small letters. */
  | { readonly is: "struct"; readonly fields: ReadonlyMap<string, Field> }
  | MapType
  | { readonly is: "list"; readonly of: Type }
  /** Keeps apart "nothing written" and a zero value, which is printed. */
  | { readonly is: "optional"; readonly of: Type };

/** Names chosen by the user; `named` ones may start with `x-` and are no extensions then. */
export interface MapType {
  readonly is: "map";
  readonly of: Type;
  readonly named: boolean;
}

/** Types without parts of their own type. */
export type PlainType =
  | "text"
  | "bool"
  /** A boolean that is true unless it says otherwise, and printed only then. */
  | "opt-out"
  | "int"
  | "uint"
  /** Single precision. */
  | "float"
  /** `512m` → `"536870912"`. */
  | "bytes"
  /** `90s` → `1m30s`. */
  | "duration"
  /** `0.5` or `"0.5"`. */
  | "cpus"
  /** Words of a command line; absent prints as null. */
  | "command"
  /** A command line for the container's shell, or a list. */
  | "health-test"
  | "file-mode"
  /** `all` is -1. */
  | "device-count"
  | "ulimit"
  /** `KEY=value` in either spelling; a value may be null. */
  | "environment"
  /** `KEY=value` in either spelling; no value is empty text. */
  | "text-map"
  /** A mapping to anything, printed as text. */
  | "options"
  /** A mapping to one or several options. */
  | "multi-options"
  | "hosts"
  /** A text, or a list of texts. */
  | "text-list"
  /** A list of texts or numbers. */
  | "printed-list"
  | "ssh";

/** An attribute of a struct. */
export interface Field {
  readonly type: Type;
  /** Printed even when it is zero or absent. */
  readonly always: boolean;
}

type Fields = Readonly<Record<string, Type | Field>>;

function struct(...fields: readonly Fields[]): Type {
  const rows = fields.flatMap((part) =>
    Object.entries(part).map(([key, field]): [string, Field] => [
      key,
      typeof field === "object" && "type" in field ? field : { type: field, always: false },
    ]),
  );
  return { is: "struct", fields: new Map(rows) };
}

function list(of: Type): Type {
  return { is: "list", of };
}

function map(of: Type): Type {
  return { is: "map", of, named: false };
}

function named(of: Type): Type {
  return { is: "map", of, named: true };
}

function optional(of: Type): Type {
  return { is: "optional", of };
}

function always(type: Type): Field {
  return { type, always: true };
}

const texts = list("text");

const deviceRequest = struct({
  capabilities: texts,
  driver: "text",
  count: "device-count",
  device_ids: texts,
  options: "text-map",
});

const fileReference = struct({
  source: "text",
  target: "text",
  uid: "text",
  gid: "text",
  mode: optional("file-mode"),
});

const throttle = struct({ Path: always("text"), Rate: always("bytes") });

const CONTAINER: Fields = {
  annotations: "text-map",
  blkio_config: optional(
    struct({
      weight: "uint",
      weight_device: list(struct({ Path: always("text"), Weight: always("uint") })),
      device_read_bps: list(throttle),
      device_read_iops: list(throttle),
      device_write_bps: list(throttle),
      device_write_iops: list(throttle),
    }),
  ),
  cap_add: texts,
  cap_drop: texts,
  cgroup_parent: "text",
  cgroup: "text",
  cpu_count: "int",
  cpu_percent: "float",
  cpu_period: "int",
  cpu_quota: "int",
  cpu_rt_period: "int",
  cpu_rt_runtime: "int",
  cpus: "float",
  cpuset: "text",
  cpu_shares: "int",
  command: always(optional("command")),
  configs: list(fileReference),
  credential_spec: optional(struct({ config: "text", file: "text", registry: "text" })),
  device_cgroup_rules: texts,
  devices: list(struct({ source: "text", target: "text", permissions: "text" })),
  dns: "text-list",
  dns_opt: texts,
  dns_search: "text-list",
  domainname: "text",
  entrypoint: always(optional("command")),
  environment: "environment",
  env_file: list(struct({ path: "text", required: "opt-out", format: "text" })),
  extra_hosts: "hosts",
  group_add: texts,
  gpus: list(deviceRequest),
  hostname: "text",
  image: "text",
  init: optional("bool"),
  ipc: "text",
  isolation: "text",
  labels: "text-map",
  label_file: texts,
  logging: optional(struct({ driver: "text", options: "options" })),
  mem_limit: "bytes",
  mem_reservation: "bytes",
  memswap_limit: "bytes",
  mem_swappiness: "bytes",
  mac_address: "text",
  models: map(optional(struct({ endpoint_var: "text", model_var: "text" }))),
  network_mode: "text",
  networks: map(
    optional(
      struct({
        aliases: texts,
        driver_opts: "options",
        gw_priority: "int",
        interface_name: "text",
        ipv4_address: "text",
        ipv6_address: "text",
        link_local_ips: texts,
        mac_address: "text",
        priority: "int",
        use_service_name_alias: optional("bool"),
      }),
    ),
  ),
  oom_kill_disable: "bool",
  oom_score_adj: "int",
  pid: "text",
  pids_limit: "int",
  platform: "text",
  privileged: "bool",
  pull_policy: "text",
  pull_refresh_after: "text",
  read_only: "bool",
  runtime: "text",
  secrets: list(fileReference),
  security_opt: texts,
  shm_size: "bytes",
  stop_grace_period: optional("duration"),
  stop_signal: "text",
  storage_opt: map("text"),
  sysctls: "text-map",
  tmpfs: "text-list",
  ulimits: map(optional("ulimit")),
  umask: optional("uint"),
  use_api_socket: "bool",
  user: "text",
  userns_mode: "text",
  uts: "text",
  volumes: list(
    struct({
      type: "text",
      source: "text",
      target: "text",
      read_only: "bool",
      consistency: "text",
      bind: optional(struct({ selinux: "text", propagation: "text", create_host_path: "opt-out", recursive: "text" })),
      volume: optional(struct({ labels: "text-map", nocopy: "bool", subpath: "text" })),
      tmpfs: optional(struct({ size: "bytes", mode: "uint" })),
      image: optional(struct({ subpath: "text" })),
    }),
  ),
  volumes_from: texts,
  working_dir: "text",
};

const WORKLOAD: Fields = {
  build: optional(
    struct({
      context: "text",
      dockerfile: "text",
      dockerfile_inline: "text",
      entitlements: texts,
      args: "environment",
      provenance: "text",
      sbom: "text",
      ssh: "ssh",
      labels: "text-map",
      cache_from: "text-list",
      cache_to: "text-list",
      no_cache: "bool",
      no_cache_filter: "text-list",
      additional_contexts: "text-map",
      pull: "bool",
      extra_hosts: "hosts",
      isolation: "text",
      network: "text",
      target: "text",
      secrets: list(fileReference),
      shm_size: "bytes",
      tags: "text-list",
      ulimits: map(optional("ulimit")),
      platforms: "text-list",
      privileged: "bool",
    }),
  ),
  depends_on: named(struct({ condition: "text", restart: "bool", required: always("bool") })),
  expose: "printed-list",
  healthcheck: optional(
    struct({
      test: "health-test",
      timeout: optional("duration"),
      interval: optional("duration"),
      retries: optional("uint"),
      start_period: optional("duration"),
      start_interval: optional("duration"),
      disable: "bool",
    }),
  ),
  ports: list(
    struct({
      name: "text",
      mode: "text",
      host_ip: "text",
      target: "uint",
      published: "text",
      protocol: "text",
      app_protocol: "text",
    }),
  ),
  stdin_open: "bool",
  tty: "bool",
};

const hook = struct({
  command: always(optional("command")),
  user: "text",
  privileged: "bool",
  working_dir: "text",
  environment: "environment",
});

const updateConfig = optional(
  struct({
    parallelism: optional("uint"),
    delay: "duration",
    failure_action: "text",
    monitor: "duration",
    max_failure_ratio: "float",
    order: "text",
  }),
);

const resource = optional(
  struct({
    cpus: "cpus",
    memory: "bytes",
    pids: "int",
    devices: list(deviceRequest),
    generic_resources: list(
      struct({ discrete_resource_spec: optional(struct({ kind: always("text"), value: always("int") })) }),
    ),
  }),
);

const SERVICE: Fields = {
  profiles: texts,
  deploy: optional(
    struct({
      mode: "text",
      replicas: optional("int"),
      labels: "text-map",
      update_config: updateConfig,
      rollback_config: updateConfig,
      resources: struct({ limits: resource, reservations: resource }),
      restart_policy: optional(
        struct({
          condition: "text",
          delay: optional("duration"),
          max_attempts: optional("uint"),
          window: optional("duration"),
        }),
      ),
      placement: struct({
        constraints: texts,
        preferences: list(struct({ spread: "text" })),
        max_replicas_per_node: "uint",
      }),
      endpoint_mode: "text",
    }),
  ),
  develop: optional(
    struct({
      watch: list(
        struct({
          path: always("text"),
          action: always("text"),
          target: "text",
          exec: hook,
          include: texts,
          ignore: texts,
          initial_sync: "bool",
        }),
      ),
    }),
  ),
  restart: "text",
  scale: optional("int"),
  attach: optional("bool"),
  container_name: "text",
  provider: optional(struct({ type: "text", options: "multi-options" })),
  extends: optional(struct({ file: "text", service: "text" })),
  external_links: texts,
  links: texts,
  pre_start: list(struct(CONTAINER, { per_replica: "bool" })),
  post_start: list(hook),
  pre_stop: list(hook),
};

const JOB: Fields = {
  name: "text",
  profiles: texts,
  triggers: optional(
    struct({
      manual: optional("bool"),
      schedule: list(struct({ cron: "text", timezone: "text", concurrency: "text", missed_fires: "text" })),
    }),
  ),
};

const FILE_OBJECT: Fields = {
  name: "text",
  file: "text",
  environment: "text",
  content: "text",
  external: "bool",
  labels: "text-map",
  driver: "text",
  driver_opts: map("text"),
  template_driver: "text",
};

/** A whole project. Source: the structs of compose-go, types/. */
export const PROJECT: Type = struct({
  name: "text",
  services: named(struct(SERVICE, CONTAINER, WORKLOAD)),
  jobs: map(struct(JOB, CONTAINER, WORKLOAD)),
  networks: named(
    struct({
      name: "text",
      driver: "text",
      driver_opts: "options",
      ipam: struct({
        driver: "text",
        config: list(
          optional(struct({ subnet: "text", gateway: "text", ip_range: "text", aux_addresses: "text-map" })),
        ),
        options: "options",
      }),
      external: "bool",
      internal: "bool",
      attachable: "bool",
      labels: "text-map",
      enable_ipv4: optional("bool"),
      enable_ipv6: optional("bool"),
    }),
  ),
  volumes: named(
    struct({ name: "text", driver: "text", driver_opts: "options", external: "bool", labels: "text-map" }),
  ),
  secrets: named(struct(FILE_OBJECT)),
  configs: named(struct(FILE_OBJECT)),
  models: map(struct({ name: "text", model: "text", context_size: "int", runtime_flags: texts })),
});
