import { flagIn, mapIn, numberIn, textIn, textMapIn } from "../shape.js";
import { type Comparer, type Difference, listDifferences } from "./difference.js";

/** Limits, kernel settings, restart, logging and the rest of how it is run. */
export const resources: Comparer = function* (pair) {
  yield* limits(pair);
  yield* kernel(pair);
  yield* running(pair);
};

const MiB = 1024 ** 2;

const limits: Comparer = function* ({ service, file, container, engine }) {
  const { limits: runs } = container;
  const bytes = (value: number) => (value % MiB === 0 ? `${value / MiB} MiB` : `${value} bytes`);
  const plain = (value: number) => String(value);
  const said = service.limits;
  yield* limit("mem_limit", said.memory?.value ?? 0, runs.memory, bytes);
  yield* limit("cpus", said.cpus?.value ?? 0, runs.cpus, plain);
  // Podman limits processes unless it is told otherwise.
  const ownPids = engine.product === "podman" && runs.pids === 2048 ? 2048 : 0;
  yield* limit("pids_limit", said.pids?.value ?? ownPids, runs.pids, plain);
  const swap = numberIn(file.memswap_limit);
  if (
    file.memswap_limit !== undefined &&
    swap !== runs.memorySwap &&
    !(swap === 0 && runs.memorySwap === runs.memory * 2)
  )
    yield* limit("memswap_limit", swap, runs.memorySwap, (value) => (value < 0 ? "no limit" : bytes(value)));
  const reservation =
    numberIn(file.mem_reservation) || numberIn(mapIn(mapIn(mapIn(file.deploy).resources).reservations).memory);
  if (reservation !== runs.reservation)
    yield {
      attribute: "mem_reservation",
      message: `reserves ${bytes(runs.reservation)} of memory, and the file says ${bytes(reservation)}`,
      weaker: false,
    };
  yield* limit("shm_size", numberIn(file.shm_size), file.shm_size === undefined ? 0 : runs.shm, bytes);
  yield* text("cpu_shares", textIn(file.cpu_shares) || "0", plain(runs.cpuShares));
  yield* text("cpuset", textIn(file.cpuset), runs.cpuSet);
};

/** 0 means none. */
function* limit(attribute: string, said: number, runs: number, words: (value: number) => string): Iterable<Difference> {
  if (Math.abs(said - runs) < 1e-6) return;
  const name = (value: number) => (value === 0 ? "no limit" : words(value));
  yield {
    attribute,
    message: `runs with \`${attribute}\` ${name(runs)}, and the file says ${name(said)}`,
    weaker: said !== 0 && (runs <= 0 || runs > said),
  };
}

function* text(attribute: string, said: string, runs: string, weaker = false): Iterable<Difference> {
  if (said === runs) return;
  const name = (value: string) => (value === "" ? "nothing" : `\`${value}\``);
  yield { attribute, message: `runs with \`${attribute}\` ${name(runs)}, and the file says ${name(said)}`, weaker };
}

const kernel: Comparer = function* ({ file, container }) {
  const pairs = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).map(([name, value]) => `${name}=${value}`);
  yield* listDifferences("sysctls", "the kernel setting", pairs(textMapIn(file.sysctls)), pairs(container.sysctls), {
    extra: true,
    missing: true,
  });
  for (const [name, value] of Object.entries(mapIn(file.ulimits))) {
    const { soft, hard } = mapIn(value);
    const said = { soft: numberIn(soft ?? value), hard: numberIn(hard ?? value) };
    const runs = container.ulimits.find((one) => one.name === name);
    if (runs !== undefined && runs.soft === said.soft && runs.hard === said.hard) continue;
    const words = (one: { readonly soft: number; readonly hard: number } | undefined) =>
      one === undefined ? "not set" : one.soft === one.hard ? String(one.hard) : `${one.soft} to ${one.hard}`;
    yield {
      attribute: `ulimits.${name}`,
      message: `runs with the limit \`${name}\` ${words(runs)}, and the file says ${words(said)}`,
      weaker: runs === undefined || runs.hard > said.hard || runs.hard < 0,
    };
  }
  yield* text(
    "oom_score_adj",
    textIn(file.oom_score_adj) || "0",
    String(container.oomScore),
    container.oomScore < numberIn(file.oom_score_adj),
  );
  if (flagIn(file.oom_kill_disable) !== container.oomKillOff)
    yield {
      attribute: "oom_kill_disable",
      message: `runs with \`oom_kill_disable: ${container.oomKillOff}\`, and the file says ${flagIn(file.oom_kill_disable)}`,
      weaker: container.oomKillOff,
    };
};

const running: Comparer = function* ({ file, container, engine }) {
  yield* text("restart", restartIn(file), restartText(container.restart));
  const runtime = textIn(file.runtime);
  const isDefault = ["", engine.defaultRuntime, "runc", "io.containerd.runc.v2", "crun", "oci"].includes(
    container.runtime,
  );
  if (runtime === "" ? !isDefault : runtime !== container.runtime)
    yield {
      attribute: "runtime",
      message: `runs with the runtime \`${container.runtime}\`, and the file says ${runtime === "" ? "nothing of it" : `\`${runtime}\``}`,
      weaker: false,
    };
  if (file.cgroup_parent !== undefined)
    yield* text("cgroup_parent", textIn(file.cgroup_parent), container.cgroupParent);
  const logging = mapIn(file.logging);
  const driver = textIn(logging.driver);
  if (driver !== "" && driver !== container.logDriver)
    yield {
      attribute: "logging",
      message: `writes its log with \`${container.logDriver}\`, and the file says \`${driver}\``,
      weaker: container.logDriver === "none",
    };
  if (driver === "" && container.logDriver === "none" && engine.logDriver !== "none")
    yield { attribute: "logging", message: "writes no log, and the file does not say so", weaker: true };
  for (const [name, value] of Object.entries(textMapIn(logging.options))) {
    if (container.logOptions[name] !== value)
      yield {
        attribute: `logging.options.${name}`,
        message: `runs with another \`${name}\` for its log than the file says`,
        weaker: false,
      };
  }
  const healthcheck = mapIn(file.healthcheck);
  if (healthcheck.test !== undefined && !flagIn(healthcheck.disable) && !container.hasHealthcheck)
    yield { attribute: "healthcheck", message: "runs without the health check of the file", weaker: false };
};

/** As Docker Compose reads `restart` and `deploy.restart_policy`: `on-failure:3`. */
function restartIn(file: Parameters<typeof mapIn>[0]): string {
  const { restart, deploy } = mapIn(file);
  const written = textIn(restart);
  if (written !== "") return written.replace(/:0$/, "");
  const policy = mapIn(deploy).restart_policy;
  if (policy === undefined) return "no";
  const { condition, max_attempts } = mapIn(policy);
  const attempts = numberIn(max_attempts);
  switch (textIn(condition)) {
    case "none":
      return "no";
    case "on-failure":
      return attempts === 0 ? "on-failure" : `on-failure:${attempts}`;
    case "unless-stopped":
      return "unless-stopped";
    default:
      return "always";
  }
}

function restartText({ name, retries }: { readonly name: string; readonly retries: number }): string {
  if (name === "") return "no";
  return name === "on-failure" && retries > 0 ? `${name}:${retries}` : name;
}
