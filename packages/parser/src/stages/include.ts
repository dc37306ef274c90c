import type { SourceRange } from "@compose-harden/model";
import { dirname, isAbsolute, join } from "../location.js";
import { type Environment, problemAt, type Session } from "../session.js";
import { copyTree, isNull, joinOrigins, mapAt, originOf, sameNode, sizeOf, textOf } from "../tree/edit.js";
import type { MapNode, Node } from "../tree/node.js";
import { isRemote } from "../values/paths.js";
import { readEnvFiles, withDefaults } from "./dotenv.js";
import { wayTo } from "./extends.js";
import { mergeAt } from "./merge.js";
import { applyResets } from "./reset.js";

/** One set of files to load as a project of its own. */
export interface FileSet {
  readonly files: readonly { readonly path: string; readonly at: SourceRange | undefined }[];
  /** What relative paths of the set resolve against; relative when it will be resolved again by the including project. */
  readonly directory: string;
  /** Where paths that `include` and `extends` name start. */
  readonly base: string;
  readonly environment: Environment;
  /** Files on the way here, for finding circles. */
  readonly included: readonly string[];
}

/** What `include` needs of the load it happens in. */
export interface Including {
  readonly session: Session;
  readonly set: FileSet;
  /** Loads a set; the same set is loaded once. The outcome is the caller's to change. */
  readonly load: (set: FileSet) => MapNode;
}

/** One entry of `include`, with its files. */
interface Inclusion {
  readonly at: SourceRange | undefined;
  readonly paths: readonly Node[];
  readonly directory: string;
  readonly envFiles: readonly Node[];
}

/** A chain of inclusions that nobody writes; every link copies what it brings in. */
const MAX_DEPTH = 250;

const SECTIONS = ["services", "jobs", "volumes", "networks", "secrets", "configs", "models"] as const;

/** Loads what a document includes and brings it into the document (compose-go `loader/include.go`). */
export function applyIncludes(document: MapNode, resets: readonly (readonly string[])[], including: Including): void {
  const include = document.entries.get("include");
  if (include === undefined) return;
  document.entries.delete("include");
  if (isNull(include)) return;
  const { session } = including;
  if (include.kind !== "seq") {
    session.report(problemAt("include", "`include` must be a list", originOf(include)?.value, ["include"]));
    return;
  }
  for (const [i, item] of include.items.entries()) {
    // Docker makes an empty inclusion of nothing, and of a date.
    if (item.kind === "scalar" && (item.tag === "null" || item.tag === "timestamp")) continue;
    const inclusion = read(item);
    if (inclusion === undefined) {
      const message = "an entry of `include` must be a path, or a mapping with `path`";
      session.report(problemAt("include", message, originOf(item)?.value, ["include", i]));
      continue;
    }
    const set = resolve(inclusion, including);
    if (set === undefined) continue;
    const imported = including.load(set);
    const { at } = inclusion;
    if (!session.afford(sizeOf(imported), at)) return;
    const moved = copyTree(imported, at === undefined ? undefined : { kind: "include", at });
    if (moved.kind === "map") importInto(document, moved, resets, session);
  }
}

function read(item: Node): Inclusion | undefined {
  const at = originOf(item)?.value;
  if (textOf(item) !== undefined) return { at, paths: [item], directory: "", envFiles: [] };
  if (item.kind !== "map") return undefined;
  const paths = texts(item.entries.get("path"));
  const envFiles = texts(item.entries.get("env_file"));
  const directory = item.entries.get("project_directory");
  if (paths === undefined || envFiles === undefined) return undefined;
  if (directory !== undefined && !isNull(directory) && textOf(directory) === undefined) return undefined;
  return { at, paths, directory: textOf(directory) ?? "", envFiles };
}

function texts(node: Node | undefined): readonly Node[] | undefined {
  if (node === undefined || isNull(node)) return [];
  const items = node.kind === "seq" ? node.items : [node];
  return items.every((item) => textOf(item) !== undefined) ? items : undefined;
}

/** Finds the files, the directory and the environment of an inclusion; undefined, and reported, when it cannot be read. */
function resolve(inclusion: Inclusion, { session, set }: Including): FileSet | undefined {
  let way = "";
  let directory = inclusion.directory;
  const files: { path: string; at: SourceRange | undefined }[] = [];
  for (const [i, node] of inclusion.paths.entries()) {
    const reference = textOf(node) ?? "";
    const at = originOf(node)?.value;
    if (isRemote(reference)) {
      session.giveUp(problemAt("remote", `\`${reference}\` is not on this machine and was not fetched`, at));
      return undefined;
    }
    const path = isAbsolute(reference) ? reference : join(set.base, reference);
    if (i === 0) {
      if (directory === "") {
        way = wayTo(path, set.base, session);
        directory = dirname(path);
      } else if (isAbsolute(directory)) {
        way = directory;
      } else {
        way = wayTo(directory, set.base, session);
        directory = join(set.directory, directory);
      }
      if (set.included.length > MAX_DEPTH) {
        session.giveUp(problemAt("limit", `files include each other more than ${MAX_DEPTH} deep`, at));
        return undefined;
      }
      if (set.included.includes(path)) {
        const names = [...set.included, path].map((name) => `\`${name}\``).join(" → ");
        session.report(problemAt("include", `files include each other in a circle: ${names}`, at));
        return undefined;
      }
    }
    files.push({ path, at });
  }
  const environment = environmentOf(inclusion, directory, session, set);
  return { files, directory: way, base: directory, environment, included: set.included };
}

function environmentOf(inclusion: Inclusion, directory: string, session: Session, set: FileSet): Environment {
  if (inclusion.envFiles.length === 0) {
    const standard = join(directory, ".env");
    if (session.look(session.absolute(standard)).kind !== "file") return set.environment;
    return withDefaults(set.environment, readEnvFiles(session, [standard], set.environment));
  }
  const found = new Map<string, string>();
  for (const node of inclusion.envFiles) {
    const path = textOf(node) ?? "";
    if (path === "/dev/null") continue;
    const full = isAbsolute(path) ? path : join(set.directory, path);
    const outer = withDefaults(set.environment, found);
    for (const [name, value] of readEnvFiles(session, [full], outer, originOf(node)?.value)) found.set(name, value);
  }
  return withDefaults(set.environment, found);
}

/** Adds what was loaded to the including document; where both define the same, the document's own is merged on top. */
function importInto(
  document: MapNode,
  imported: MapNode,
  resets: readonly (readonly string[])[],
  session: Session,
): void {
  for (const section of SECTIONS) {
    const from = mapAt(imported, section);
    if (from === undefined) continue;
    const own = document.entries.get(section);
    if (own !== undefined && own.kind !== "map") {
      session.report(problemAt("include", `\`${section}\` must be a mapping`, originOf(own)?.value, [section]));
    }
    const to: MapNode = own?.kind === "map" ? own : { kind: "map", entries: new Map(), origins: [] };
    for (const [name, value] of from.entries) {
      const present = to.entries.get(name);
      if (present === undefined) to.entries.set(name, value);
      else if (!sameNode(value, present)) {
        const inner: MapNode = { kind: "map", entries: new Map([[name, value]]), origins: [] };
        const wrapped: MapNode = { kind: "map", entries: new Map([[section, inner]]), origins: [] };
        applyResets(wrapped, resets);
        to.entries.set(name, mergeAt(value, present, [section, name], session.report));
      }
    }
    to.origins = joinOrigins(from.origins, to.origins);
    document.entries.set(section, to);
  }
}
