import { dirname, join, relative, sep } from "node:path";
import type { GitState, Read } from "@compose-harden/model";
import { isTracked } from "./git-index.js";
import { gitRootOf, ignoreRulesFor } from "./gitignore.js";

/** What git does with a file, by its index and by the patterns that `read` finds; the file need not exist. */
export function gitStateOf(path: string, read: Read): GitState {
  const root = gitRootOf(dirname(path));
  if (root === undefined) return "outside";
  if (isTracked(root, path)) return "tracked";
  const rules = ignoreRulesFor(dirname(path), undefined, (file) => {
    const found = read(file);
    return found.kind === "file" ? found.text : undefined;
  });
  return rules.ignores(path, false) ? "ignored" : "open";
}

/** The line that keeps git from a file, and the file of patterns for it: the nearest above, or a new one beside it. */
export function ignoreLineFor(path: string, read: Read): { readonly ignoreFile: string; readonly line: string } {
  const beside = dirname(path);
  const root = gitRootOf(beside) ?? beside;
  let directory = beside;
  while (directory !== root && read(join(directory, ".gitignore")).kind !== "file") directory = dirname(directory);
  if (read(join(directory, ".gitignore")).kind !== "file") directory = beside;
  const name = relative(directory, path).split(sep).join("/");
  return { ignoreFile: join(directory, ".gitignore"), line: `/${name.replace(/[\\*?[\]!# ]/g, "\\$&")}` };
}
