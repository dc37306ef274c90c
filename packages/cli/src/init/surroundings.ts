import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Where changes are checked. */
export const CIS = ["github", "gitlab", "forgejo"] as const;
/** One of them. */
export type Ci = (typeof CIS)[number];

/** What runs commands before a commit. */
export const HOOKS = ["pre-commit", "lefthook", "husky"] as const;
/** One of them. */
export type Hook = (typeof HOOKS)[number];

/** The CI systems that a repository already uses. */
export function cisOf(root: string): readonly Ci[] {
  const marks: Readonly<Record<Ci, readonly string[]>> = {
    github: [".github"],
    gitlab: [".gitlab-ci.yml", ".gitlab"],
    forgejo: [".forgejo", ".gitea"],
  };
  return CIS.filter((ci) => marks[ci].some((name) => existsSync(join(root, name))));
}

/** Names of the files that a hook manager reads, the one it writes itself first. */
export const HOOK_FILES: Readonly<Record<Hook, readonly [string, ...string[]]>> = {
  "pre-commit": [".pre-commit-config.yaml", ".pre-commit-config.yml"],
  lefthook: ["lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml", "lefthook.json", "lefthook.toml"],
  husky: [".husky/pre-commit"],
};

/** The hook manager that a repository already uses. */
export function hookOf(root: string): Hook | undefined {
  const isThere = (hook: Hook) => HOOK_FILES[hook].some((name) => existsSync(join(root, name)));
  return HOOKS.find(isThere) ?? (isDirectory(join(root, ".husky")) || usesHusky(root) ? "husky" : undefined);
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function usesHusky(root: string): boolean {
  try {
    return /"husky"\s*:/.test(readFileSync(join(root, "package.json"), "utf8"));
  } catch {
    return false;
  }
}
