import type { SourceRange } from "@compose-harden/model";
import { dirname, isAbsolute, join, relative } from "../location.js";
import { type Environment, problemAt, type Session } from "../session.js";
import { copyTree, mapAt, originOf, sizeOf, textOf } from "../tree/edit.js";
import type { MapNode, Node } from "../tree/node.js";
import { isRemote } from "../values/paths.js";
import { mergeAt } from "./merge.js";
import { applyResets } from "./reset.js";

/** An extended file, read: its services in long form, and what the tags of its last document reset. */
export interface ExtendedFile {
  readonly model: MapNode;
  readonly resets: readonly (readonly string[])[];
}

/** What `extends` needs of the load it happens in. */
export interface Extending {
  readonly session: Session;
  readonly environment: Environment;
  /** The file whose document is being read. */
  readonly file: string;
  /** Where relative `extends.file` paths start; may itself be relative to the session's directory. */
  readonly base: string;
  /** Reads an extended file, once per load; undefined, and reported, when it cannot be read. */
  readonly readBase: (path: string, directory: string, at: SourceRange | undefined) => ExtendedFile | undefined;
}

/** A chain of extensions that nobody writes; every link copies the one before. */
const MAX_DEPTH = 250;

interface Reference {
  readonly file: string;
  readonly service: string;
}

type Resets = readonly (readonly string[])[];

/** Replaces every service of a document that extends another by the merged service (compose-go `loader/extends.go`). */
export function applyExtends(document: MapNode, resets: Resets, extending: Extending): void {
  for (const section of ["services", "jobs"]) {
    const services = document.entries.get(section);
    if (services === undefined) continue;
    if (services.kind !== "map") {
      const at = originOf(services)?.value;
      extending.session.report(problemAt("structure", `\`${section}\` must be a mapping`, at, [section]));
      continue;
    }
    for (const name of services.entries.keys()) resolve(section, name, services, resets, [], extending);
  }
}

function resolve(
  section: string,
  name: string,
  services: MapNode,
  resets: Resets,
  chain: readonly Reference[],
  extending: Extending,
): Node | undefined {
  const service = services.entries.get(name);
  if (service?.kind !== "map") return service;
  const extension = service.entries.get("extends");
  if (extension === undefined) return service;
  const { session } = extending;
  const at = originOf(extension)?.value;
  const refuse = (message: string, place = at): undefined => {
    session.report(problemAt("extends", message, place, [section, name, "extends"]));
    // Without its base, the rest of the service is still worth reading.
    service.entries.delete("extends");
  };

  const serviceNode = extension.kind === "map" ? extension.entries.get("service") : extension;
  const wanted = textOf(serviceNode);
  if (wanted === undefined || serviceNode === undefined) {
    refuse(`\`${name}\` extends nothing: \`extends.service\` must name a service`);
    return service;
  }
  const fileNode = extension.kind === "map" ? extension.entries.get("file") : undefined;
  const file = textOf(fileNode);
  let from = services;
  let fromResets = resets;
  if (fileNode !== undefined && file !== undefined) {
    const place = originOf(fileNode)?.value;
    if (isRemote(file)) {
      session.giveUp(problemAt("remote", `\`${file}\` is not on this machine and was not fetched`, place));
      service.entries.delete("extends");
      return service;
    }
    const path = isAbsolute(file) ? file : join(extending.base, file);
    const read = extending.readBase(path, directoryOf(file, extending), place);
    if (read === undefined) {
      service.entries.delete("extends");
      return service;
    }
    const found = mapAt(read.model, "services");
    if (found === undefined) {
      refuse(`\`${file}\` has no services to extend`, place);
      return service;
    }
    from = found;
    fromResets = read.resets;
  }
  const base = from.entries.get(wanted);
  if (base === undefined) {
    const where = file === undefined ? "in this file" : `in \`${file}\``;
    refuse(`\`${name}\` extends \`${wanted}\`, which does not exist ${where}`, originOf(serviceNode)?.value);
    return service;
  }

  const step = { file: file ?? extending.file, service: name };
  if (chain.some((known) => known.file === step.file && known.service === step.service)) {
    const names = [...chain, step].map((link) => `\`${link.service}\``).join(" → ");
    refuse(`services extend each other in a circle: ${names}`);
    return service;
  }
  if (chain.length > MAX_DEPTH) {
    session.giveUp(problemAt("limit", `services extend each other more than ${MAX_DEPTH} deep`, at));
    service.entries.delete("extends");
    return service;
  }
  const resolved = resolve(section, wanted, from, fromResets, [...chain, step], extending);
  if (resolved?.kind !== "map") return service;
  if (!session.afford(sizeOf(resolved), at)) {
    service.entries.delete("extends");
    return service;
  }

  const source = copyTree(resolved, at === undefined ? undefined : { kind: "extends", at });
  applyResets(wrap("services", name, source), resets);
  const merged = mergeAt(source, service, ["services", name], session.report);
  if (merged.kind === "map") merged.entries.delete("extends");
  services.entries.set(name, merged);
  return merged;
}

function wrap(section: string, name: string, node: Node): MapNode {
  const inner: MapNode = { kind: "map", entries: new Map([[name, node]]), origins: [] };
  return { kind: "map", entries: new Map([[section, inner]]), origins: [] };
}

/** The directory of an extended file, as the way there from the project's: its relative paths are read from it. */
function directoryOf(file: string, { base, session }: Extending): string {
  return wayTo(file, base, session);
}

/** The way from `base` to the directory that a path is, or is in. */
export function wayTo(path: string, base: string, session: Session): string {
  const full = isAbsolute(path) ? path : join(base, path);
  const directory = session.look(session.absolute(full)).kind === "directory";
  const parent = dirname(path);
  return relative(base, directory ? full : isAbsolute(parent) ? parent : join(base, parent));
}
