import { problem } from "../canonical/rewrite.js";
import { originOf } from "../tree/edit.js";
import { int } from "../tree/make.js";
import type { MapNode, Node } from "../tree/node.js";
import type { Report } from "../tree/problem.js";

type At = readonly (string | number)[];

/** A decoded model as the checks see it: parts by name, and which services and jobs run. */
interface Whole {
  readonly services: ReadonlyMap<string, MapNode>;
  readonly jobs: ReadonlyMap<string, MapNode>;
  readonly active: ReadonlySet<string>;
  readonly resource: (section: string, name: string) => boolean;
  readonly refuse: (message: string, node: Node, path: At) => void;
}

/**
 * Checks that the active services of a decoded model fit together, and sets `deploy.replicas` to `scale` where both stand.
 * `active` names the services and jobs whose profiles are on. Source: compose-go, loader/validate.go and graph/.
 */
export function checkConsistency(model: MapNode, active: ReadonlySet<string>, report: Report): void {
  const whole: Whole = {
    services: mapsIn(model, "services"),
    jobs: mapsIn(model, "jobs"),
    active,
    resource: (section, name) => mapOf(model, section)?.entries.has(name) ?? false,
    refuse: (message, node, path) => report(problem("consistency", message, node, path)),
  };
  for (const [name, service] of whole.services) {
    if (!active.has(name)) continue;
    const path = ["services", name];
    for (const check of SERVICE_CHECKS) check(service, path, whole);
  }
  for (const [name, job] of whole.jobs) {
    if (whole.services.has(name)) whole.refuse("has the name of a service", job, ["jobs", name]);
    else if (active.has(name)) checkJobDependencies(job, ["jobs", name], whole);
  }
  for (const [name, secret] of mapsIn(model, "secrets")) {
    if (isTrue(secret.entries.get("external")) || word(secret, "file") !== "" || word(secret, "environment") !== "")
      continue;
    whole.refuse("needs `file` or `environment`", secret, ["secrets", name]);
  }
  checkCycles(whole);
  checkContainerNames(whole);
}

type ServiceCheck = (service: MapNode, path: At, whole: Whole) => void;

const SERVICE_CHECKS: readonly ServiceCheck[] = [
  checkRunnable,
  checkBuild,
  checkNetworks,
  checkHealth,
  checkDependencies,
  checkReferences,
  checkScale,
  checkLimits,
  checkWatch,
  checkMounts,
];

function checkRunnable(service: MapNode, path: At, { refuse }: Whole): void {
  if (service.entries.has("build") || service.entries.has("provider") || word(service, "image") !== "") return;
  refuse("has neither `image` nor `build`", service, path);
}

function checkBuild(service: MapNode, path: At, { services, refuse }: Whole): void {
  const build = mapOf(service, "build");
  if (build === undefined) return;
  const inline = build.entries.get("dockerfile_inline");
  if (inline !== undefined && build.entries.has("dockerfile")) {
    refuse("can have only one of `dockerfile` and `dockerfile_inline`", inline, [...path, "build"]);
  }
  for (const [name, context] of mapOf(build, "additional_contexts")?.entries ?? []) {
    const target = after("service:", context);
    if (target === undefined) continue;
    const at = [...path, "build", "additional_contexts", name];
    const other = services.get(target);
    if (other === undefined) refuse(`names the service \`${target}\`, which is not defined`, context, at);
    else if (!other.entries.has("build")) refuse(`names the service \`${target}\`, which is not built`, context, at);
  }
  const platform = service.entries.get("platform");
  const platforms = itemsOf(build, "platforms");
  if (platform?.kind !== "scalar" || platforms.length === 0) return;
  if (!platforms.some((item) => item.kind === "scalar" && item.value === platform.value)) {
    refuse(`must be among \`build.platforms\`, found \`${String(platform.value)}\``, platform, [...path, "platform"]);
  }
}

function checkNetworks(service: MapNode, path: At, whole: Whole): void {
  const mode = service.entries.get("network_mode");
  const networks = mapOf(service, "networks");
  if (mode !== undefined && networks !== undefined && networks.entries.size > 0) {
    whole.refuse("cannot stand together with `networks`", mode, [...path, "network_mode"]);
  }
  for (const [name, network] of networks?.entries ?? []) {
    if (!whole.resource("networks", name)) {
      whole.refuse("is a network that is not defined", place(network, networks), [...path, "networks", name]);
    }
  }
  const shared = after("service:", mode);
  if (mode !== undefined && shared !== undefined && !(whole.services.has(shared) && whole.active.has(shared))) {
    whole.refuse(`names the service \`${shared}\`, which is not there`, mode, [...path, "network_mode"]);
  }
}

