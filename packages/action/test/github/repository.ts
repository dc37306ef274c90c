import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { IDENTITY } from "../../../../test/hooks/identity.js";

/** A file of a pull request as git tells of it. */
export interface DiffEntry {
  readonly filename: string;
  readonly previous_filename?: string;
  readonly status: "added" | "removed" | "modified" | "renamed";
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  readonly changes: number;
  readonly patch?: string;
}

/** A real git repository that plays the one on GitHub. */
export interface GitRepository {
  readonly folder: string;
  /** Writes files (undefined: removes), commits on a branch, and gives the commit's name. */
  commit(branch: string, files: Readonly<Record<string, string | undefined>>, from?: string): string;
  git(...args: readonly string[]): string;
  /** The files that differ between two commits, as GitHub shows them. */
  diff(base: string, head: string): readonly DiffEntry[];
  /** The text of a file in a commit. */
  text(ref: string, path: string): string | undefined;
}

/** Makes a repository in a temporary folder, removed after the test. */
export function gitRepository(): GitRepository {
  const folder = mkdtempSync(join(tmpdir(), "compose-harden-action-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const git = (...args: readonly string[]): string =>
    execFileSync("git", args, {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 256 * 1024 * 1024,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...IDENTITY },
    });
  const diffs = new Map<string, readonly DiffEntry[]>();
  git("init", "-q", "-b", "main");
  git("config", "core.quotePath", "false");
  git("config", "core.autocrlf", "false");
  git("commit", "-q", "--allow-empty", "-m", "start");
  return {
    folder,
    git,
    commit: (branch, files, from = "main") => {
      const exists = git("branch", "--list", branch).trim() !== "";
      if (exists) git("checkout", "-q", "-f", branch);
      else git("checkout", "-q", "-f", "-b", branch, from);
      for (const [name, text] of Object.entries(files)) {
        const path = join(folder, name);
        if (text === undefined) rmSync(path);
        else {
          mkdirSync(dirname(path), { recursive: true });
          writeFileSync(path, text);
        }
      }
      git("add", "-A");
      git("commit", "-q", "--allow-empty", "-m", "change");
      return git("rev-parse", "HEAD").trim();
    },
    diff: (base, head) => {
      const known = diffs.get(`${base} ${head}`) ?? diffOf(git, base, head);
      diffs.set(`${base} ${head}`, known);
      return known;
    },
    text: (ref, path) => {
      try {
        return git("show", `${ref}:${path}`);
      } catch {
        return undefined;
      }
    },
  };
}

/** GitHub gives no patch for a file whose diff is longer. */
const MAX_PATCH_LINES = 3000;

function diffOf(git: GitRepository["git"], base: string, head: string): readonly DiffEntry[] {
  const start = git("merge-base", base, head).trim();
  const fields = git("diff", "--raw", "-z", "--no-abbrev", "-M", start, head).split("\0");
  const entries: DiffEntry[] = [];
  for (let index = 0; index < fields.length - 1; ) {
    const [, , , sha = "", letter = ""] = (fields[index++] ?? "").split(" ");
    const first = fields[index++] ?? "";
    const isRenamed = letter.startsWith("R");
    const filename = isRenamed ? (fields[index++] ?? "") : first;
    const names = isRenamed ? [first, filename] : [filename];
    const text = git("diff", "-M", "-U3", start, head, "--", ...names);
    const hunks = text.indexOf("\n@@ ");
    const patch = hunks < 0 ? undefined : text.slice(hunks + 1).replace(/\n$/, "");
    const lines = (patch ?? "").split("\n");
    const additions = lines.filter((line) => line.startsWith("+")).length;
    const deletions = lines.filter((line) => line.startsWith("-")).length;
    entries.push({
      filename,
      ...(isRenamed ? { previous_filename: first } : {}),
      status: isRenamed ? "renamed" : letter === "A" ? "added" : letter === "D" ? "removed" : "modified",
      sha: letter === "D" ? git("rev-parse", `${start}:${filename}`).trim() : sha,
      additions,
      deletions,
      changes: additions + deletions,
      ...(patch === undefined || lines.length > MAX_PATCH_LINES ? {} : { patch }),
    });
  }
  return entries;
}
