import { isUtf8 } from "node:buffer";
import {
  closeSync,
  constants,
  type Dirent,
  existsSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from "node:fs";
import { join, resolve, sep } from "node:path";
import { positionAt, type Read, type ReadResult } from "@compose-harden/model";

/** Files above this are refused: no person writes a Compose file of that size, and reading it would hold up everything else. */
const MAX_BYTES: number = 4 * 1024 * 1024;

/** What a file was when it was read; the writer compares before it replaces. */
export interface Snapshot {
  readonly bytes: Buffer;
  /** The path with symbolic links resolved: the file that is replaced. */
  readonly realPath: string;
  readonly stats: Stats;
}

/** Texts that stand in for files of these absolute paths; undefined: for no file at all. */
export type Texts = ReadonlyMap<string, string | undefined>;

/** A name in a directory: what is neither a file (or a link to one) nor a directory is `other`. */
export interface Listed {
  readonly name: string;
  readonly kind: "file" | "directory" | "other";
}

/** The file system as one run sees it: every file is read once. */
export interface Files {
  readonly read: Read;
  /** What is in a directory, by name; throws the system's error where it cannot be listed. Links to directories are `other`. */
  list(directory: string): readonly Listed[];
  /** The state of a file when this run read it; undefined if it did not, or could not. */
  snapshotOf(path: string): Snapshot | undefined;
  /** The states of all files that this run read. */
  snapshots(): Iterable<Snapshot>;
}

/** Reads from the disk, with the given texts standing in for files: standard input, or an earlier state of the repository. */
export function openFiles(texts: Texts = new Map()): Files {
  const results = new Map<string, ReadResult>();
  const snapshots = new Map<string, Snapshot>();
  return {
    read: (path) => {
      if (texts.has(path)) return given(texts.get(path));
      const known = results.get(path);
      if (known !== undefined) return known;
      const result = readPath(path, snapshots);
      results.set(path, result);
      return result;
    },
    list: (directory) => listed(directory, texts),
    snapshotOf: (path) => snapshots.get(path),
    snapshots: () => snapshots.values(),
  };
}

function given(text: string | undefined): ReadResult {
  return text === undefined ? { kind: "missing" } : { kind: "file", text };
}

function listed(directory: string, texts: Texts): readonly Listed[] {
  const base = directory.endsWith(sep) ? directory : directory + sep;
  const inside = new Map<string, Listed>();
  const gone = new Set<string>();
  for (const [path, text] of texts) {
    if (!path.startsWith(base)) continue;
    const [name = "", ...deeper] = path.slice(base.length).split(sep);
    if (deeper.length > 0) {
      if (text !== undefined) inside.set(name, { name, kind: "directory" });
    } else if (text === undefined) gone.add(name);
    else inside.set(name, { name, kind: "file" });
  }
  const isGiven = inside.size > 0 && !existsSync(directory);
  for (const entry of isGiven ? [] : readdirSync(directory, { withFileTypes: true })) {
    if (!gone.has(entry.name) && !inside.has(entry.name)) inside.set(entry.name, kindOfEntry(directory, entry));
  }
  return [...inside.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Links to files count; links to directories are not followed, so that no walk goes in circles. */
function kindOfEntry(directory: string, entry: Dirent): Listed {
  const { name } = entry;
  if (entry.isDirectory()) return { name, kind: "directory" };
  const isFile =
    entry.isFile() ||
    (entry.isSymbolicLink() && statSync(join(directory, name), { throwIfNoEntry: false })?.isFile() === true);
  return { name, kind: isFile ? "file" : "other" };
}

/** The same files with edits that are not written yet. */
export function withTexts(read: Read, texts: ReadonlyMap<string, string>): Read {
  return (path) => {
    const text = texts.get(path);
    return text === undefined ? read(path) : { kind: "file", text };
  };
}

function readPath(path: string, snapshots: Map<string, Snapshot>): ReadResult {
  let descriptor: number;
  try {
    // Opening a pipe without this flag would wait for somebody to write to it.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return failure(error);
  }
  try {
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) return { kind: "directory" };
    if (!stats.isFile()) return { kind: "unreadable", reason: `is ${kindOf(stats)}, not a regular file` };
    if (stats.size > MAX_BYTES) return { kind: "unreadable", reason: tooLarge(stats.size) };
    const bytes = readFileSync(descriptor);
    if (bytes.length > MAX_BYTES) return { kind: "unreadable", reason: tooLarge(bytes.length) };
    const result = decode(bytes);
    if (result.kind === "file") snapshots.set(path, { bytes, realPath: realpathSync(resolve(path)), stats });
    return result;
  } catch (error) {
    return failure(error);
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes to text; the byte-order mark stays. */
function decode(bytes: Buffer): ReadResult {
  const nul = bytes.indexOf(0);
  if (isUtf8(bytes) && nul < 0) return { kind: "file", text: bytes.toString("utf8") };
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return { kind: "unreadable", reason: "is UTF-16 text, expected UTF-8" };
  }
  if (isUtf8(bytes)) {
    const { line, column } = positionAt(bytes.subarray(0, nul).toString("utf8"), nul);
    return { kind: "unreadable", reason: `is not text: NUL character at line ${line}, column ${column}` };
  }
  const { line, column } = firstInvalid(bytes);
  return { kind: "unreadable", reason: `is not UTF-8 text: invalid byte at line ${line}, column ${column}` };
}

function firstInvalid(bytes: Buffer): { readonly line: number; readonly column: number } {
  let [line, start] = [1, 0];
  for (;;) {
    const next = bytes.indexOf(10, start);
    const end = next < 0 ? bytes.length : next + 1;
    const row = bytes.subarray(start, end);
    if (!isUtf8(row)) {
      const text = row.toString("utf8");
      return { line, column: text.indexOf("\ufffd") + 1 };
    }
    if (next < 0) return { line, column: 1 };
    line++;
    start = end;
  }
}

function tooLarge(size: number): string {
  return `is ${(size / 1024 / 1024).toFixed(1)} MiB large, expected at most ${MAX_BYTES / 1024 / 1024} MiB`;
}

function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return "a named pipe";
  if (stats.isSocket()) return "a socket";
  if (stats.isCharacterDevice() || stats.isBlockDevice()) return "a device";
  return "something else";
}

function failure(error: unknown): ReadResult {
  const code = errorCode(error);
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return { kind: "missing" };
    case "EISDIR":
      return { kind: "directory" };
    case "EACCES":
    case "EPERM":
      return { kind: "unreadable", reason: "may not be read by this user" };
    case "ELOOP":
      return { kind: "unreadable", reason: "is a symbolic link that leads back to itself" };
    case "ENXIO":
      return { kind: "unreadable", reason: "is a socket or device, not a regular file" };
    case "ENAMETOOLONG":
      return { kind: "unreadable", reason: "has a name that is too long" };
    case "ERR_INVALID_ARG_VALUE":
      return { kind: "unreadable", reason: "has a name that holds a NUL character" };
    default:
      return { kind: "unreadable", reason: `cannot be read (${code ?? String(error)})` };
  }
}

/** The system's name of an error: `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** All of standard input as text. */
export function readStandardInput(): ReadResult {
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(65_536);
  for (let size = 0; size <= MAX_BYTES; ) {
    try {
      const count = readSync(0, chunk);
      if (count === 0) return decode(Buffer.concat(chunks));
      chunks.push(Buffer.from(chunk.subarray(0, count)));
      size += count;
    } catch (error) {
      const code = errorCode(error);
      if (code === "EOF") return decode(Buffer.concat(chunks));
      // A terminal or pipe set to non-blocking by whoever started us: nothing has come yet.
      if (code === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      else return failure(error);
    }
  }
  return { kind: "unreadable", reason: `is larger than ${MAX_BYTES / 1024 / 1024} MiB` };
}
