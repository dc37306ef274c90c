import { basename, dirname, join, resolve } from "node:path";
import { diff, type Policy } from "@compose-harden/fixer";
import { type Finding, isBelow, type Patch, rememberedText } from "@compose-harden/model";
import { discover } from "@compose-harden/parser";
import { type DisplayPath, escapeText, formatPatch, gapsOf, jsonText, patchToJson } from "@compose-harden/report";
import type { RuleSetting } from "@compose-harden/rules";
import { EXIT, type ExitCode, UsageError } from "../errors.js";
import { gitRootOf } from "../files/gitignore.js";
import { writeChanges } from "../files/write.js";
import { version } from "../generated/version.js";
import { displayFrom, type Host, standardInputPath } from "../host.js";
import { keepingFor } from "../keeping.js";
import { describeGap, type Loaded, ofServicesAndRules } from "../load.js";
import { newSecretFor } from "../new-secret.js";
import {
  checkRuleNames,
  checkServiceNames,
  type OverlayOptions,
  type ReadOptions,
  type SelectOptions,
  type SettingsOptions,
} from "../options.js";
import { fixPlan, type Plan, type Planned, patchAll } from "../patch.js";
import { type Reading, readProjects } from "../read.js";
import { unsafeFrom } from "../wanted.js";

/** Options of `fix`. */
export interface FixOptions extends ReadOptions, SelectOptions, SettingsOptions, OverlayOptions {
  readonly format: string;
  readonly write?: boolean;
  readonly check?: boolean;
  readonly interactive?: boolean;
  /** `*`, or rules and services separated by commas. */
  readonly unsafe?: string;
  readonly newSecrets?: boolean;
  readonly bindVariable?: string;
  readonly verify?: string;
  readonly strict?: boolean;
  readonly quiet?: boolean;
}

/** `compose-harden fix`: prints or writes the patch. */
export async function runFix(paths: readonly string[], options: FixOptions, host: Host): Promise<ExitCode> {
  checkOptions(options, host);
  const display = displayFrom(host.cwd);
  const reading = readProjects(paths, options, host, forcedBy(options));
  const { projects, unreadable, files } = reading;
  const services = projects.flatMap(({ project }) => project.services.map(({ name }) => name));
  checkServiceNames(options.service ?? [], services);
  if (options.overlay !== undefined && projects.length > 1) {
    throw new UsageError(`\`--overlay\` takes one project, and there are ${projects.length}: name a file of one`);
  }
  sayGaps(projects, host, display);
  const hasGap = unreadable.length > 0 || projects.some((loaded) => isRefusedGap(loaded, reading, options));
  if (projects.length === 0) return EXIT.error;

  const policy: Policy = {
    unsafe: unsafeFrom(options.unsafe, services),
    ...(options.overlay === undefined ? {} : { overlay: resolve(host.cwd, options.overlay) }),
  };
  const findingsOf = (plan: Plan): { readonly open: readonly Finding[]; readonly wanted: readonly Finding[] } => {
    const { findings } = reading.selector.select({ ...plan.loaded, project: plan.project });
    return { open: findings, wanted: ofServicesAndRules(findings, options.service ?? [], options.rule ?? []) };
  };
  const session = options.interactive === true ? (await import("../interactive.js")).startSession(host) : undefined;
  const everyone = projects.map(({ project }) => project);
  // Who is asked one by one reads what each fix may break.
  const renews = options.newSecrets === true || session !== undefined;
  const policyOf = ({ project, read }: Plan): Policy => ({
    ...policy,
    // Each project has secrets of its own.
    ...(renews ? { newSecret: rememberedText(newSecretFor) } : {}),
    // A file that came by itself has no env file beside it that would go back with it.
    ...(reading.isStandardInput ? {} : { keeping: keepingFor(project, everyone, files, read) }),
  });
  const { patch, parts } = await patchAll(projects, files, (plan) => {
    const { open, wanted } = findingsOf(plan);
    return session === undefined
      ? fixPlan(plan, wanted, { ...policyOf(plan), open })
      : session.ask(plan, wanted, policyOf(plan));
  });
  if (policy.overlay !== undefined && patch.changes.some(({ path }) => path !== policy.overlay)) {
    throw new Error("a change does not go to the overlay");
  }
  if (options.verify !== undefined) (await import("../verify-docker.js")).verifyWithDocker(parts);

  const mode = options.check === true ? "wanted" : writes(options) ? "written" : "shown";
  if (mode === "written" && !reading.isStandardInput) writeChanges(patch.changes, files, display);
  if (options.format === "json") host.print(jsonText(patchToJson(patch, { version, display })));
  else if (mode === "shown") printDiff(patch, host);
  else if (mode === "written" && reading.isStandardInput) host.print(patch.changes[0]?.after ?? textOf(projects));
  if (options.quiet !== true) {
    host.say(formatPatch(patch, { ...host.err, display, mode }));
    if (policy.overlay !== undefined && patch.changes.length > 0) sayHowToLoad(policy.overlay, parts, host, display);
  }

  if (hasGap) return EXIT.error;
  return mode === "wanted" && patch.changes.length > 0 ? EXIT.findings : EXIT.ok;
}

/** Docker does not find every override file by itself. */
function sayHowToLoad(overlay: string, parts: readonly Planned[], host: Host, display: DisplayPath): void {
  for (const { loaded, read } of parts) {
    const { entry } = loaded.target;
    const files = entry.files ?? discover(entry, read).files;
    const isFound = /^(?:docker-)?compose\.override\.ya?ml$/.test(basename(overlay));
    if (isFound && dirname(overlay) === dirname(files[0] ?? "")) continue;
    const all = [...new Set([...files, overlay])].map((file) => `-f ${display(file)}`);
    host.say(`start the stack with it: docker compose ${escapeText(all.join(" "))} up\n`);
  }
}

function writes({ write, interactive }: FixOptions): boolean {
  return write === true || interactive === true;
}

function checkOptions(options: FixOptions, { isTerminal }: Host): void {
  checkRuleNames(options.rule ?? []);
  if (options.check === true && writes(options)) {
    throw new UsageError("`--check` only looks: leave out `--write` and `--interactive`");
  }
  if (options.interactive === true && !isTerminal) {
    throw new UsageError("`--interactive` asks questions and needs a terminal; without one, use `--write` or the diff");
  }
  if (options.verify !== undefined && options.verify !== "docker") {
    throw new UsageError(`\`--verify ${options.verify}\`: expected docker`);
  }
}

function sayGaps(projects: readonly Loaded[], host: Host, display: DisplayPath): void {
  for (const { project } of projects) {
    for (const gap of gapsOf(project)) host.say(`gap: ${describeGap(gap, project, display)}\n`);
  }
}

function isRefusedGap({ project }: Loaded, { selector }: Reading, options: FixOptions): boolean {
  const strict = options.strict ?? selector.settingsOf(project.directory).configuration.strict;
  return strict === true && project.gaps.length > 0;
}

/** Rule settings that the command line puts above the configuration. */
function forcedBy({ bindVariable }: FixOptions): Readonly<Record<string, RuleSetting>> {
  if (bindVariable === undefined) return {};
  if (!/^[A-Za-z_]\w*$/.test(bindVariable)) {
    throw new UsageError(`\`--bind-variable=${bindVariable}\`: expected a variable's name, such as BIND_ADDR`);
  }
  return { "published-on-all-interfaces": { options: { bind: `\${${bindVariable}:-127.0.0.1}` } } };
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

function textOf(projects: readonly Loaded[]): string {
  return projects[0]?.project.files[0]?.text ?? "";
}
