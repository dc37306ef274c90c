import {
  accessSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { FileChange } from "@compose-harden/model";
import type { DisplayPath } from "@compose-harden/report";
import { UsageError } from "../errors.js";
import { errorCode, type Files, type Snapshot } from "./reader.js";

/** One file on its way: the new content lies beside the old one, ready to take its name. */
interface Staged {
  readonly change: FileChange;
  /** The file that is replaced or created, links resolved. */
  readonly target: string;
  readonly next: string;
  /** A second name of the old content, for the way back; undefined for a created file. */
  readonly previous: string | undefined;
}

/**
 * Replaces all files of a patch or none. A file is refused if it changed since it was read, may not be written, or could not keep
 * its owner and mode. Each is written beside the old one, made durable and renamed over it, so that at any moment, also after
 * a crash, every file is either the old or the new one. Throws a `UsageError` that says what happened and what was put back.
 */
export function writeChanges(changes: readonly FileChange[], files: Files, display: DisplayPath): void {
  const locks: string[] = [];
  const staged: Staged[] = [];
  /** Old contents that could not be put back: they stay under their second name. */
  const needed = new Set<string>();
  for (const { realPath } of files.snapshots()) {
    const path = beside(realPath, "lock");
    if (existsSync(path) && !isHeld(path)) clearAfterCrash(realPath, path);
  }
  try {
    for (const change of changes) locks.push(lock(targetOf(change, files), display));
    for (const change of changes) staged.push(stage(change, files, display));
    replaceAll(staged, files, display, needed);
  } finally {
    for (const { next, previous } of staged) {
      rmSync(next, { force: true });
      if (previous !== undefined && !needed.has(previous)) rmSync(previous, { force: true });
    }
    for (const path of locks) rmSync(path, { force: true });
  }
}

function targetOf(change: FileChange, files: Files): string {
  return files.snapshotOf(change.path)?.realPath ?? change.path;
}

/** Keeps two runs from writing the same file at once: each could see it unchanged and then undo the other's work. */
function lock(target: string, display: DisplayPath): string {
  const path = beside(target, "lock");
  for (;;) {
    try {
      const descriptor = openSync(path, "wx", 0o600);
      writeSync(descriptor, String(process.pid));
      closeSync(descriptor);
      return path;
    } catch (error) {
      if (errorCode(error) !== "EEXIST") throw failed("written", target, error, display);
      if (isHeld(path)) {
        throw new UsageError(`another compose-harden is writing \`${display(target)}\` (see \`${display(path)}\`)`);
      }
      clearAfterCrash(target, path);
    }
  }
}

/** Takes away what a killed run left beside a file; the file itself is whole, the old one or the new one. */
function clearAfterCrash(target: string, lockPath: string): void {
  const directory = dirname(target);
  const left = readdirSync(directory).filter((name) => name.startsWith(basename(beside(target, ""))));
  for (const name of left) if (/\.(?:new|old)$/.test(name)) rmSync(join(directory, name), { force: true });
  rmSync(lockPath, { force: true });
}

/** True while the process that took the lock lives; an empty lock is being written right now. */
function isHeld(path: string): boolean {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    if (!Number.isInteger(pid) || pid <= 0) return Date.now() - statSync(path).mtimeMs < 10_000;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === "EPERM";
  }
}

/** Writes the new content beside the file, with its mode and owner, and gives the old content a second name. */
function stage(change: FileChange, files: Files, display: DisplayPath): Staged {
  const snapshot = files.snapshotOf(change.path);
  const target = targetOf(change, files);
  if (change.before !== undefined) {
    if (snapshot === undefined) throw new UsageError(`\`${display(change.path)}\` was not read from a file`);
    checkWritable(target, display);
  } else if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) {
    throw new UsageError(`\`${display(target)}\` exists already: nothing was written`);
  }
  checkUnchanged(change, snapshot, target, display);
  const mark = `${process.pid}-${process.hrtime.bigint().toString(36)}`;
  const next = beside(target, `${mark}.new`);
  const previous = snapshot === undefined ? undefined : beside(target, `${mark}.old`);
  try {
    writeDurably(
      next,
      Buffer.from(change.after, "utf8"),
      change.mode ?? (snapshot === undefined ? 0o644 : 0o777),
      snapshot?.stats,
    );
    if (previous !== undefined) keepPrevious(target, previous);
  } catch (error) {
    rmSync(next, { force: true });
    if (previous !== undefined) rmSync(previous, { force: true });
    throw failed("written", target, error, display);
  }
  return { change, target, next, previous };
}

