import type { FileChange, Patch } from "@compose-harden/model";
import { structuredPatch } from "diff";

/** Lines of unchanged text around a change. */
const CONTEXT = 3;

/**
 * The patch as one unified diff that `git apply` and `patch -p1` take, in the order of its changes. Paths are relative to
 * `root` where they are inside it.
 */
export function diff(patch: Patch, root = "/"): string {
  return patch.changes.map((change) => fileDiff(change, root)).join("");
}

function fileDiff({ path, before, after }: FileChange, root: string): string {
  const base = root.endsWith("/") ? root : `${root}/`;
  const name = (path.startsWith(base) ? path.slice(base.length) : path).replace(/^\/+/, "");
  const { hunks } = structuredPatch(name, name, before?.text ?? "", after, "", "", { context: CONTEXT });
  // No `diff --git` line: with it, git takes paths from the top of the repository wherever it runs, and `patch` does not.
  const head = [`--- ${before === undefined ? "/dev/null" : labelOf(`a/${name}`)}\n`, `+++ ${labelOf(`b/${name}`)}\n`];
  const body = hunks.map(
    ({ oldStart, oldLines, newStart, newLines, lines }) =>
      `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@\n${lines.map((line) => `${line}\n`).join("")}`,
  );
  return hunks.length === 0 ? "" : head.join("") + body.join("");
}

function range(start: number, count: number): string {
  // Of no lines, the number is that of the line in front.
  return count === 1 ? String(start) : `${count === 0 ? start - 1 : start},${count}`;
}

/** As git writes names: between quotes with escapes where bytes need them. */
function fileName(name: string): string {
  if (!/["\\\x00-\x1f\x7f-\uffff]/.test(name)) return name;
  const escapes: Readonly<Record<string, string>> = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r" };
  const text = [...name].map((char) => {
    if (char === '"' || char === "\\" || char < " ") return escapes[char] ?? octal(char.charCodeAt(0));
    if (char <= "~") return char;
    // In UTF-8, one byte after the other.
    return [...encodeURIComponent(char).matchAll(/[0-9A-F]{2}/g)]
      .map(([hex]) => octal(Number.parseInt(hex, 16)))
      .join("");
  });
  return `"${text.join("")}"`;
}

function octal(byte: number): string {
  return `\\${byte.toString(8).padStart(3, "0")}`;
}

/** A name with blanks is closed by a tab, so that nothing behind it is taken for a date. */
function labelOf(name: string): string {
  const text = fileName(name);
  return text.includes(" ") && !text.startsWith('"') ? `${text}\t` : text;
}
