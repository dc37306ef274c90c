import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { diff } from "@compose-harden/fixer";
import type { Patch } from "@compose-harden/model";
import { isInstalled } from "../installed.js";

/** The programs that take a patch, as people call them. */
const PROGRAMS: readonly (readonly [string, ...string[]])[] = [
  ["git", "apply", "--whitespace=nowarn", "-"],
  ["patch", "-p1", "--binary", "--silent"],
];

/** Applies the printed patch with `git apply` and `patch -p1`, as far as they are installed; what goes wrong, in words. */
export function misapplied(patch: Patch): readonly string[] {
  return PROGRAMS.filter(([program]) => isInstalled(program)).flatMap(([program, ...options]) => {
    const root = mkdtempSync(join(tmpdir(), "compose-harden-"));
    try {
      const place = (path: string) => join(root, path);
      for (const { path, before } of patch.changes) {
        mkdirSync(dirname(place(path)), { recursive: true });
        if (before !== undefined) writeFileSync(place(path), before.text);
      }
      execFileSync(program, options, { cwd: root, input: diff(patch), stdio: ["pipe", "pipe", "pipe"] });
      return patch.changes
        .filter(({ path, after }) => readFileSync(place(path), "utf8") !== after)
        .map(({ path }) => `${program}: ${path} has other bytes`);
    } catch (error) {
      return [`${program}: ${error instanceof Error ? error.message : String(error)}`];
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
}