function beside(target: string, ending: string): string {
  return join(dirname(target), `.${basename(target)}.compose-harden-${ending}`);
}

function checkWritable(target: string, display: DisplayPath): void {
  try {
    const { mode, nlink } = statSync(target);
    if ((mode & 0o222) === 0) throw new UsageError(`\`${display(target)}\` is read-only: nothing was written`);
    if (nlink > 1) {
      throw new UsageError(
        `\`${display(target)}\` has ${nlink} hard links, which replacing it would separate: nothing was written`,
      );
    }
    accessSync(target, constants.W_OK);
  } catch (error) {
    throw failed("written", target, error, display);
  }
}

function checkUnchanged(
  { before }: FileChange,
  snapshot: Snapshot | undefined,
  target: string,
  display: DisplayPath,
): void {
  if (before === undefined || snapshot === undefined) return;
  let bytes: Buffer;
  try {
    bytes = readFileSync(target);
  } catch (error) {
    throw failed("read again", target, error, display);
  }
  if (!bytes.equals(snapshot.bytes)) {
    throw new UsageError(`\`${display(target)}\` changed since it was read: nothing was written, run again`);
  }
}

function writeDurably(path: string, bytes: Buffer, mode: number, like: Stats | undefined): void {
  const descriptor = openSync(path, "wx", 0o600);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
    if (like !== undefined) keepOwner(descriptor, like);
    fchmodSync(descriptor, like === undefined ? mode : like.mode & (mode | ~0o777) & 0o7777);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function keepOwner(descriptor: number, { uid, gid }: Stats): void {
  if (process.platform === "win32" || (uid === process.geteuid?.() && gid === process.getegid?.())) return;
  fchownSync(descriptor, uid, gid);
}

/** A hard link needs no space; where the file system has none, a copy does. */
function keepPrevious(target: string, previous: string): void {
  try {
    linkSync(target, previous);
  } catch {
    copyFileSync(target, previous, constants.COPYFILE_EXCL);
  }
}

function replaceAll(staged: readonly Staged[], files: Files, display: DisplayPath, needed: Set<string>): void {
  const done: Staged[] = [];
  try {
    for (const item of staged) {
      checkUnchanged(item.change, files.snapshotOf(item.change.path), item.target, display);
      if (item.change.before === undefined) create(item.next, item.target);
      else renameSync(item.next, item.target);
      done.push(item);
    }
    for (const directory of new Set(staged.map(({ target }) => dirname(target)))) syncDirectory(directory);
  } catch (error) {
    if (done.length === 0) throw failed("written", staged[0]?.target ?? "", error, display);
    const reason = error instanceof UsageError ? error.message : (errorCode(error) ?? String(error));
    const stuck = done.filter((item) => !putBack(item));
    for (const { previous } of stuck) if (previous !== undefined) needed.add(previous);
    throw new UsageError(
      stuck.length === 0
        ? `${reason}; ${done.length} of ${staged.length} files had been written and were put back as they were`
        : `${reason}; put these files back by hand: ${stuck.map(wayBack).join("; ")}`,
    );
  }
}

/** A created file must not replace one that appeared meanwhile: linking and exclusive copying refuse, renaming would not. */
function create(next: string, target: string): void {
  try {
    linkSync(next, target);
  } catch (error) {
    if (errorCode(error) === "EEXIST") throw error;
    copyFileSync(next, target, constants.COPYFILE_EXCL);
  }
}

function wayBack({ target, previous }: Staged): string {
  return previous === undefined ? `rm '${target}'` : `mv '${previous}' '${target}'`;
}

function putBack({ target, previous }: Staged): boolean {
  try {
    if (previous === undefined) rmSync(target, { force: true });
    else renameSync(previous, target);
    return true;
  } catch {
    return false;
  }
}

/** Makes renames durable; not every system lets a directory be opened. */
function syncDirectory(path: string): void {
  try {
    const descriptor = openSync(path, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // The rename itself has happened; only a power cut right now could undo it, and then to the old content.
  }
}

function failed(verb: string, target: string, error: unknown, display: DisplayPath): UsageError {
  if (error instanceof UsageError) return error;
  const code = errorCode(error) ?? String(error);
  const reasons: Readonly<Record<string, string>> = {
    ENOSPC: "the disk is full",
    EDQUOT: "the disk quota is used up",
    EACCES: "this user may not write there",
    EPERM: "this user may not write there or give it its owner",
    EROFS: "the file system is read-only",
    ENOENT: "it is gone, or its directory is",
  };
  return new UsageError(`\`${display(target)}\` cannot be ${verb}: ${reasons[code] ?? code}; nothing was written`);
}
