import { dirname, join, relative, resolve, sep } from "node:path";
import { diff, fix, type Policy } from "@compose-harden/fixer";
import type { FileChange, Finding, Patch, Project } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { escapeText, formatPatch, mergePatches, patchToJson } from "@compose-harden/report";
import { type Config, check } from "@compose-harden/rules";
import { EXIT, type ExitCode, UsageError } from "../errors.js";
import { gitRootOf } from "../files/gitignore.js";
import { type Files, withTexts } from "../files/reader.js";
import { writeChanges } from "../files/write.js";
import { version } from "../generated/version.js";
import { displayFrom, type Host, standardInputPath } from "../host.js";
import { describeGap, type Loaded, ofServicesAndRules } from "../load.js";
import { checkRuleNames, checkServiceNames, listFrom, type ReadOptions, type SelectOptions } from "../options.js";
import { readProjects } from "../read.js";

/** Options of `fix`. */
export interface FixOptions extends ReadOptions, SelectOptions {
  readonly format: string;
  readonly write?: boolean;
  readonly check?: boolean;
  /** `*`, or rules separated by commas. */
  readonly unsafe?: string;
  readonly bindVariable?: string;
  readonly overlay?: string;
  readonly strict?: boolean;
  readonly quiet?: boolean;
}

/** `compose-harden fix`: prints or writes the patch. */
export async function runFix(paths: readonly string[], options: FixOptions, host: Host): Promise<ExitCode> {
  checkRuleNames(options.rule ?? []);
  if (options.write === true && options.check === true) throw new UsageError("give either `--write` or `--check`");
  const config = configFrom(options);
  const unsafe = unsafeFrom(options);
  const display = displayFrom(host.cwd);
  const { files, projects, unreadable, isStandardInput } = readProjects(paths, options, host);
  checkServiceNames(
    options.service ?? [],
    projects.flatMap(({ project }) => project.services.map(({ name }) => name)),
  );
  if (options.overlay !== undefined && projects.length > 1) {
    throw new UsageError(`\`--overlay\` takes one project, and there are ${projects.length}: name a file of one`);
  }
  for (const { project } of projects) {
    for (const gap of project.gaps) host.say(`gap: ${describeGap(gap, project, display)}\n`);
  }
  const hasGap =
    unreadable.length > 0 || (options.strict === true && projects.some(({ project }) => project.gaps.length > 0));
  if (hasGap && projects.length === 0) return EXIT.error;

  const select = (project: Project) =>
    ofServicesAndRules(check(project, config), options.service ?? [], options.rule ?? []);
  const patch = patchAll(projects, files, select, (loaded) => ({
    unsafe,
    root: rootOf(loaded.project),
    ...(options.overlay === undefined ? {} : { overlay: resolve(host.cwd, options.overlay) }),
  }));

  if (options.overlay !== undefined) {
    const overlay = resolve(host.cwd, options.overlay);
    if (patch.changes.some(({ path }) => path !== overlay)) throw new Error("a change does not go to the overlay");
  }

  const mode = options.check === true ? "wanted" : options.write === true ? "written" : "shown";
  if (mode === "written" && !isStandardInput) writeChanges(patch.changes, files, display);
  if (options.format === "json")
    host.print(`${JSON.stringify(patchToJson(patch, { version, display }), undefined, 2)}\n`);
  else if (mode === "written" && isStandardInput) host.print(patch.changes[0]?.after ?? textOf(projects));
  else if (mode === "shown") printDiff(patch, host);
  if (options.quiet !== true) host.say(formatPatch(patch, { ...host.err, display, mode }));

  if (hasGap) return EXIT.error;
  return mode === "wanted" && patch.changes.length > 0 ? EXIT.findings : EXIT.ok;
}

function configFrom({ bindVariable }: FixOptions): Config {
  if (bindVariable === undefined) return {};
  if (!/^[A-Za-z_]\w*$/.test(bindVariable)) {
    throw new UsageError(`\`--bind-variable=${bindVariable}\`: expected a variable's name, such as BIND_ADDR`);
  }
  return { rules: { "published-on-all-interfaces": { options: { bind: `\${${bindVariable}:-127.0.0.1}` } } } };
}

function unsafeFrom({ unsafe }: FixOptions): boolean | { readonly rules: readonly string[] } {
  if (unsafe === undefined) return false;
  if (unsafe === "*") return true;
  const rules = listFrom(unsafe);
  checkRuleNames(rules);
  return { rules };
}

/**
 * One patch for all projects. Each project is read with the changes of those before it, so that a file that several
 * projects share is changed once.
 */
function patchAll(
  projects: readonly Loaded[],
  files: Files,
  select: (project: Project) => readonly Finding[],
  policyOf: (loaded: Loaded) => Policy,
): Patch {
  const texts = new Map<string, string>();
  const patches = projects.map((loaded) => {
    const read = withTexts(files.read, texts);
    const touched = loaded.project.files.some(({ path }) => texts.has(path));
    const project = touched ? load(loaded.target.entry, read) : loaded.project;
    const patch = fix(project, select(project), policyOf(loaded), read);
    for (const { path, after } of patch.changes) texts.set(path, after);
    return patch;
  });
  const merged = mergePatches(patches);
  const before = new Map<string, FileChange>();
  for (const change of merged.changes) if (!before.has(change.path)) before.set(change.path, change);
  const changes = [...before.values()].map((change) => ({ ...change, after: texts.get(change.path) ?? change.after }));
  return { ...merged, changes };
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

/** Paths start where the user stands, so that `git apply` and `patch -p1` work there; or above, if a file is not below. */
function printDiff(patch: Patch, host: Host): void {
  const isAllBelow = (root: string) => patch.changes.every(({ path }) => isBelow(path, root));
  const root = [host.cwd, gitRootOf(host.cwd) ?? "/"].find(isAllBelow) ?? "/";
  if (root !== host.cwd && patch.changes.length > 0) {
    host.say(`the diff's paths start at ${escapeText(root)}: apply it there\n`);
  }
  const name = (path: string) => (path === standardInputPath(host.cwd) ? join(host.cwd, "compose.yaml") : path);
  const changes = patch.changes.map((change) => ({ ...change, path: name(change.path) }));
  host.print(diff({ ...patch, changes }, root));
}

function isBelow(path: string, root: string): boolean {
  return relative(root, path).split(sep)[0] !== "..";
}

function textOf(projects: readonly Loaded[]): string {
  return projects[0]?.project.files[0]?.text ?? "";
}
