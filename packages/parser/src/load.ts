import type { Entry, Json, Origin, Path, Project, Read, Service } from "@compose-harden/model";
import { discoverIn } from "./discover.js";
import { checkConsistency } from "./normalize/consistency.js";
import { decode } from "./normalize/decode.js";
import { type EnvFileContext, readEnvFiles, readLabelFiles } from "./normalize/env-files.js";
import { normalize } from "./normalize/normalize.js";
import { nameFromFiles } from "./project/name.js";
import { child, serviceView } from "./project/service.js";
import { dataOf } from "./render/data.js";
import { lookupIn, openSession, problemAt, type Session } from "./session.js";
import { loadSet } from "./stages/load-set.js";
import { mapAt, textOf } from "./tree/edit.js";
import { text } from "./tree/make.js";
import type { MapNode, Node } from "./tree/node.js";
import type { Report } from "./tree/problem.js";
import type { Lookup } from "./values/decoded.js";
import { isRemote } from "./values/paths.js";

/**
 * Loads a project as `docker compose config` would, and remembers where every value was written. Never throws: what Docker
 * refuses is a gap, and the rest is read as far as it makes sense. All files come through `read`.
 */
export function load(entry: Entry, read: Read): Project {
  const session = openSession(entry.cwd, entry.env?.HOME, read);
  const found = discoverIn(session, entry);
  const { directory } = found;
  if (found.files.length === 0) {
    session.report(
      problemAt("file", "no Compose file was given, and none was found here or in a directory above", undefined),
    );
  }
  for (const file of found.files) {
    if (isRemote(file))
      session.giveUp(problemAt("remote", `\`${file}\` is not on this machine and was not fetched`, undefined));
  }
  const paths = found.files.filter((file) => !isRemote(file));
  const trees = paths.map((path) => session.open(path, "file", undefined)).filter((tree) => tree !== undefined);
  const outside = found.name;
  const name = outside ?? nameFromFiles(trees, found.directoryName, lookupIn(found.environment));
  if (name === "")
    session.report(problemAt("name", "the project has no name: give it one with `name` or `-p`", undefined));
  const environment = new Map(found.environment).set("COMPOSE_PROJECT_NAME", name);

  const model = loadSet(session, {
    files: paths.map((path) => ({ path, at: undefined })),
    directory,
    base: directory,
    environment,
    included: [],
  });
  if (model.entries.size === 0 && trees.length > 0) {
    const [first] = trees;
    const at = first === undefined ? undefined : { file: first.file, start: 0, end: first.text.length };
    session.report(problemAt("structure", "the file is empty", at));
  }
  const written = model.entries.get("name");
  if (written?.kind === "scalar" && written.tag === "timestamp" && (entry.projectName ?? "") === "") {
    session.report(problemAt("yaml", "`name` must be a text: put the date in quotes", written.origin?.value, ["name"]));
  }
  model.entries.set("name", text(name, undefined));
  normalize(model, { name, lookup: lookupIn(environment), report: session.report });
  decode(model, session);

  const active = activeIn(model, found.profiles);
  checkConsistency(model, active, session.report);
  readReferencedFiles(model, active, session, lookupIn(environment));

  let services: readonly Service[] | undefined;
  let data: Json | undefined;
  let fullData: Json | undefined;
  return {
    entry,
    name,
    directory,
    files: [...session.files.values()],
    envFiles: [...session.envFiles.values()],
    get services() {
      services ??= servicesOf(model, active);
      return services;
    },
    get data() {
      data ??= dataOf(model);
      return data;
    },
    get fullData() {
      fullData ??= dataOf(model, true);
      return fullData;
    },
    profiles: found.profiles,
    gaps: session.gaps,
    warnings: [...session.warnings],
    originsOf: (path) => (path.length === 1 && path[0] === "version" ? session.versions : originsAt(model, path)),
  };
}

function originsAt(model: Node, path: Path): readonly Origin[] {
  let here: Node | undefined = model;
  for (const step of path) here = child(here, step);
  if (here === undefined) return [];
  if (here.kind === "scalar") return here.origin === undefined ? [] : [here.origin];
  return here.origins;
}

function servicesOf(model: MapNode, active: ReadonlySet<string>): readonly Service[] {
  const services: Service[] = [];
  for (const [name, node] of mapAt(model, "services")?.entries ?? []) {
    if (node.kind === "map") services.push(serviceView(name, node, active.has(name)));
  }
  return services;
}

/** The names of the services and jobs whose profiles are on; those without profiles always are. */
function activeIn(model: MapNode, profiles: readonly string[]): ReadonlySet<string> {
  const active = new Set<string>();
  for (const section of ["services", "jobs"]) {
    for (const [name, node] of mapAt(model, section)?.entries ?? []) {
      const own = node.kind === "map" ? node.entries.get("profiles") : undefined;
      const bound = own?.kind === "seq" && own.items.length > 0 && !profiles.includes("*");
      if (!bound || own.items.some((profile) => profiles.includes(textOf(profile) ?? ""))) active.add(name);
    }
  }
  return active;
}

/** Brings the variables and labels of `env_file` and `label_file` into the services. */
function readReferencedFiles(model: MapNode, active: ReadonlySet<string>, session: Session, lookup: Lookup): void {
  // Docker does not do this for jobs.
  for (const [name, node] of mapAt(model, "services")?.entries ?? []) {
    if (node.kind !== "map") continue;
    // It does not look at the files of what it does not start either, so none of them can be missing.
    const report: Report = active.has(name) ? session.report : () => undefined;
    const context: EnvFileContext = {
      lookup,
      read: session.look,
      seen: (file) => session.envFiles.set(file.path, file),
      report,
      warn: session.warn,
    };
    readEnvFiles(node, ["services", name], context);
    readLabelFiles(node, ["services", name], context);
  }
}
