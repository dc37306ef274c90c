import { existsSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { counted, escapeText } from "@compose-harden/report";
import { EXIT, type ExitCode, UsageError } from "../errors.js";
import { gitRootOf } from "../files/gitignore.js";
import { writeChanges } from "../files/write.js";
import { displayFrom, type Host } from "../host.js";
import { type Ci, cisOf, HOOK_FILES, type Hook, hookOf } from "../init/surroundings.js";
import { CONFIGURATION, ciTemplate, hookTemplate, type Template } from "../init/templates.js";
import { labelOf } from "../load.js";
import { findProjects, type Search } from "../read.js";

/** Options of `init`. */
export interface InitOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly ci?: readonly (Ci | "none")[];
  readonly hook?: Hook | "none";
}

/** `compose-harden init`: looks at the repository, shows what it would write, and writes it. No file that is there is touched. */
export async function runInit(options: InitOptions, host: Host): Promise<ExitCode> {
  if (options.yes === true && options.dryRun === true)
    throw new UsageError("give either `--yes` or `--dry-run`, not both");
  const root = gitRootOf(host.cwd) ?? host.cwd;
  const search = searchBelow(root, host);
  sayProjects(search, host);
  if (options.ci === undefined && cisOf(root).length === 0) host.say("no CI found: `--ci` names one\n");
  if (options.hook === undefined && hookOf(root) === undefined) host.say("no hook manager found: `--hook` names one\n");
  const display = displayFrom(host.cwd);
  const { missing, present } = partedBy(templatesFor(root, options), root);
  for (const { path, text } of missing) host.print(shown(`${display(join(root, path))}`, text, host));
  for (const { path, text } of present) {
    host.print(shown(`${display(join(root, path))} is there already and stays as it is; to add by hand:`, text, host));
  }
  if (missing.length === 0) {
    host.say("nothing to write\n");
    return EXIT.ok;
  }
  if (!(await isWanted(options, missing.length, host))) {
    host.say(
      options.dryRun === true || host.isTerminal ? "nothing was written\n" : "nothing was written: `--yes` writes it\n",
    );
    return EXIT.ok;
  }
  write(missing, root, search, host);
  for (const { path, followUp } of missing) {
    host.say(`written: ${escapeText(display(join(root, path)))}\n`);
    if (followUp !== undefined) host.say(`${followUp.replace(/^/gm, "  ")}\n`);
  }
  return EXIT.ok;
}

function searchBelow(root: string, host: Host): Search {
  try {
    return findProjects([], { config: false }, { ...host, cwd: root });
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${error.message}: there is nothing to set up for`);
    throw error;
  }
}

function sayProjects({ targets }: Search, host: Host): void {
  const display = displayFrom(host.cwd);
  const names = targets.slice(0, 10).map((target) => labelOf({ target, project: { files: [] } }, display));
  const more = targets.length > names.length ? [`and ${targets.length - names.length} more`] : [];
  host.say(`${counted(targets.length, "project")}: ${[...names.map(escapeText), ...more].join(", ")}\n`);
}

/** What the repository lacks, as far as it shows what it uses. */
function templatesFor(root: string, options: InitOptions): readonly Template[] {
  const cis = options.ci?.filter((ci) => ci !== "none") ?? cisOf(root);
  const hook = options.hook ?? hookOf(root);
  return [
    { path: "compose-harden.config.yaml", text: CONFIGURATION },
    ...cis.map(ciTemplate),
    ...(hook === undefined || hook === "none" ? [] : [hookTemplate(hook)]),
  ];
}

/** Parts templates into files to write, and those in whose place something stands already. */
function partedBy(
  templates: readonly Template[],
  root: string,
): { readonly missing: readonly Template[]; readonly present: readonly Template[] } {
  const standing = new Map<Template, string>();
  for (const template of templates) {
    const names = [template.path, ...othersLike(template.path)];
    const found = names.find((name) => existsSync(join(root, name)));
    if (found !== undefined) standing.set(template, found);
  }
  return {
    missing: templates.filter((template) => !standing.has(template)),
    present: templates.flatMap((template) => {
      const path = standing.get(template);
      return path === undefined || holds(join(root, path), template.text) ? [] : [{ ...template, path }];
    }),
  };
}

/** True for a file that says so already. */
function holds(path: string, text: string): boolean {
  try {
    return readFileSync(path, "utf8").includes(text.trim());
  } catch {
    return false;
  }
}

/** Other names under which the same thing may stand. */
function othersLike(path: string): readonly string[] {
  if (path.startsWith("compose-harden.config.")) return ["compose-harden.config.yml", "compose-harden.config.json"];
  if (path.startsWith(".forgejo/")) return [path.replace(".forgejo/", ".gitea/")];
  return (
    Object.values(HOOK_FILES)
      .find((names) => names[0] === path)
      ?.slice(1) ?? []
  );
}

function shown(title: string, text: string, { out }: Host): string {
  const lines = text.trimEnd().split("\n");
  return `${out.style.bold(escapeText(title))}\n${lines.map((line) => `    ${escapeText(line)}`).join("\n")}\n\n`;
}

async function isWanted({ yes, dryRun }: InitOptions, count: number, host: Host): Promise<boolean> {
  if (yes === true) return true;
  if (dryRun === true || !host.isTerminal) return false;
  const { createInterface } = await import("node:readline/promises");
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(?:es)?$/i.test((await lines.question(`write ${counted(count, "file")}? [y/N] `)).trim());
  } finally {
    lines.close();
  }
}

function write(templates: readonly Template[], root: string, { files }: Search, host: Host): void {
  const top = realpathSync(root);
  for (const { path } of templates) {
    const directory = dirname(join(root, path));
    const parent = existing(directory);
    if (relative(top, realpathSync(parent)).split(sep)[0] === "..") {
      throw new UsageError(
        `\`${escapeText(displayFrom(host.cwd)(parent))}\` leads out of the repository: nothing was written`,
      );
    }
    mkdirSync(directory, { recursive: true });
  }
  const changes = templates.map(({ path, text, isExecutable }) => ({
    path: join(root, path),
    before: undefined,
    after: text,
    ...(isExecutable === true ? { mode: 0o755 } : {}),
  }));
  writeChanges(changes, files, displayFrom(host.cwd));
}

/** The directory itself, or the nearest one above that exists. */
function existing(directory: string): string {
  return existsSync(directory) ? directory : existing(dirname(directory));
}
