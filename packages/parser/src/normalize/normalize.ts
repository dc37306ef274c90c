import type { Origin } from "@compose-harden/model";
import { cleanPath } from "@compose-harden/model";
import { mergeAt } from "../stages/merge.js";
import { copyTree, originOf } from "../tree/edit.js";
import { bool, derived, map, nothing, text } from "../tree/make.js";
import type { MapNode, Node } from "../tree/node.js";
import type { Report } from "../tree/problem.js";
import type { Lookup } from "../values/decoded.js";
import { CONTAINER_ATTRIBUTES } from "./container.js";
import { fillFromEnvironment } from "./environment.js";

/** What a whole model is completed with. */
export interface NormalizeContext {
  /** The project's name. */
  readonly name: string;
  readonly lookup: Lookup;
  readonly report: Report;
}

/**
 * Completes a merged model, in place: the default network, implied dependencies, names of resources, variables without a
 * value, what init containers inherit. Source: compose-go, loader/normalize.go.
 */
export function normalize(model: MapNode, context: NormalizeContext): void {
  addDefaultNetwork(model);
  for (const section of ["services", "jobs"]) {
    for (const [name, container] of mapsIn(model, section)) normalizeContainer(container, [section, name], context);
  }
  nameResources(model, context.name);
}

function* mapsIn(model: MapNode, section: string): Generator<[string, MapNode]> {
  const found = model.entries.get(section);
  if (found?.kind !== "map") return;
  for (const [name, node] of found.entries) if (node.kind === "map") yield [name, node];
}

function addDefaultNetwork(model: MapNode): void {
  let used = false;
  for (const section of ["services", "jobs"]) {
    for (const [, container] of mapsIn(model, section)) {
      if (container.entries.has("provider") || container.entries.has("network_mode")) continue;
      const networks = container.entries.get("networks");
      if (networks?.kind === "map" && networks.entries.size > 0) {
        used ||= networks.entries.has("default");
        continue;
      }
      container.entries.set("networks", map([["default", nothing(undefined)]], networks && originOf(networks)));
      used = true;
    }
  }
  const networks = model.entries.get("networks");
  if (!used || (networks?.kind === "map" && networks.entries.has("default"))) return;
  if (networks?.kind === "map") networks.entries.set("default", nothing(undefined));
  else model.entries.set("networks", map([["default", nothing(undefined)]], undefined));
}

function normalizeContainer(container: MapNode, path: readonly string[], context: NormalizeContext): void {
  const { entries } = container;
  const policy = entries.get("pull_policy");
  if (policy?.kind === "scalar" && policy.value === "if_not_present") {
    entries.set("pull_policy", text("missing", derived(policy.origin)));
  }
  const build = entries.get("build");
  if (build?.kind === "map") completeBuild(build, context.lookup);
  const environment = entries.get("environment");
  if (environment !== undefined) entries.set("environment", fillFromEnvironment(environment, context.lookup, true));
  addImpliedDependencies(container);
  cleanTargets(container);
  inheritByHooks(container, path, context.report);
}

function completeBuild(build: MapNode, lookup: Lookup): void {
  const given = (key: string): boolean => {
    const node = build.entries.get(key);
    return node !== undefined && !(node.kind === "scalar" && node.value === null);
  };
  if (!given("context")) build.entries.set("context", text(".", undefined));
  if (!given("dockerfile") && !given("dockerfile_inline"))
    build.entries.set("dockerfile", text("Dockerfile", undefined));
  const args = build.entries.get("args");
  if (args !== undefined) build.entries.set("args", fillFromEnvironment(args, lookup, false));
}

/** Links, shared namespaces and borrowed volumes imply that the other service is there first. */
function addImpliedDependencies(container: MapNode): void {
  const written = container.entries.get("depends_on");
  const dependsOn = written?.kind === "map" ? written : map([], undefined);
  const imply = (name: string, restart: boolean, origin: Origin | undefined): void => {
    if (dependsOn.entries.has(name)) return;
    const dependency = map(
      [
        ["condition", text("service_started", undefined)],
        ["restart", bool(restart, undefined)],
        ["required", bool(true, undefined)],
      ],
      derived(origin),
    );
    dependsOn.entries.set(name, dependency);
  };
  for (const [link, origin] of textsIn(container, "links")) {
    const parts = link.split(":");
    imply(parts.length === 2 ? (parts[0] ?? link) : link, true, origin);
  }
  for (const namespace of ["network_mode", "ipc", "pid", "uts", "cgroup"]) {
    const node = container.entries.get(namespace);
    if (node?.kind !== "scalar" || typeof node.value !== "string" || !node.value.startsWith("service:")) continue;
    imply(node.value.slice("service:".length), true, node.origin);
  }
  for (const [source, origin] of textsIn(container, "volumes_from")) {
    if (!source.startsWith("container:")) imply(source.split(":")[0] ?? source, false, origin);
  }
  if (dependsOn.entries.size > 0) container.entries.set("depends_on", dependsOn);
}

function* textsIn(container: MapNode, key: string): Generator<[string, Origin | undefined]> {
  const list = container.entries.get(key);
  if (list?.kind !== "seq") return;
  for (const item of list.items) {
    if (item.kind === "scalar" && typeof item.value === "string") yield [item.value, item.origin];
  }
}

function cleanTargets(container: MapNode): void {
  const volumes = container.entries.get("volumes");
  if (volumes?.kind !== "seq") return;
  for (const volume of volumes.items) {
    const target = volume.kind === "map" ? volume.entries.get("target") : undefined;
    if (volume.kind !== "map" || target?.kind !== "scalar" || typeof target.value !== "string") continue;
    const clean = cleanPath(target.value);
    if (clean !== target.value) volume.entries.set("target", text(clean, derived(target.origin)));
  }
}

/** An init container takes over what its service says about containers, volumes excepted; its own words win. */
function inheritByHooks(container: MapNode, path: readonly string[], report: Report): void {
  const hooks = container.entries.get("pre_start");
  if (hooks?.kind !== "seq" || hooks.items.length === 0) return;
  const base = map(
    [...container.entries].filter(([key]) => key !== "volumes" && CONTAINER_ATTRIBUTES.has(key)),
    undefined,
  );
  hooks.items = hooks.items.map((hook) => {
    if (hook.kind !== "map") return hook;
    const merged: Node = mergeAt(copyTree(base), hook, ["services", path.at(-1) ?? ""], report);
    return merged;
  });
}

/** A resource without a name is called after its key and the project. */
function nameResources(model: MapNode, project: string): void {
  for (const section of ["networks", "volumes", "configs", "secrets"]) {
    const resources = model.entries.get(section);
    if (resources?.kind !== "map") continue;
    for (const [key, node] of resources.entries) {
      const resource = node.kind === "map" ? node : map([], originOf(node));
      const name = resource.entries.get("name");
      if (name === undefined || (name.kind === "scalar" && name.value === null)) {
        const external = resource.entries.get("external");
        const outside = external?.kind === "scalar" && TRUE.test(String(external.value));
        resource.entries.set("name", text(outside ? key : `${project}_${key}`, undefined));
      }
      resources.entries.set(key, resource);
    }
  }
}

/** What Go's `ParseBool` takes for true. */
const TRUE = /^(?:1|t|T|true|TRUE|True)$/;
