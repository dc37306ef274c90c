import { resolve } from "node:path";
import type { Read } from "@compose-harden/model";
import { discover } from "@compose-harden/parser";
import { counted, escapeText, type ReportedProject } from "@compose-harden/report";
import type { RuleSetting } from "@compose-harden/rules";
import { UsageError } from "./errors.js";
import { findTargets, type Target } from "./files/find.js";
import { type Files, openFiles, readStandardInput, type Texts } from "./files/reader.js";
import { displayFrom, type Host, standardInputPath } from "./host.js";
import { describeGap, fatalGaps, type Loaded, labelOf, loadTargets } from "./load.js";
import type { OverlayOptions, ReadOptions, SettingsOptions } from "./options.js";
import { makeSelector, type Selector } from "./select.js";

/** What a command line asks for, before any project is read. */
export interface Search {
  /** The files of this run, each read once. */
  readonly files: Files;
  readonly targets: readonly Target[];
  readonly selector: Selector;
  /** True when a project comes from standard input. */
  readonly isStandardInput: boolean;
  /** Reads a file anew and remembers nothing. */
  readonly readOnce: Read;
}

/** What a command works on. */
export interface Reading extends Pick<Search, "files" | "selector" | "isStandardInput"> {
  /** Projects that could be read, gaps and all. */
  readonly projects: readonly Loaded[];
  /** Projects of which nothing could be read; the user has been told. */
  readonly unreadable: readonly Loaded[];
}

/** Finds what the command line asks for. `given` texts stand in for files, a missing one for no file. */
export function findProjects(
  paths: readonly string[],
  options: ReadOptions & SettingsOptions & OverlayOptions,
  host: Host,
  forced: Readonly<Record<string, RuleSetting>> = {},
  given: Texts = new Map(),
): Search {
  const isStandardInput = [...paths, ...(options.file ?? [])].includes("-");
  const texts = isStandardInput ? new Map([[standardInputPath(host.cwd), standardInput()]]) : given;
  const files = openFiles(texts);
  const readOnce: Read = (path) => openFiles(texts).read(path);
  const selector = makeSelector(files, options, forced, host, displayFrom(host.cwd));
  const { configuration, directory } = selector.settingsOf(host.cwd);
  const exclude = { directory, patterns: configuration.exclude ?? [] };
  const settings = settingsFrom(options, host);
  const targets = findTargets(
    { paths, cwd: host.cwd, files: options.file ?? [], settings, exclude },
    { ...files, read: readOnce },
  );
  return { files, targets: overlaid(targets, options, host, readOnce), selector, isStandardInput, readOnce };
}

/**
 * Finds and reads what the command line asks for, and says on standard error what cannot be read at all. `texts` stand in for
 * files, a missing one for no file.
 */
export function readProjects(
  paths: readonly string[],
  options: ReadOptions & SettingsOptions & OverlayOptions,
  host: Host,
  forced: Readonly<Record<string, RuleSetting>> = {},
  texts: Texts = new Map(),
): Reading {
  const { files, targets, selector, isStandardInput } = findProjects(paths, options, host, forced, texts);
  const all = loadTargets(targets, files.read);
  const unreadable = all.filter(({ project }) => fatalGaps(project).length > 0);
  for (const { project } of unreadable) sayUnreadable(project, host);
  return {
    files,
    projects: all.filter((loaded) => !unreadable.includes(loaded)),
    unreadable,
    isStandardInput,
    selector,
  };
}

/** Says on standard error why nothing of a project could be read. */
export function sayUnreadable(project: ReportedProject, host: Host): void {
  const [gap, ...others] = fatalGaps(project);
  if (gap === undefined) return;
  const more = others.length === 0 ? "" : ` (and ${counted(others.length, "more error")})`;
  host.say(`error: ${describeGap(gap, project, displayFrom(host.cwd))}${more}\n`);
}

/** The one project a command is about; several are a `UsageError` that names them. Undefined if it cannot be read: the user has been told. */
export function oneProject(
  paths: readonly string[],
  options: ReadOptions & SettingsOptions,
  host: Host,
  ofFound: (all: readonly Loaded[]) => readonly Loaded[] = (all) => all,
): { readonly loaded: Loaded; readonly files: Files; readonly selector: Selector } | undefined {
  const { projects: all, unreadable, files, selector } = readProjects(paths, options, host);
  if (unreadable.length > 0) return undefined;
  const projects = ofFound(all);
  const display = displayFrom(host.cwd);
  const [loaded, ...others] = projects;
  if (loaded !== undefined && others.length === 0) return { loaded, files, selector };
  const names = projects.map((one) => `  ${escapeText(labelOf(one, display))}`).join("\n");
  throw new UsageError(`there are ${projects.length} projects, name a file of one:\n${names}`);
}

/** An overlay that exists is part of the project, whether or not Docker loads it by default. */
function overlaid(
  targets: readonly Target[],
  { overlay }: OverlayOptions,
  { cwd }: Host,
  read: Read,
): readonly Target[] {
  const path = overlay === undefined ? undefined : resolve(cwd, overlay);
  if (path === undefined || read(path).kind === "missing") return targets;
  return targets.map((target) => {
    const files = target.entry.files ?? discover(target.entry, read).files;
    return files.includes(path) ? target : { ...target, entry: { ...target.entry, files: [...files, path] } };
  });
}

function standardInput(): string {
  const result = readStandardInput();
  if (result.kind === "file") return result.text;
  throw new UsageError(`standard input ${result.kind === "unreadable" ? result.reason : "cannot be read"}`);
}

function settingsFrom(options: ReadOptions, { cwd, env }: Host) {
  return {
    env: options.env === false ? {} : env,
    ...(options.envFile === undefined ? {} : { envFiles: options.envFile.map((file) => resolve(cwd, file)) }),
    ...(options.profile === undefined ? {} : { profiles: options.profile }),
    ...(options.projectDirectory === undefined ? {} : { projectDirectory: resolve(cwd, options.projectDirectory) }),
    ...(options.projectName === undefined ? {} : { projectName: options.projectName }),
  };
}
