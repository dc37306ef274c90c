import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import ignore, { type Ignore } from "ignore";

/** Answers whether git would ignore a file or directory. */
export interface IgnoreRules {
  ignores(path: string, isDirectory: boolean): boolean;
  /** The rules inside a directory: these and those of its own `.gitignore`. */
  inside(directory: string): IgnoreRules;
}

interface Level {
  readonly directory: string;
  readonly matcher: Ignore;
}

/** The directory that holds `.git` at or above a directory; undefined outside of git. `.git` is a file in submodules. */
export function gitRootOf(directory: string): string | undefined {
  for (let here = directory; ; here = dirname(here)) {
    if (existsSync(join(here, ".git"))) return here;
    if (dirname(here) === here) return undefined;
  }
}

/** The directory in which git keeps a work tree's own data; in a further work tree or a submodule `.git` is a file that names it. */
export function gitDirectoryOf(root: string): string {
  const git = join(root, ".git");
  if (statSync(git, { throwIfNoEntry: false })?.isFile() !== true) return git;
  const [, named = ".git"] = /^gitdir: (.*)$/m.exec(readFileSync(git, "utf8")) ?? [];
  return resolve(root, named);
}

/** Where git keeps what all work trees share. */
function sharedDirectoryOf(root: string): string {
  const own = gitDirectoryOf(root);
  const common = join(own, "commondir");
  return existsSync(common) ? resolve(own, readFileSync(common, "utf8").trim()) : own;
}

/** The text of a file of patterns; undefined where there is none. */
export type Patterns = (path: string) => string | undefined;

/**
 * The rules in force in a directory: `.gitignore` from the repository's root down to it, `.git/info/exclude`, and more.
 * `patterns` reads the files.
 */
export function ignoreRulesFor(
  directory: string,
  more: { readonly directory: string; readonly patterns: readonly string[] } = { directory, patterns: [] },
  patterns: Patterns = onDisk,
): IgnoreRules {
  const root = gitRootOf(directory) ?? directory;
  const exclude = levelOf(root, join(sharedDirectoryOf(root), "info", "exclude"), patterns);
  const steps = relative(root, directory).split(sep);
  const directories = steps.map((_, index) => join(root, ...steps.slice(0, index + 1)));
  if (directory !== root) directories.unshift(root);
  const own = more.patterns.length === 0 ? [] : [{ directory: more.directory, matcher: matcherOf(more.patterns) }];
  return rulesOf(
    [...exclude, ...directories.flatMap((here) => levelOf(here, join(here, ".gitignore"), patterns)), ...own],
    patterns,
  );
}

function rulesOf(levels: readonly Level[], patterns: Patterns): IgnoreRules {
  return {
    ignores: (path, isDirectory) => {
      // The deepest file that says anything decides.
      for (const { directory, matcher } of levels.toReversed()) {
        const name = relative(directory, path).split(sep).join("/");
        if (name === "" || name.startsWith("../")) continue;
        const { ignored, unignored } = matcher.test(isDirectory ? `${name}/` : name);
        if (ignored || unignored) return ignored;
      }
      return false;
    },
    inside: (directory) => {
      const level = levelOf(directory, join(directory, ".gitignore"), patterns);
      return level.length === 0 ? rulesOf(levels, patterns) : rulesOf([...levels, ...level], patterns);
    },
  };
}

function onDisk(path: string): string | undefined {
  return existsSync(path) && statSync(path).isFile() ? readFileSync(path, "utf8") : undefined;
}

function levelOf(directory: string, file: string, patterns: Patterns): readonly Level[] {
  const text = patterns(file);
  return text === undefined ? [] : [{ directory, matcher: matcherOf(text) }];
}

function matcherOf(patterns: string | readonly string[]): Ignore {
  return ignore({ allowRelativePaths: true }).add(patterns);
}
