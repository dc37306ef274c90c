import { dirname, relative, sep } from "node:path";
import { fix, type Policy } from "@compose-harden/fixer";
import {
  type Edit,
  type FileChange,
  type Finding,
  type Patch,
  type Project,
  type Read,
  sameJson,
} from "@compose-harden/model";
import { discover, load } from "@compose-harden/parser";
import { mergePatches, showsSecrets } from "@compose-harden/report";
import { gitRootOf } from "./files/gitignore.js";
import { type Files, withTexts } from "./files/reader.js";
import type { Loaded } from "./load.js";

/** What is about to be fixed in one project. */
export interface Plan {
  readonly loaded: Loaded;
  /** The project as it stands with the changes of the projects before it. */
  readonly project: Project;
  readonly read: Read;
}

/** A project with its own share of the patch, for a second proof. */
export interface Planned extends Plan {
  readonly patch: Patch;
}

/**
 * One patch for all projects. Each project is read with the changes of those before it, so that a file which several projects share
 * is changed once. A change that would also alter a project before it is refused: that project did not ask for it.
 */
export async function patchAll(
  projects: readonly Loaded[],
  files: Files,
  patchOf: (plan: Plan) => Patch | Promise<Patch>,
): Promise<{ readonly patch: Patch; readonly parts: readonly Planned[] }> {
  const texts = new Map<string, string>();
  const parts: Planned[] = [];
  for (const loaded of projects) {
    const before = new Map(texts);
    const read = withTexts(files.read, before);
    const isTouched = texts.size > 0 && sourcesOf(loaded.project, read).some((path) => texts.has(path));
    const project = isTouched ? load(loaded.target.entry, read) : loaded.project;
    const patch = await patchOf({ loaded, project, read });
    for (const { path, after } of patch.changes) texts.set(path, after);
    const altered = parts.find((part) =>
      isAltered(part, patch, withTexts(files.read, before), withTexts(files.read, texts)),
    );
    if (altered === undefined) parts.push({ loaded, project, read, patch });
    else {
      for (const { path } of patch.changes) restore(texts, before, path);
      parts.push({ loaded, project, read, patch: refuseAll(patch, altered.project) });
    }
  }
  const merged = mergePatches(parts.map(({ patch }) => patch));
  const first = new Map<string, FileChange>();
  for (const change of merged.changes) if (!first.has(change.path)) first.set(change.path, change);
  const changes = [...first.values()].map((change) => withAfter(change, texts.get(change.path) ?? change.after));
  return { patch: { ...merged, changes }, parts };
}

/** The change with another result; edits belong to one result. */
function withAfter({ edits, ...change }: FileChange, after: string): FileChange {
  return after === change.after && edits !== undefined ? { ...change, edits } : { ...change, after };
}

function isAltered({ loaded, project }: Planned, patch: Patch, before: Read, after: Read): boolean {
  const paths = new Set(patch.changes.map(({ path }) => path));
  if (!sourcesOf(project, after).some((path) => paths.has(path))) return false;
  const { entry } = loaded.target;
  return !sameJson(load(entry, before).data, load(entry, after).data);
}

/** The files that decide what a project is, and the env file that would. */
function sourcesOf(project: Project, read: Read): readonly string[] {
  const { envFile } = discover(project.entry, read);
  const paths = [...project.files, ...project.envFiles].map(({ path }) => path);
  return envFile === undefined ? paths : [...paths, envFile];
}

function restore(texts: Map<string, string>, before: ReadonlyMap<string, string>, path: string): void {
  const text = before.get(path);
  if (text === undefined) texts.delete(path);
  else texts.set(path, text);
}

function refuseAll(patch: Patch, other: Project): Patch {
  const detail = `it would change the project \`${other.name}\` as well, which shares the file`;
  return {
    ...patch,
    changes: [],
    applied: [],
    refused: [
      ...patch.refused,
      ...patch.applied.map(({ finding }) => ({ finding, refusal: "shared-definition" as const, detail })),
    ],
  };
}

/** Fixes findings of a project, with what the command line allows. */
export function fixPlan({ project, read }: Plan, findings: readonly Finding[], policy: Policy): Patch {
  return fix(project, findings, { root: rootOf(project), ...policy }, read);
}

/**
 * The edits of a finding's fix, planned and proven by itself: in a report a person picks one and leaves others. Undefined for
 * fixes that are not safe, that cannot be placed, or whose edits would show a secret.
 */
export function safeEdits(loaded: Loaded, read: Read, finding: Finding): readonly Edit[] | undefined {
  const { project } = loaded;
  if (finding.fix?.applicability !== "safe") return undefined;
  const { applied } = fixPlan({ loaded, project, read }, [finding], {});
  const edits = applied.flatMap((one) => (one.finding === finding ? one.edits : []));
  return edits.length === 0 || showsSecrets(edits, project) ? undefined : edits;
}

/** Files outside of this directory are never written: the repository, or the project's directory where there is none. */
function rootOf(project: Project): string {
  const start = gitRootOf(project.directory) ?? project.directory;
  return (project.entry.files ?? []).reduce((root, file) => common(root, dirname(file)), start);
}

function common(a: string, b: string): string {
  let root = a;
  while (relative(root, b).split(sep)[0] === "..") root = dirname(root);
  return root;
}
