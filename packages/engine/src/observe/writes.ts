import { isBelow, type ObservedWrite } from "@compose-harden/model";
import type { Change } from "../changes.js";
import type { Folder, Look } from "../proc/folder.js";

/** What is known about where a container writes. */
export interface WriteClues {
  /** What differs from the image. */
  readonly changes: readonly Change[];
  /** Files seen open for writing. */
  readonly openFiles: readonly string[];
  /** Files seen being run. */
  readonly code: readonly string[];
  /** Where something is mounted: what is written there stays out. */
  readonly mounts: readonly string[];
  readonly look: Look;
}

/** Directories that need to stay writable, and files of the image that no tmpfs can stand in for. */
export interface Writes {
  readonly writes: readonly ObservedWrite[];
  readonly imageWrites: readonly string[];
}

/** What the engine itself puts into every container. */
const ENGINE_PATHS = [
  "/.dockerenv",
  "/dev",
  "/etc/hostname",
  "/etc/hosts",
  "/etc/mtab",
  "/etc/resolv.conf",
  "/proc",
  "/run/.containerenv",
  "/sys",
];

/** Folders that change because the engine puts its own files into them; Podman shows the folder and not the files. */
const ENGINE_PARENTS = ["/", "/etc"];

/** Folders that every system empties; what an image left there is not missed. */
const TEMPORARY = ["/tmp", "/var/tmp"];

/**
 * Groups changes into the fewest directories that have to stay writable. A new file belongs to the nearest directory that the
 * image has. Where that one holds files of the image, which a tmpfs would hide, only the directories that the service made in it
 * can be mounted over, and a file beside the image's own cannot. A directory that is changed while nothing in it is was written to
 * and cleaned again.
 */
export function writesOf({ changes, openFiles, code, mounts, look }: WriteClues): Writes {
  const outside = [...mounts, ...ENGINE_PATHS];
  const isOutside = (path: string) => outside.some((place) => isBelow(path, place));
  const isOnTheWay = (path: string) => outside.some((place) => isBelow(place, path));
  const changed = changes.filter(({ path }) => !isOutside(path));
  const added = new Set(changed.filter(({ kind }) => kind === "added").map(({ path }) => path));
  const inner = new Set(changes.flatMap(({ path }) => parentsOf(path)));

  const additions = new Map<string, Set<string>>();
  const imageWrites = new Set<string>();
  const add = (folder: string, path: string): void => {
    additions.set(folder, (additions.get(folder) ?? new Set()).add(path));
  };
  for (const { kind, path } of changed) {
    if (kind === "deleted") imageWrites.add(path);
    else if (kind === "added") {
      // A mount point that the engine made.
      if (!isOnTheWay(path) && !added.has(parentOf(path))) add(parentOf(path), path);
    } else if (!inner.has(path) && !ENGINE_PARENTS.includes(path)) {
      if (look(path) === "file") imageWrites.add(path);
      else add(path, path);
    }
  }
  for (const file of openFiles) {
    if (isOutside(file) || inner.has(file)) continue;
    const [folder] = parentsOf(file).filter((path) => !added.has(path));
    if (folder === undefined) continue;
    if (look(file) === "file" && !added.has(file) && !isBelowAny(file, added)) imageWrites.add(file);
    else add(folder, parentsOf(file).findLast((path) => added.has(path)) ?? folder);
  }

  const writes = new Map<string, ObservedWrite>();
  const write = (path: string, hides: ObservedWrite["hides"]): void => {
    // Compose has no way to write such a path as a mount.
    if (/[:,\n]/.test(path)) imageWrites.add(path);
    else writes.set(path, describe(path, hides, look, code));
  };
  for (const [folder, paths] of additions) {
    const hides = hiddenBy(folder, added, outside, look);
    if (hides !== "files" || TEMPORARY.includes(folder)) write(folder, hides);
    else {
      for (const path of paths) {
        if (path !== folder && isFolder(look(path))) write(path, "nothing");
        else imageWrites.add(path);
      }
    }
  }
  // A file of the image that is gone is not missed below a tmpfs.
  const deleted = new Set(changed.filter(({ kind }) => kind === "deleted").map(({ path }) => path));
  return {
    writes: [...writes.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    imageWrites: [...imageWrites].filter((path) => !(deleted.has(path) && isBelowAny(path, writes))).sort(),
  };
}

/** Things to look at before the answer is "much". */
const MANY = 5000;

/** What of the image lies in a folder, and would be hidden. */
function hiddenBy(
  folder: string,
  added: ReadonlySet<string>,
  mounts: readonly string[],
  look: Look,
): ObservedWrite["hides"] {
  let left = MANY;
  const visit = (path: string): ObservedWrite["hides"] => {
    const seen = look(path);
    if (!isFolder(seen)) return "unknown";
    let hides: ObservedWrite["hides"] = "nothing";
    for (const { name, kind } of seen.entries) {
      const child = join(path, name);
      if (added.has(child) || mounts.includes(child)) continue;
      if (--left < 0 || kind !== "folder") return "files";
      const below = visit(child);
      if (below === "files" || below === "unknown") return below;
      hides = "folders";
    }
    return hides;
  };
  return visit(folder);
}

function describe(path: string, hides: ObservedWrite["hides"], look: Look, code: readonly string[]): ObservedWrite {
  const seen = look(path);
  const content = isFolder(seen) ? contentOf(path, look) : undefined;
  return {
    path,
    ...(isFolder(seen) ? { uid: seen.uid, gid: seen.gid, mode: seen.mode } : {}),
    kind: isScratchName(path) || content?.isTrifle === true ? "scratch" : "data",
    hides,
    ...(code.some((file) => isBelow(file, path)) ? { exec: true } : {}),
    ...(content === undefined ? {} : { bytes: content.bytes }),
  };
}

/** Largest file that holds no data: a process number, a lock. */
const TRIFLE_BYTES = 64;

function contentOf(folder: string, look: Look): { readonly bytes: number; readonly isTrifle: boolean } {
  let left = MANY;
  let bytes = 0;
  let isTrifle = true;
  const visit = (path: string): void => {
    const seen = look(path);
    if (!isFolder(seen)) return;
    for (const entry of seen.entries) {
      if (--left < 0) isTrifle = false;
      if (left < 0) return;
      bytes += entry.bytes;
      if (entry.bytes > TRIFLE_BYTES) isTrifle = false;
      if (entry.kind === "folder") visit(join(path, entry.name));
    }
  };
  visit(folder);
  return { bytes, isTrifle };
}

/** True for paths that hold nothing anybody keeps: FHS 3.0 for `/tmp`, `/run`, `/var/cache` and the rest, custom for the names. */
function isScratchName(path: string): boolean {
  return (
    /^\/(?:tmp|run|var\/(?:run|tmp|cache|lock|log))(?:\/|$)/.test(path) ||
    path.split("/").some((step) => /^\.?(?:cache|caches|tmp|temp|logs?|sockets?)$/i.test(step))
  );
}

function isFolder(seen: Folder | "file" | undefined): seen is Folder {
  return typeof seen === "object";
}

function isBelowAny(path: string, parents: { keys(): Iterable<string> }): boolean {
  return [...parents.keys()].some((parent) => isBelow(path, parent));
}

function join(folder: string, name: string): string {
  return folder === "/" ? `/${name}` : `${folder}/${name}`;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

/** The folders a path lies in, the nearest first. */
function parentsOf(path: string): readonly string[] {
  const parents: string[] = [];
  for (let here = path; here !== "/"; here = parentOf(here)) parents.push(parentOf(here));
  return parents;
}
