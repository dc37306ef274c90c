import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { idInNamespace } from "./process.js";
import { PROC, pathIn, textAt } from "./read.js";

/** A thing in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly kind: "folder" | "file" | "other";
  /** Bytes of a file. */
  readonly bytes: number;
}

/** A folder of a container's file system. */
export interface Folder {
  readonly uid: number;
  readonly gid: number;
  /** Octal. */
  readonly mode: string;
  /** Time of the last change to it, or to what lies directly in it; milliseconds. */
  readonly changed: number;
  readonly entries: readonly FolderEntry[];
}

/** Looks into a folder of a container; undefined when it is none, is gone or cannot be looked into. */
export type Look = (path: string) => Folder | "file" | undefined;

/** Looks through the eyes of one of its processes. Needs root's rights, and the engine on this machine. */
export function lookThrough(pid: number, proc: string = PROC): Look {
  const root = join(proc, String(pid), "root");
  const uids = textAt(proc, String(pid), "uid_map");
  const gids = textAt(proc, String(pid), "gid_map");
  return (path) => {
    const place = pathIn(root, path);
    if (place === undefined) return undefined;
    try {
      const stats = lstatSync(place);
      if (!stats.isDirectory()) return "file";
      let changed = stats.mtimeMs;
      const sizeOf = (name: string): number => {
        const entry = lstatSync(join(place, name), { throwIfNoEntry: false });
        changed = Math.max(changed, entry?.mtimeMs ?? 0);
        return entry?.isFile() === true ? entry.size : 0;
      };
      const entries = readdirSync(place, { withFileTypes: true }).map(
        (entry): FolderEntry => ({
          name: entry.name,
          kind: entry.isDirectory() ? "folder" : entry.isFile() ? "file" : "other",
          bytes: sizeOf(entry.name),
        }),
      );
      return {
        changed,
        entries,
        uid: idInNamespace(stats.uid, uids),
        gid: idInNamespace(stats.gid, gids),
        mode: (stats.mode & 0o7777).toString(8),
      };
    } catch {
      return undefined;
    }
  };
}