function checkHealth(service: MapNode, path: At, { refuse }: Whole): void {
  const health = mapOf(service, "healthcheck");
  const first = health && itemsOf(health, "test")[0];
  if (first?.kind !== "scalar" || ["CMD", "CMD-SHELL", "NONE"].includes(String(first.value))) return;
  refuse("must start with `CMD`, `CMD-SHELL` or `NONE`", first, [...path, "healthcheck", "test", 0]);
}

function checkDependencies(service: MapNode, path: At, { services, jobs, active, refuse }: Whole): void {
  for (const [name, dependency] of mapOf(service, "depends_on")?.entries ?? []) {
    if (services.has(name) && active.has(name)) continue;
    const at = [...path, "depends_on", name];
    const required = dependency.kind !== "map" || isTrue(dependency.entries.get("required"));
    if (services.has(name)) {
      if (required) refuse("is a service whose profiles are not active", dependency, at);
    } else if (jobs.has(name)) refuse("is a job, and services cannot depend on jobs", dependency, at);
    else refuse("is a service that is not defined", dependency, at);
  }
}

function checkJobDependencies(job: MapNode, path: At, { services, jobs, active, refuse }: Whole): void {
  for (const [name, dependency] of mapOf(job, "depends_on")?.entries ?? []) {
    if (active.has(name) && (jobs.has(name) || services.has(name))) continue;
    const required = dependency.kind !== "map" || isTrue(dependency.entries.get("required"));
    if (services.has(name) && !required) continue;
    refuse("is a service or job that is not there", dependency, [...path, "depends_on", name]);
  }
}

function checkReferences(service: MapNode, path: At, { resource, refuse }: Whole): void {
  for (const [i, volume] of itemsOf(service, "volumes").entries()) {
    if (volume.kind !== "map" || word(volume, "type") !== "volume") continue;
    const source = word(volume, "source");
    if (source === "" || resource("volumes", source)) continue;
    refuse(`names the volume \`${source}\`, which is not defined`, volume, [...path, "volumes", i]);
  }
  const build = mapOf(service, "build");
  const listed: readonly (readonly [string, readonly Node[], At])[] = [
    ["secrets", build === undefined ? [] : itemsOf(build, "secrets"), [...path, "build", "secrets"]],
    ["configs", itemsOf(service, "configs"), [...path, "configs"]],
    ["secrets", itemsOf(service, "secrets"), [...path, "secrets"]],
  ];
  for (const [section, items, at] of listed) {
    for (const [i, item] of items.entries()) {
      if (item.kind !== "map") continue;
      const source = word(item, "source");
      if (resource(section, source)) continue;
      refuse(`names the ${section.slice(0, -1)} \`${source}\`, which is not defined`, item, [...at, i]);
    }
  }
  const models = mapOf(service, "models");
  for (const [name, model] of models?.entries ?? []) {
    if (!resource("models", name))
      refuse("is a model that is not defined", place(model, models), [...path, "models", name]);
  }
}

function checkScale(service: MapNode, path: At, { refuse }: Whole): void {
  const scale = service.entries.get("scale");
  const deploy = mapOf(service, "deploy");
  const replicas = deploy?.entries.get("replicas");
  if (scale !== undefined && replicas !== undefined && numberOf(scale) !== numberOf(replicas)) {
    refuse("differs from `deploy.replicas`", scale, [...path, "scale"]);
  }
  for (const [node, at] of [
    [scale, [...path, "scale"]],
    [replicas, [...path, "deploy", "replicas"]],
  ] as const) {
    if (node !== undefined && numberOf(node) < 0) refuse("must be at least 0", node, at);
  }
  if (scale !== undefined && deploy !== undefined)
    deploy.entries.set("replicas", int(numberOf(scale), originOf(scale)));
  const count = scale ?? replicas;
  const name = service.entries.get("container_name");
  if (count !== undefined && numberOf(count) > 1 && name !== undefined) {
    refuse(`names one container, but there are ${numberOf(count)}`, name, [...path, "container_name"]);
  }
}

const LIMITS: readonly (readonly [attribute: string, block: string, inner: string])[] = [
  ["cpus", "limits", "cpus"],
  ["mem_limit", "limits", "memory"],
  ["mem_reservation", "reservations", "memory"],
  ["pids_limit", "limits", "pids"],
];

/** Two spellings of one limit must agree as soon as the block of the second exists, whether or not it has that limit. */
function checkLimits(service: MapNode, path: At, { refuse }: Whole): void {
  const deploy = mapOf(service, "deploy");
  const resources = deploy && mapOf(deploy, "resources");
  if (resources === undefined) return;
  for (const [attribute, block, inner] of LIMITS) {
    const written = service.entries.get(attribute);
    const other = mapOf(resources, block);
    if (written === undefined || other === undefined) continue;
    if (numberOf(other.entries.get(inner)) === numberOf(written)) continue;
    refuse(`differs from \`deploy.resources.${block}.${inner}\``, written, [...path, attribute]);
  }
}

