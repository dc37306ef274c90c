import { cleanPath } from "@compose-harden/model";
import { problem, type Rewrite, rewrite } from "../canonical/rewrite.js";
import { derived, text } from "../tree/make.js";
import type { MapNode, Node, ScalarNode } from "../tree/node.js";
import { patternOf } from "../tree/pattern.js";
import type { Report } from "../tree/problem.js";
import { isRemote, isWindowsAbsolute } from "../values/paths.js";

/** What relative paths resolve against. */
export interface PathContext {
  /** The project directory; relative when an extended file's paths are brought into the extending project. */
  readonly base: string;
  /** What `~` stands for; undefined leaves it as it is. */
  readonly home: string | undefined;
  readonly report: Report;
}

type Resolve = (path: string, context: PathContext) => string;

/** Makes relative paths absolute, in place. Source: compose-go, paths/. */
export function resolvePaths(model: MapNode, context: PathContext): void {
  const plain = scalar(absolute, context);
  const local = scalar(absoluteAnywhere, context);
  const buildContext = scalar(absoluteContext, context);
  const mount: Rewrite = (node, place) => {
    if (node.kind !== "map" || wordOf(node, "type") !== "bind") return node;
    const source = node.entries.get("source");
    if (source === undefined) {
      place.report(problem("semantic", "is a bind mount and needs a `source`", node, place.path));
      return undefined;
    }
    node.entries.set("source", local(source, place) ?? source);
    return node;
  };
  const rows: [string, Rewrite][] = [
    ...["services.*", "jobs.*"].flatMap((prefix): [string, Rewrite][] => [
      [`${prefix}.build.context`, buildContext],
      [`${prefix}.build.additional_contexts.*`, buildContext],
      [`${prefix}.build.ssh.*`, local],
      [`${prefix}.extends.file`, scalar(absoluteUnlessRemote, context)],
    ]),
    ...["services.*", "jobs.*", "services.*.pre_start.*"].flatMap((prefix): [string, Rewrite][] => [
      [`${prefix}.env_file.*.path`, plain],
      [`${prefix}.label_file.*`, plain],
      [`${prefix}.volumes.*`, mount],
    ]),
    ["services.*.develop.watch.*.path", plain],
    ["configs.*.file", local],
    ["secrets.*.file", local],
    ["volumes.*", boundDevice(local)],
  ];
  rewrite(model, patternOf(rows), { path: [], report: context.report, warn: () => {} });
}

/** A named volume that is a bind mount in disguise: `driver: local` written out, and `o` exactly `bind`. */
function boundDevice(local: Rewrite): Rewrite {
  return (node, place) => {
    if (node.kind !== "map" || wordOf(node, "driver") !== "local") return node;
    const options = node.entries.get("driver_opts");
    if (options?.kind !== "map" || wordOf(options, "o") !== "bind") return node;
    const device = options.entries.get("device");
    if (device !== undefined) options.entries.set("device", local(device, place) ?? device);
    return node;
  };
}

function wordOf(node: MapNode, key: string): string | undefined {
  const value = node.entries.get(key);
  return value?.kind === "scalar" && typeof value.value === "string" ? value.value : undefined;
}

function scalar(resolve: Resolve, context: PathContext): Rewrite {
  return (node: Node): Node => {
    if (node.kind !== "scalar" || node.tag !== "str") return node;
    return replaced(node, resolve(String(node.value), context));
  };
}

function replaced(node: ScalarNode, path: string): ScalarNode {
  return path === node.value ? node : text(path, derived(node.origin));
}

/** `~` and `~/x` for the home directory. */
function expandHome(path: string, home: string | undefined): string {
  return path.startsWith("~") && home !== undefined ? joinPaths(home, path.slice(1)) : path;
}

/** Two parts of a path, cleaned; empty parts do not count. */
function joinPaths(base: string, path: string): string {
  const parts = [base, path].filter((part) => part !== "");
  return parts.length === 0 ? "" : cleanPath(parts.join("/"));
}

function absolute(path: string, { base, home }: PathContext): string {
  const expanded = expandHome(path, home);
  return expanded === "" || expanded.startsWith("/") ? expanded : joinPaths(base, expanded);
}

/** Leaves Windows paths alone too, since the engine may run elsewhere. */
function absoluteAnywhere(path: string, { base, home }: PathContext): string {
  const expanded = expandHome(path, home);
  return expanded.startsWith("/") || isWindowsAbsolute(expanded) ? expanded : joinPaths(base, expanded);
}

const REMOTE_CONTEXT = /^(?:https?:\/\/|git:\/\/|ssh:\/\/|github\.com\/|git@)/;

function absoluteContext(path: string, context: PathContext): string {
  const elsewhere = path.includes("://") || path.startsWith("service:") || REMOTE_CONTEXT.test(path);
  return elsewhere ? path : absolute(path, context);
}

function absoluteUnlessRemote(path: string, context: PathContext): string {
  return isRemote(path) ? path : absolute(path, context);
}
