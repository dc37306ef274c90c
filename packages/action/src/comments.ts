import { bySeverity, type Entry, formatComment, printsIn } from "@compose-harden/report";
import { type DiffFile, isAdded, shownLines } from "./changes.js";
import type { Suggestion, Withheld } from "./suggestions.js";

/** A comment as it is to stand on the pull request. */
export interface Comment {
  /** From the top of the repository. */
  readonly path: string;
  /** Lines of the pull request's version of the file, counted from 1; the first one only for several. */
  readonly startLine: number | undefined;
  readonly line: number;
  readonly body: string;
  readonly entries: readonly Entry[];
}

/** What comments are made of. */
export interface Material {
  /** Findings, with files named from the top of the repository. */
  readonly entries: readonly Entry[];
  readonly diff: ReadonlyMap<string, DiffFile>;
  /** With paths from the top of the repository. */
  readonly suggestions: readonly Suggestion[];
  readonly withheld: ReadonlyMap<string, Withheld>;
  /** True: every finding is a consequence of the change, and has its place on any line that the diff shows. */
  readonly isAllNew: boolean;
}

/** The findings that belong to the change: on lines that it wrote, and all that the diff shows where only new ones are left. */
export function concerned({ entries, diff, isAllNew }: Omit<Material, "suggestions" | "withheld">): readonly Entry[] {
  return entries.filter(({ kind, file, start, end }) => {
    const found = diff.get(file);
    if (kind !== "finding" || found === undefined) return false;
    for (let line = start.line; line <= end.line; line++) if (isAdded(found, line)) return isShown(found, start.line);
    return isAllNew && isShown(found, start.line);
  });
}

function isShown(file: DiffFile, line: number): boolean {
  return shownLines(file, line, line) !== undefined;
}

/** The comments: one for each suggestion, with what else there is to say about its lines, then one for each other line. Worst first. */
export function commentsFor(material: Material): readonly Comment[] {
  const { diff, suggestions, withheld } = material;
  const open = [...bySeverity(concerned(material))];
  const take = (belongs: (entry: Entry) => boolean): readonly Entry[] => {
    const taken = open.filter(belongs);
    for (const entry of taken) open.splice(open.indexOf(entry), 1);
    return taken;
  };
  const comments: Comment[] = [];
  const add = (file: string, first: number, last: number, entries: readonly Entry[], suggestion?: Suggestion) => {
    const found = diff.get(file);
    const place = found === undefined ? undefined : shownLines(found, first, last);
    if (place === undefined || entries.length === 0) return;
    const isMended = ({ fingerprint }: Entry) => suggestion?.prints.includes(fingerprint) === true;
    const notes = notesFor(
      entries.filter((entry) => !isMended(entry)),
      withheld,
    );
    const rest = suggestion !== undefined && !entries.every(isMended) ? ["the suggestion mends only some of this"] : [];
    const block = suggestion?.hasCarriageReturns === true ? "replacement" : "suggestion";
    const endings = block === "replacement" ? [WINDOWS] : [];
    comments.push({
      path: file,
      startLine: place.first === place.last ? undefined : place.first,
      line: place.last,
      entries,
      body: formatComment({
        entries,
        notes: [...rest, ...notes, ...endings],
        ...(suggestion === undefined ? {} : { [block]: suggestion.lines }),
      }),
    });
  };
  const mended = suggestions.map((suggestion) => ({
    suggestion,
    entries: take(({ fingerprint }) => suggestion.prints.includes(fingerprint)),
  }));
  for (const { suggestion, entries } of mended) {
    const { path, first, last } = suggestion;
    const others = take(({ file, start }) => file === path && first <= start.line && start.line <= last);
    add(path, first, last, bySeverity([...entries, ...others]), suggestion);
  }
  for (let [entry] = open; entry !== undefined; [entry] = open) {
    const { file, start } = entry;
    add(
      file,
      start.line,
      start.line,
      take((other) => other.file === file && other.start.line === start.line),
    );
  }
  return [
    ...bySeverity(comments.map((comment) => ({ comment, severity: comment.entries[0]?.severity ?? "info" }))),
  ].map(({ comment }) => comment);
}

