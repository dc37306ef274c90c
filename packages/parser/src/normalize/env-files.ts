import type { Origin, Read, SourceFile } from "@compose-harden/model";
import { problem } from "../canonical/rewrite.js";
import { originOf } from "../tree/edit.js";
import { map, text } from "../tree/make.js";
import type { MapNode, Node } from "../tree/node.js";
import type { Report } from "../tree/problem.js";
import type { Lookup } from "../values/decoded.js";
import { type EnvEntry, parseDotenv } from "../values/dotenv.js";
import { parseRawEnv } from "../values/rawenv.js";

/** How the files that `env_file` and `label_file` name are read. */
export interface EnvFileContext {
  /** The project's environment. */
  readonly lookup: Lookup;
  readonly read: Read;
  /** Takes every env file that was read. */
  readonly seen: (file: SourceFile) => void;
  readonly report: Report;
  readonly warn: (text: string) => void;
}

/** Adds to `environment` what the env files of an active service define, and drops `env_file`. Source: compose-go, types/project.go. */
export function readEnvFiles(service: MapNode, path: readonly string[], context: EnvFileContext): void {
  for (const [container, at] of containersOf(service, path)) addVariables(container, at, context);
}

/** Adds to `labels` what the label files of an active service define; `label_file` stays. Source: as above. */
export function readLabelFiles(service: MapNode, path: readonly string[], context: EnvFileContext): void {
  for (const [container, at] of containersOf(service, path)) addLabels(container, at, context);
}

type At = readonly (string | number)[];

/** The service itself and its init containers. */
function* containersOf(service: MapNode, path: readonly string[]): Generator<[MapNode, At]> {
  yield [service, path];
  const hooks = service.entries.get("pre_start");
  if (hooks?.kind !== "seq") return;
  for (const [i, hook] of hooks.items.entries()) if (hook.kind === "map") yield [hook, [...path, "pre_start", i]];
}

function addVariables(container: MapNode, path: At, context: EnvFileContext): void {
  const written = container.entries.get("environment");
  const own: ReadonlyMap<string, Node> = written?.kind === "map" ? written.entries : new Map();
  const files = container.entries.get("env_file");
  container.entries.delete("env_file");
  if (files?.kind !== "seq") return;
  const found = new Map<string, Node>();
  const lookup: Lookup = (name) => context.lookup(name) ?? wordOf(own.get(name));
  const earlier: Lookup = (name) => wordOf(found.get(name));
  for (const [i, entry] of files.items.entries()) {
    if (entry.kind !== "map") continue;
    const at = [...path, "env_file", i];
    const format = wordOf(entry.entries.get("format")) ?? "";
    const required = entry.entries.get("required");
    const optional = required?.kind === "scalar" && required.value === false;
    const source = entry.entries.get("path") ?? entry;
    const file = open(wordOf(entry.entries.get("path")) ?? "", source, at, optional, context);
    if (file === undefined) continue;
    const variables = parse(file, format, source, at, { ...context, lookup }, earlier);
    for (const [name, node] of variables) found.set(name, node);
  }
  if (found.size === 0) return;
  for (const [name, node] of own) found.set(name, node);
  container.entries.set("environment", map(found, written?.kind === "map" ? written.origins : []));
}

function addLabels(container: MapNode, path: At, context: EnvFileContext): void {
  const files = container.entries.get("label_file");
  if (files?.kind !== "seq") return;
  const written = container.entries.get("labels");
  const found = new Map<string, Node>();
  for (const [i, entry] of files.items.entries()) {
    const at = [...path, "label_file", i];
    const file = open(wordOf(entry) ?? "", entry, at, false, context);
    if (file === undefined) continue;
    const lookup: Lookup = (name) => wordOf(found.get(name));
    for (const [name, node] of parse(file, "", entry, at, { ...context, lookup }, () => undefined))
      found.set(name, node);
  }
  if (written?.kind === "map") for (const [name, node] of written.entries) found.set(name, node);
  if (found.size > 0) container.entries.set("labels", map(found, written?.kind === "map" ? written.origins : []));
}

function wordOf(node: Node | undefined): string | undefined {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : undefined;
}

function open(path: string, source: Node, at: At, optional: boolean, context: EnvFileContext): SourceFile | undefined {
  const result = context.read(path);
  if (result.kind === "file") {
    const file = { path, text: result.text };
    context.seen(file);
    return file;
  }
  if (result.kind === "missing" && optional) return undefined;
  const state =
    result.kind === "unreadable"
      ? `cannot be read: ${result.reason}`
      : result.kind === "missing"
        ? "does not exist"
        : "is a directory";
  context.report(problem("env-file", `names \`${path}\`, which ${state}`, source, at));
  return undefined;
}

function parse(
  file: SourceFile,
  format: string,
  source: Node,
  at: At,
  context: EnvFileContext,
  earlier: Lookup,
): readonly (readonly [string, Node])[] {
  if (format !== "" && format !== ".env" && format !== "raw") {
    context.report(problem("env-file", `has the format \`${format}\`, which is not known`, source, at));
    return [];
  }
  const failed = (message: string): [] => {
    context.report(problem("env-file", `names \`${file.path}\`, which cannot be read: ${message}`, source, at));
    return [];
  };
  const node = (entry: EnvEntry): Node => text(entry.value, originIn(file, entry, source));
  if (format === "raw") {
    const parsed = parseRawEnv(file.text, context.lookup);
    return parsed.ok ? parsed.entries.map((entry) => [entry.name, node(entry)]) : failed(parsed.message);
  }
  const parsed = parseDotenv(file.text, context.lookup, earlier);
  for (const name of parsed.unset) context.warn(`The "${name}" variable is not set. Defaulting to a blank string.`);
  return parsed.ok ? [...parsed.entries].map(([name, entry]) => [name, node(entry)]) : failed(parsed.message);
}

/** A variable stands in the env file; it came by way of the attribute that names the file. */
function originIn(file: SourceFile, entry: EnvEntry, source: Node): Origin {
  return {
    value: { file: file.path, ...entry.source },
    key: { file: file.path, ...entry.key },
    via: originOf(source)?.via ?? [],
    interpolated: false,
    derived: true,
  };
}
