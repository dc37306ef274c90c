import type { SourceRange } from "@compose-harden/model";
import { canonicalize } from "../canonical/canonicalize.js";
import { setDefaults } from "../canonical/defaults.js";
import { resolveEnvironment } from "../normalize/environment.js";
import { resolvePaths } from "../normalize/paths.js";
import { validateSemantics } from "../normalize/semantics.js";
import { validateSchema } from "../schema/validate.js";
import { type Environment, lookupIn, problemAt, type Session } from "../session.js";
import { buildDocument } from "../tree/build.js";
import { copyTree, originOf } from "../tree/edit.js";
import type { MapNode } from "../tree/node.js";
import { applyExtends, type ExtendedFile } from "./extends.js";
import { applyIncludes, type FileSet } from "./include.js";
import { mergeModels } from "./merge.js";
import { promoteExtensions } from "./promote.js";
import { applyResets } from "./reset.js";
import { enforceUnique } from "./unique.js";

/** Loads a set of files and whatever they include, in Docker's order of steps; `copy` what is used twice. */
export function loadSet(session: Session, set: FileSet): MapNode {
  const sets = new Map<string, MapNode>();
  const environments = new Map<Environment, number>();

  /** An included set, loaded once however many ways lead to it. */
  function included(inner: FileSet): MapNode {
    if (!environments.has(inner.environment)) environments.set(inner.environment, environments.size);
    const files = inner.files.map((file) => file.path);
    const key = JSON.stringify([files, inner.directory, inner.base, environments.get(inner.environment)]);
    let model = sets.get(key);
    if (model === undefined) {
      model = load(inner);
      sets.set(key, model);
    }
    return model;
  }

  function load(current: FileSet): MapNode {
    const model = readFiles(session, current, included);
    setDefaults(model);
    validateSemantics(model, session.report);
    resolvePaths(model, { base: current.directory, home: session.home, report: session.report });
    resolveEnvironment(model, lookupIn(current.environment));
    return model;
  }

  return load(set);
}

/** Steps 1 to 10: every document of every file, one over the other. */
function readFiles(session: Session, set: FileSet, include: (set: FileSet) => MapNode): MapNode {
  const extended = new Map<string, ExtendedFile | undefined>();

  function readBase(path: string, directory: string, at: SourceRange | undefined): ExtendedFile | undefined {
    const key = JSON.stringify([path, directory]);
    if (!extended.has(key)) extended.set(key, readExtended(session, set.environment, path, directory, at));
    const known = extended.get(key);
    if (known === undefined) return undefined;
    const model = copyTree(known.model);
    return model.kind === "map" ? { model, resets: known.resets } : undefined;
  }

  let model: MapNode = { kind: "map", entries: new Map(), origins: [] };
  let first = true;
  for (const { path, at } of set.files) {
    const visited: string[] = [...set.included];
    for (const document of documentsOf(session, path, set.environment, !first, at)) {
      first = false;
      visited.push(path);
      applyIncludes(document.root, document.resets, { session, set: { ...set, included: visited }, load: include });
      applyResets(model, document.resets);
      applyExtends(document.root, document.resets, {
        session,
        environment: set.environment,
        file: path,
        base: set.base,
        readBase,
      });
      model = mergeModels(model, document.root, session.report);
      enforceUnique(model, session.report);
      validateSchema(model, session.report);
      const version = model.entries.get("version");
      if (model.entries.delete("version")) {
        if (version?.kind === "scalar" && version.origin !== undefined) session.versions.push(version.origin);
        session.warn(
          `${session.absolute(path)}: the attribute \`version\` is obsolete, it will be ignored, please remove it to avoid potential confusion`,
        );
      }
      canonicalize(model, { report: session.report, warn: session.warn });
      enforceUnique(model, session.report);
    }
  }
  return model;
}

/** Every document is merged over all before it and checked as a whole, so their number counts squared. */
const MAX_DOCUMENTS = 1_000;

interface Document {
  readonly root: MapNode;
  readonly resets: readonly (readonly string[])[];
}

/** The documents of a file as mappings, with what can be read of each; the rest is reported. */
function* documentsOf(
  session: Session,
  path: string,
  environment: Environment,
  overriding: boolean,
  at: SourceRange | undefined,
): Generator<Document> {
  const tree = session.open(path, at === undefined ? "file" : "include", at);
  if (tree === undefined) return;
  const lookup = lookupIn(environment);
  let later = overriding;
  for (const [i, syntax] of tree.documents.entries()) {
    const place = { file: tree.file, start: syntax.start, end: syntax.end };
    if (i >= MAX_DOCUMENTS) {
      session.giveUp(problemAt("limit", `the file holds more than ${MAX_DOCUMENTS} documents`, place));
      return;
    }
    const built =
      syntax.root === undefined
        ? undefined
        : buildDocument(syntax.root, {
            file: tree.file,
            lookup,
            report: session.report,
            warn: session.warn,
            giveUp: (message, where) => session.giveUp(problemAt("limit", message, where)),
            overriding: later,
          });
    if (built?.root?.kind !== "map") {
      const where = built?.root === undefined ? place : (originOf(built.root)?.value ?? place);
      session.report(problemAt("structure", "a Compose file must be a mapping at the top", where));
      continue;
    }
    later = true;
    promoteExtensions(built.root, session.report);
    yield { root: built.root, resets: built.resets };
  }
}

/** Reads a file for `extends`: values in long form with paths told from the extending project, nothing validated. */
function readExtended(
  session: Session,
  environment: Environment,
  path: string,
  directory: string,
  at: SourceRange | undefined,
): ExtendedFile | undefined {
  if (session.open(path, "extends", at) === undefined) return undefined;
  let model: MapNode = { kind: "map", entries: new Map(), origins: [] };
  let resets: Document["resets"] = [];
  for (const document of documentsOf(session, path, environment, false, at)) {
    resets = document.resets;
    applyResets(model, resets);
    model = mergeModels(model, document.root, session.report);
    enforceUnique(model, session.report);
    canonicalize(model, { report: session.report, warn: session.warn });
    enforceUnique(model, session.report);
  }
  resolvePaths(model, { base: directory, home: session.home, report: session.report });
  return { model, resets };
}
