import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { escapeText } from "@compose-harden/report";
import { UsageError } from "../errors.js";
import { FILE_NAMES, MANIFEST_NAME, PACKAGE_KEY } from "../settings/find.js";

/** What differs from a commit. */
export interface Changes {
  /** True when one of these paths differs, or does not exist any more, or is new. */
  touches(paths: Iterable<string>): boolean;
  /** True when anything below a directory differs. */
  isBelow(directory: string): boolean;
  /** True when a configuration, `.gitignore` or other file that decides about all projects around a directory differs. */
  governs(directory: string): boolean;
}

/**
 * What differs between the files as they are and the commit where `reference` and the current commit parted: edited, renamed,
 * deleted and new files, committed or not. Throws a `UsageError` where git cannot tell.
 */
export function changesSince(reference: string, cwd: string): Changes {
  const top = git(cwd, ["rev-parse", "--show-toplevel"]);
  if (top === undefined) throw new UsageError("`--changed-since` needs git and a repository here");
  const root = realpathSync(top.replace(/\n$/, ""));
  const commit = git(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${reference}^{commit}`])?.trim();
  const shown = escapeText(reference);
  if (commit === undefined) {
    throw new UsageError(
      `\`--changed-since ${shown}\`: git knows no such commit; a shallow clone has to fetch it first (\`fetch-depth: 0\`)`,
    );
  }
  const start = git(root, ["merge-base", commit, "HEAD"])?.trim();
  if (start === undefined) {
    throw new UsageError(
      `\`--changed-since ${shown}\`: git knows no common ancestor with the current commit; a shallow clone has to fetch it first (\`fetch-depth: 0\`)`,
    );
  }
  const changed = git(root, [...DIFF, start, "--"]);
  const added = git(root, ["ls-files", "--others", "--exclude-standard", "-z"]);
  if (changed === undefined || added === undefined) {
    throw new UsageError(`\`--changed-since ${shown}\`: git cannot tell what changed`);
  }
  const pathsOf = (names: string) => names.split("\0").flatMap((name) => (name === "" ? [] : [join(root, name)]));
  const manifests = git(root, [...DIFF, "-G", PACKAGE_KEY, start, "--", `:(top,glob)**/${MANIFEST_NAME}`]) ?? "";
  return changesOf(pathsOf(changed + added), pathsOf(manifests));
}

/** A rename is a deleted file and a new one: both names count. */
const DIFF = ["diff", "--name-only", "--no-renames", "--no-ext-diff", "-z"];

/** Output of a git command; undefined when it fails. */
function git(cwd: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync("git", args, { cwd, encoding: "utf8", maxBuffer: 1024 * 1024 * 1024 });
  return status === 0 ? stdout : undefined;
}

const GOVERNING = new Set([...FILE_NAMES, ".gitignore"]);

/** Changes by their real paths; `manifests` are those whose part about this program changed. */
export function changesOf(paths: readonly string[], manifests: readonly string[] = []): Changes {
  const changed = new Set(paths);
  const directories = new Set<string>();
  for (const path of paths) {
    for (let here = dirname(path); !directories.has(here); here = dirname(here)) directories.add(here);
  }
  const governing = [...paths.filter((path) => GOVERNING.has(basename(path))), ...manifests].map(dirname);
  const real = realPaths();
  // A submodule is one change, at its directory.
  const isChanged = (path: string): boolean => {
    for (let here = path; ; here = dirname(here)) {
      if (changed.has(here)) return true;
      if (dirname(here) === here) return false;
    }
  };
  return {
    touches: (asked) => {
      for (const path of asked) if (isChanged(path) || isChanged(real(path))) return true;
      return false;
    },
    isBelow: (directory) => directories.has(real(directory)) || isChanged(real(directory)),
    governs: (directory) => {
      const here = real(directory);
      return governing.some((top) => here === top || here.startsWith(top.endsWith(sep) ? top : `${top}${sep}`));
    },
  };
}

/** The path with links resolved, as far as it exists. */
function realPaths(): (path: string) => string {
  const known = new Map<string, string>();
  const real = (path: string): string => {
    const before = known.get(path);
    if (before !== undefined) return before;
    let result: string;
    try {
      result = realpathSync.native(path);
    } catch {
      const parent = dirname(path);
      result = parent === path ? path : join(real(parent), basename(path));
    }
    known.set(path, result);
    return result;
  };
  return real;
}