function notesFor(entries: readonly Entry[], withheld: ReadonlyMap<string, Withheld>): readonly string[] {
  const reasons = new Set(entries.flatMap(({ fingerprint }) => withheld.get(fingerprint) ?? []));
  return [...reasons].map((reason) => NOTES[reason]);
}

/**
 * Suggestions have been seen to leave a file with mixed line endings: https://github.com/w3c-fedid/digital-credentials/pull/572,
 * https://github.com/LexiFi/dead_code_analyzer/pull/71.
 */
const WINDOWS =
  "no suggestion to click, since this file has Windows line endings and it may write others: copy these lines, or run `compose-harden fix`";

const NOTES: Readonly<Record<Withheld, string>> = {
  secret: "no suggestion is shown, since its lines hold a secret: run `compose-harden fix`",
  refused: "the fix cannot be proven for this file: `compose-harden fix` says why",
  files: "the fix changes more than this file: run `compose-harden fix`",
  outside: "the fix changes lines that this diff does not show: run `compose-harden fix`",
  characters: "the fix cannot be shown here byte for byte: run `compose-harden fix`",
};

/** A thread that an earlier run began. */
export interface Thread {
  readonly id: string;
  readonly commentId: number;
  readonly path: string;
  /** Where it stands now; null where the lines are gone. */
  readonly startLine: number | null;
  readonly line: number | null;
  readonly isOutdated: boolean;
  readonly isResolved: boolean;
  /** True if this program resolved it, not a person. */
  readonly isResolvedByUs: boolean;
  readonly body: string;
}

/** What makes the threads say what the comments say. */
export interface Changes {
  readonly create: readonly Comment[];
  readonly update: readonly { readonly thread: Thread; readonly body: string }[];
  readonly resolve: readonly Thread[];
  readonly reopen: readonly Thread[];
  /** Comments that stand there already; a person may have resolved them. */
  readonly kept: readonly Comment[];
}

/**
 * Compares threads with comments. A thread belongs to the comment that shares most findings with it. It stays where it is if it stands at
 * the same lines; otherwise the comment is made anew there. A thread none of whose findings is left is resolved; one that a person
 * resolved stays so. `present` are the fingerprints of everything found, shown in the diff or not.
 */
export function compare(
  comments: readonly Comment[],
  threads: readonly Thread[],
  present: ReadonlySet<string>,
): Changes {
  const free = new Set(threads);
  const create: Comment[] = [];
  const update: { thread: Thread; body: string }[] = [];
  const resolve: Thread[] = [];
  const reopen: Thread[] = [];
  const kept: Comment[] = [];
  for (const comment of comments) {
    const prints = new Set(comment.entries.map(({ fingerprint }) => fingerprint));
    const shared = (thread: Thread) => (printsIn(thread.body) ?? []).filter((print) => prints.has(print)).length;
    const isHere = (thread: Thread) =>
      !thread.isOutdated &&
      thread.path === comment.path &&
      thread.line === comment.line &&
      (thread.startLine ?? undefined) === comment.startLine;
    const [best] = [...free]
      .filter((thread) => shared(thread) > 0)
      .sort((a, b) => Number(isHere(b)) - Number(isHere(a)) || shared(b) - shared(a));
    if (best === undefined) create.push(comment);
    else {
      const isSettled = best.isResolved && !best.isResolvedByUs;
      // What a person closed stays closed, as long as nothing was added to it.
      const isCovered = (printsIn(best.body) ?? []).length >= prints.size && shared(best) === prints.size;
      if (isHere(best)) {
        free.delete(best);
        if (isSettled && !isCovered) create.push(comment);
        else {
          kept.push(comment);
          if (best.body !== comment.body && !isSettled) update.push({ thread: best, body: comment.body });
          if (best.isResolved && !isSettled) reopen.push(best);
        }
      } else if (isSettled && isCovered) {
        free.delete(best);
        kept.push(comment);
      } else create.push(comment);
    }
  }
  const created = new Set(create.flatMap(({ entries }) => entries.map(({ fingerprint }) => fingerprint)));
  for (const thread of free) {
    const prints = printsIn(thread.body) ?? [];
    const isGone = prints.every((print) => !present.has(print) || created.has(print));
    if (isGone && !thread.isResolved) resolve.push(thread);
  }
  return { create, update, resolve, reopen, kept };
}