function checkWatch(service: MapNode, path: At, { refuse }: Whole): void {
  const develop = mapOf(service, "develop");
  if (develop === undefined) return;
  for (const [i, watch] of itemsOf(develop, "watch").entries()) {
    if (watch.kind !== "map" || word(watch, "target") !== "" || ["rebuild", "restart"].includes(word(watch, "action")))
      continue;
    refuse("needs a `target`", watch, [...path, "develop", "watch", i]);
  }
}

function checkMounts(service: MapNode, path: At, { refuse }: Whole): void {
  const mounted = new Set<string>();
  const mount = (target: string, node: Node, at: At): void => {
    if (mounted.has(target)) refuse(`mounts \`${target}\`, where something else is mounted already`, node, at);
    mounted.add(target);
  };
  for (const [i, tmpfs] of itemsOf(service, "tmpfs").entries()) {
    if (tmpfs.kind === "scalar") mount(String(tmpfs.value).split(":")[0] ?? "", tmpfs, [...path, "tmpfs", i]);
  }
  for (const [i, volume] of itemsOf(service, "volumes").entries()) {
    if (volume.kind === "map") mount(word(volume, "target"), volume, [...path, "volumes", i]);
  }
}

/** Services that wait for each other, each cycle once. */
function checkCycles({ services, active, refuse }: Whole): void {
  const done = new Set<string>();
  for (const start of services.keys()) {
    if (!active.has(start) || done.has(start)) continue;
    const trail: { readonly name: string; readonly next: Iterator<string> }[] = [];
    const onTrail = new Set<string>();
    const enter = (name: string): void => {
      onTrail.add(name);
      trail.push({ name, next: dependenciesOf(name, services, active) });
    };
    enter(start);
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const step = top.next.next();
      if (step.done === true) {
        done.add(top.name);
        onTrail.delete(top.name);
        trail.pop();
      } else if (onTrail.has(step.value)) {
        const names = trail.map(({ name }) => name);
        const cycle = [...names.slice(names.indexOf(step.value)), step.value];
        const service = services.get(step.value);
        if (service !== undefined) {
          const dependsOn = mapOf(service, "depends_on");
          const at = ["services", step.value, "depends_on"];
          refuse(
            `closes a cycle: ${cycle.map((name) => `\`${name}\``).join(" → ")}`,
            place(dependsOn ?? service, service),
            at,
          );
        }
      } else if (!done.has(step.value)) enter(step.value);
    }
  }
}

function* dependenciesOf(
  name: string,
  services: ReadonlyMap<string, MapNode>,
  active: ReadonlySet<string>,
): Generator<string, undefined> {
  const service = services.get(name);
  const dependsOn = service && mapOf(service, "depends_on");
  for (const other of dependsOn?.entries.keys() ?? []) if (services.has(other) && active.has(other)) yield other;
  return undefined;
}

function checkContainerNames({ services, active, refuse }: Whole): void {
  const taken = new Map<string, string>();
  for (const [name, service] of services) {
    const node = service.entries.get("container_name");
    if (!active.has(name) || node?.kind !== "scalar") continue;
    const container = String(node.value);
    const other = taken.get(container);
    if (other !== undefined)
      refuse(`is the container name of \`${other}\` as well`, node, ["services", name, "container_name"]);
    else taken.set(container, name);
  }
}

function mapsIn(model: MapNode, section: string): ReadonlyMap<string, MapNode> {
  const found = new Map<string, MapNode>();
  for (const [name, node] of mapOf(model, section)?.entries ?? []) if (node.kind === "map") found.set(name, node);
  return found;
}

function mapOf(node: MapNode, key: string): MapNode | undefined {
  const value = node.entries.get(key);
  return value?.kind === "map" ? value : undefined;
}

function itemsOf(node: MapNode, key: string): readonly Node[] {
  const value = node.entries.get(key);
  return value?.kind === "seq" ? value.items : [];
}

function word(node: MapNode, key: string): string {
  const value = node.entries.get(key);
  return value?.kind === "scalar" && value.value !== null ? String(value.value) : "";
}

function isTrue(node: Node | undefined): boolean {
  return node?.kind === "scalar" && node.value === true;
}

function numberOf(node: Node | undefined): number {
  return node?.kind === "scalar" ? Number(node.value ?? 0) : 0;
}

function after(prefix: string, node: Node | undefined): string | undefined {
  const value = node?.kind === "scalar" ? node.value : undefined;
  return typeof value === "string" && value.startsWith(prefix) ? value.slice(prefix.length) : undefined;
}

/** The node itself where it has a place, else what holds it. */
function place(node: Node, holder: Node | undefined): Node {
  return originOf(node) === undefined ? (holder ?? node) : node;
}
