import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { gitDirectoryOf } from "./gitignore.js";

/**
 * The paths that a repository has under version control, relative to its root; empty where there is no index that can be read.
 * The index is read as git documents it (https://git-scm.com/docs/index-format, versions 2 to 4); git itself is not started,
 * since a repository may tell it to run programs.
 */
function trackedPaths(root: string): ReadonlySet<string> {
  const known = indexes.get(root);
  if (known !== undefined) return known;
  const paths = new Set(readIndex(root));
  indexes.set(root, paths);
  return paths;
}

/** One run looks at an index once. */
const indexes = new Map<string, ReadonlySet<string>>();

/** True when a repository has a file under version control. */
export function isTracked(root: string, path: string): boolean {
  return trackedPaths(root).has(relative(root, path).split(sep).join("/"));
}

/** Times, device, inode, mode, owner, size. */
const STATS_BYTES = 40;
const NAME_LENGTH = 0x0fff;
const IS_EXTENDED = 0x4000;

function* readIndex(root: string): Iterable<string> {
  const bytes = indexBytes(root);
  if (bytes === undefined || bytes.length < 12 || bytes.toString("latin1", 0, 4) !== "DIRC") return;
  const version = bytes.readUInt32BE(4);
  const count = bytes.readUInt32BE(8);
  const hash = hashBytes(root);
  let at = 12;
  let name: Buffer = Buffer.alloc(0);
  for (let entry = 0; entry < count; entry++) {
    const start = at;
    at += STATS_BYTES + hash;
    if (at + 2 > bytes.length) return;
    const flags = bytes.readUInt16BE(at);
    at += (flags & IS_EXTENDED) !== 0 && version >= 3 ? 4 : 2;
    if (version === 4) {
      const [dropped, next] = readVarint(bytes, at);
      const end = bytes.indexOf(0, next);
      if (end < 0 || dropped > name.length) return;
      name = Buffer.concat([name.subarray(0, name.length - dropped), bytes.subarray(next, end)]);
      at = end + 1;
    } else {
      const length = flags & NAME_LENGTH;
      const end = length === NAME_LENGTH ? bytes.indexOf(0, at) : at + length;
      if (end < 0 || end > bytes.length) return;
      name = bytes.subarray(at, end);
      // One to eight NULs follow, up to a multiple of eight.
      at = start + ((end - start + 8) & ~7);
    }
    yield name.toString("utf8");
  }
}

/** A number as in pack files: seven bits a byte, each further byte counting one more. */
function readVarint(bytes: Buffer, from: number): readonly [value: number, next: number] {
  let at = from;
  let byte = bytes[at++] ?? 0;
  let value = byte & 0x7f;
  while ((byte & 0x80) !== 0 && at < bytes.length) {
    byte = bytes[at++] ?? 0;
    value = (value + 1) * 128 + (byte & 0x7f);
  }
  return [value, at];
}

function indexBytes(root: string): Buffer | undefined {
  try {
    return readFileSync(join(gitDirectoryOf(root), "index"));
  } catch {
    return undefined;
  }
}

function hashBytes(root: string): number {
  try {
    return /objectformat\s*=\s*sha256/i.test(readFileSync(join(gitDirectoryOf(root), "config"), "utf8")) ? 32 : 20;
  } catch {
    return 20;
  }
}
