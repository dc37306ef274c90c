import { createHash } from "node:crypto";
import { type Block, blocksOf, linesOf } from "@compose-harden/fixer";

/** A file of a pull request, as `GET …/pulls/N/files` tells of it. */
export interface ChangedFile {
  readonly filename: string;
  /** The name before a renaming. */
  readonly previous_filename?: string;
  readonly status: string;
  /** Of the file's content after the change; null for a submodule. */
  readonly sha: string | null;
  /** The diff's hunks; absent for binary and large files. */
  readonly patch?: string;
}

/** Lines that a diff shows together, counted from 1, in the file after the change. */
export interface Hunk {
  readonly first: number;
  readonly last: number;
  /** The lines that are new or changed; the others are there for orientation. */
  readonly added: ReadonlySet<number>;
}

/** The hunks of a diff without its head; hunks that only take lines away have none in the file after. */
export function hunksOfPatch(patch: string): readonly Hunk[] {
  const hunks: { first: number; last: number; added: Set<number> }[] = [];
  let line = 0;
  for (const text of patch.split("\n")) {
    const head = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(text);
    if (head !== null) {
      const first = Number(head[1]);
      hunks.push({ first, last: first + Number(head[2] ?? 1) - 1, added: new Set() });
      line = first;
    } else if (text.startsWith("+")) hunks.at(-1)?.added.add(line++);
    else if (text.startsWith(" ") || text === "") line++;
  }
  return hunks.filter(({ first, last }) => last >= first);
}

/** Lines that a diff shows around a change. */
const CONTEXT = 3;

/** The hunks between two texts, where GitHub gives no diff; without a text before, everything is new. */
export function hunksBetween(before: string | undefined, after: string): readonly Hunk[] {
  const total = linesOf(after).length;
  let grown = 0;
  const hunks: { first: number; last: number; added: Set<number> }[] = [];
  for (const { start, count, lines } of lineBlocks(before ?? "", after)) {
    const from = start + grown + 1;
    const added = lines.map((_, index) => from + index);
    grown += lines.length - count;
    const first = Math.max(1, from - CONTEXT);
    const last = Math.min(total, from + lines.length - 1 + CONTEXT);
    const open = hunks.at(-1);
    if (open === undefined || first > open.last + 1) hunks.push({ first, last, added: new Set(added) });
    else {
      open.last = last;
      for (const line of added) open.added.add(line);
    }
  }
  return hunks.filter(({ first, last }) => last >= first);
}

function lineBlocks(before: string, after: string): readonly Block[] {
  return blocksOf({ path: "", before: { path: "", text: before }, after });
}

/** The name git gives to a content. */
export function blobSha(bytes: Buffer): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/**
 * Where lines of the checked-out file are in the pull request's own version of it, both counted from 1. The two differ when the base
 * branch changed the file too and its merge is checked out. Line endings do not count.
 */
export function lineMap(here: string, there: string): (line: number) => number | undefined {
  const plain = (text: string) => text.replace(/\r\n/g, "\n");
  const blocks = lineBlocks(plain(here), plain(there));
  return (line) => {
    let grown = 0;
    for (const { start, count, lines } of blocks) {
      if (line - 1 < start) break;
      if (line - 1 < start + count) return undefined;
      grown += lines.length - count;
    }
    return line + grown;
  };
}

/** A file of the diff, seen from the checked-out one. */
export interface DiffFile {
  /** From the top of the repository, as GitHub calls it. */
  readonly name: string;
  readonly hunks: readonly Hunk[];
  /** The line in the pull request's version of the file. */
  lineThere(line: number): number | undefined;
}

/** True for a line that the change wrote. */
export function isAdded({ hunks, lineThere }: DiffFile, line: number): boolean {
  const there = lineThere(line);
  return there !== undefined && hunks.some(({ added }) => added.has(there));
}

/** The lines in the pull request's version, if the diff shows all of them in one piece. */
export function shownLines(
  { hunks, lineThere }: DiffFile,
  first: number,
  last: number,
): { readonly first: number; readonly last: number } | undefined {
  const start = lineThere(first);
  if (start === undefined) return undefined;
  for (let line = first; line <= last; line++) if (lineThere(line) !== start + line - first) return undefined;
  const end = start + last - first;
  return hunks.some((hunk) => hunk.first <= start && end <= hunk.last) ? { first: start, last: end } : undefined;
}
