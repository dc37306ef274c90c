import { type ArchiveEntry, archiveEntries } from "../archive.js";
import type { CallOptions, Docker } from "../docker.js";
import { EngineError } from "../errors.js";
import type { Folder, FolderEntry, Look } from "../proc/folder.js";

/** Most bytes of one folder that are read to see what lies in it. */
const MAX_BYTES: number = 64 * 1024 * 1024;
/** Milliseconds for one folder. */
const TIMEOUT: number = 15_000;

/**
 * Looks into folders of a container whose processes the kernel does not show here, by what `docker cp` archives of them; the content
 * of files is passed over. Folders that are too large, or gone, stay unknown.
 */
export async function lookByCopy(
  docker: Docker,
  id: string,
  folders: readonly string[],
  options: CallOptions = {},
): Promise<Look> {
  const seen = new Map<string, Folder | "file">();
  for (const folder of folders) {
    if (seen.has(folder) || folder === "/") continue;
    for (const [path, what] of foldersIn(folder, (await archived(docker, id, folder, options)) ?? []))
      seen.set(path, what);
  }
  return (path) => seen.get(path);
}

async function archived(
  docker: Docker,
  id: string,
  folder: string,
  options: CallOptions,
): Promise<readonly ArchiveEntry[] | undefined> {
  let entries: readonly ArchiveEntry[] | undefined;
  const consume = async (stdout: AsyncIterable<Buffer>): Promise<void> => {
    entries = await archiveEntries(stdout, MAX_BYTES);
  };
  try {
    const { code } = await docker.stream(["cp", `${id}:${folder}`, "-"], consume, { ...options, timeout: TIMEOUT });
    return code === 0 ? entries : undefined;
  } catch (error) {
    if (error instanceof EngineError && error.failure === "timeout") return undefined;
    throw error;
  }
}

/** The archive of a folder begins with the folder itself, by its last name; of a link or a file it holds just that. */
function foldersIn(folder: string, entries: readonly ArchiveEntry[]): ReadonlyMap<string, Folder | "file"> {
  const [top] = entries;
  const found = new Map<string, Folder | "file">();
  if (top === undefined) return found;
  const children = new Map<string, FolderEntry[]>();
  const pathOf = (path: string) => `${folder}${path.slice(top.path.length)}`;
  for (const { path, kind, bytes } of entries.slice(1)) {
    const parent = pathOf(path.slice(0, path.lastIndexOf("/")));
    const name = path.slice(path.lastIndexOf("/") + 1);
    const entry = { name, kind, bytes: kind === "file" ? bytes : 0 };
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [entry]);
    else siblings.push(entry);
  }
  for (const { path, kind, uid, gid, mode } of entries) {
    const here = pathOf(path);
    if (kind === "folder") found.set(here, { uid, gid, mode, changed: 0, entries: children.get(here) ?? [] });
    else if (kind === "file") found.set(here, "file");
  }
  return found;
}
