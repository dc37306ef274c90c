import type { Edit, FileChange, Patch } from "@compose-harden/model";
import { diffArrays } from "diff";
import { applyEdits } from "./edits.js";

/** Lines of unchanged text around a change. */
const CONTEXT = 3;

/**
 * The patch as one unified diff that `git apply` and `patch -p1` take, in the order of its changes. Paths are relative to
 * `root` where they are inside it.
 */
export function diff(patch: Patch, root = "/"): string {
  return patch.changes.map((change) => fileDiff(change, root)).join("");
}

function fileDiff(change: FileChange, root: string): string {
  const { path, before } = change;
  const base = root.endsWith("/") ? root : `${root}/`;
  const name = (path.startsWith(base) ? path.slice(base.length) : path).replace(/^\/+/, "");
  // No `diff --git` line: with it, git takes paths from the top of the repository wherever it runs, and `patch` does not.
  const head = `--- ${before === undefined ? "/dev/null" : labelOf(`a/${name}`)}\n+++ ${labelOf(`b/${name}`)}\n`;
  const hunks = hunksOf(linesOf(before?.text ?? ""), blocksOf(change));
  return hunks === "" ? "" : head + hunks;
}

/** Lines that give way to others. */
export interface Block {
  /** Index of the first old line that goes; where none goes, of the one in front of which the new ones come. */
  readonly start: number;
  readonly count: number;
  readonly lines: readonly string[];
}

/** Lines with their endings. */
export function linesOf(text: string): readonly string[] {
  return text.split(/(?<=\n)/).filter((line) => line !== "");
}

/** The changed lines of a file, from top to bottom. Only lines that edits touch are compared, so that the time does not grow with the square of the file. */
export function blocksOf({ before, after, edits }: FileChange): readonly Block[] {
  const text = before?.text ?? "";
  if (edits === undefined) return compared(linesOf(text), linesOf(after), 0);
  const starts = [0, ...[...text.matchAll(/\n/g)].map((match) => match.index + 1)];
  const regions: { first: number; last: number; edits: Edit[] }[] = [];
  const sorted = [...edits].sort((a, b) => a.range.start - b.range.start);
  for (const edit of sorted) {
    const first = lineAt(starts, edit.range.start);
    const last = lineAt(starts, edit.range.end);
    const region = regions.at(-1);
    if (region !== undefined && first <= region.last + 1) {
      region.last = Math.max(region.last, last);
      region.edits.push(edit);
    } else regions.push({ first, last, edits: [edit] });
  }
  return regions.flatMap(({ first, last, edits: inside }) => {
    const start = starts[first] ?? 0;
    const old = text.slice(start, starts[last + 1] ?? text.length);
    const moved = inside.map(({ range, text: by }) => ({
      range: { ...range, start: range.start - start, end: range.end - start },
      text: by,
    }));
    return compared(linesOf(old), linesOf(applyEdits(old, moved)), first);
  });
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low;
}

function compared(old: readonly string[], now: readonly string[], offset: number): readonly Block[] {
  const blocks: Block[] = [];
  let at = offset;
  let open: { start: number; count: number; lines: string[] } | undefined;
  for (const { added, removed, value } of diffArrays([...old], [...now])) {
    if (!added && !removed) {
      if (open !== undefined) blocks.push(open);
      open = undefined;
      at += value.length;
      continue;
    }
    open ??= { start: at, count: 0, lines: [] };
    if (added) open.lines.push(...value);
    else {
      open.count += value.length;
      at += value.length;
    }
  }
  return open === undefined ? blocks : [...blocks, open];
}

/** The hunks: blocks with the lines around them, those close to each other in one. */
function hunksOf(old: readonly string[], blocks: readonly Block[]): string {
  const groups: Block[][] = [];
  for (const block of blocks) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && block.start - (last.start + last.count) <= 2 * CONTEXT)
      group.push(block);
    else groups.push([block]);
  }
  let grown = 0;
  return groups
    .map((group) => {
      const [first, last] = [group[0], group.at(-1)];
      if (first === undefined || last === undefined) return "";
      const from = Math.max(0, first.start - CONTEXT);
      const to = Math.min(old.length, last.start + last.count + CONTEXT);
      const body: string[] = [];
      let at = from;
      let added = 0;
      for (const { start, count, lines } of group) {
        body.push(...old.slice(at, start).map((line) => ` ${line}`));
        body.push(...old.slice(start, start + count).map((line) => `-${line}`), ...lines.map((line) => `+${line}`));
        at = start + count;
        added += lines.length - count;
      }
      body.push(...old.slice(at, to).map((line) => ` ${line}`));
      const head = `@@ -${range(from, to - from)} +${range(from + grown, to - from + added)} @@\n`;
      grown += added;
      return (
        head + body.map((line) => (line.endsWith("\n") ? line : `${line}\n\\ No newline at end of file\n`)).join("")
      );
    })
    .join("");
}

function range(from: number, count: number): string {
  // Of no lines, the number is that of the line in front.
  const start = count === 0 ? from : from + 1;
  return count === 1 ? String(start) : `${start},${count}`;
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
