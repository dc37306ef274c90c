import { type Pattern, patternOf } from "../tree/pattern.js";

/** The type a string turns into after substitution, by attribute. `umask` reads a leading zero as octal. */
export type Cast = "bool" | "int" | "float" | "float32" | "umask";

const CONTAINER: readonly (readonly [string, Cast])[] = [
  ["cpu_count", "int"],
  ["cpu_percent", "float"],
  ["cpu_period", "int"],
  ["cpu_quota", "int"],
  ["cpu_rt_period", "int"],
  ["cpu_rt_runtime", "int"],
  ["cpus", "float32"],
  ["cpu_shares", "int"],
  ["init", "bool"],
  ["networks.*.use_service_name_alias", "bool"],
  ["oom_kill_disable", "bool"],
  ["oom_score_adj", "int"],
  ["pids_limit", "int"],
  ["privileged", "bool"],
  ["read_only", "bool"],
  ["umask", "umask"],
  ["ulimits.*", "int"],
  ["ulimits.*.hard", "int"],
  ["ulimits.*.soft", "int"],
  ["volumes.[].read_only", "bool"],
  ["volumes.[].volume.nocopy", "bool"],
];

const WORKLOAD: readonly (readonly [string, Cast])[] = [
  ["depends_on.*.required", "bool"],
  ["depends_on.*.restart", "bool"],
  ["healthcheck.retries", "int"],
  ["healthcheck.disable", "bool"],
  ["ports.[].target", "int"],
  ["stdin_open", "bool"],
  ["tty", "bool"],
];

const SERVICE: readonly (readonly [string, Cast])[] = [
  ["deploy.replicas", "int"],
  ["deploy.update_config.parallelism", "int"],
  ["deploy.update_config.max_failure_ratio", "float"],
  ["deploy.rollback_config.parallelism", "int"],
  ["deploy.rollback_config.max_failure_ratio", "float"],
  ["deploy.restart_policy.max_attempts", "int"],
  ["deploy.placement.max_replicas_per_node", "int"],
  ["scale", "int"],
];

const RESOURCES: readonly (readonly [string, Cast])[] = [
  ["networks.*.external", "bool"],
  ["networks.*.internal", "bool"],
  ["networks.*.attachable", "bool"],
  ["networks.*.enable_ipv4", "bool"],
  ["networks.*.enable_ipv6", "bool"],
  ["volumes.*.external", "bool"],
  ["secrets.*.external", "bool"],
  ["configs.*.external", "bool"],
];

function prefixed(prefix: string, rows: readonly (readonly [string, Cast])[]): (readonly [string, Cast])[] {
  return rows.map(([path, cast]) => [`${prefix}.${path}`, cast]);
}

/** Which attributes are cast, and to what (compose-go `loader/interpolate.go`). */
export const CASTS: Pattern<Cast> = patternOf([
  ...RESOURCES,
  ...prefixed("services.*", [...CONTAINER, ...WORKLOAD, ...SERVICE]),
  ...prefixed("services.*.pre_start.*", CONTAINER),
  ...prefixed("jobs.*", [...CONTAINER, ...WORKLOAD]),
]);
