import { statSync } from "node:fs";
import { dirname } from "node:path";
import type { FileFacts, Read } from "@compose-harden/model";
import { gitStateOf } from "./git.js";

const OTHERS_READ = 0o004;
const OTHERS_ENTER = 0o001;

/** What is known of a file on this machine; patterns of git come through `read`. */
export function factsOf(path: string, read: Read): FileFacts | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() !== true) return undefined;
    return { isOpenToAll: (stats.mode & OTHERS_READ) !== 0 && isReached(path), git: gitStateOf(path, read) };
  } catch {
    return undefined;
  }
}

/** True when everybody may enter all directories above. Windows has other permissions, of which nothing is claimed. */
function isReached(path: string): boolean {
  if (process.platform === "win32") return false;
  for (let here = dirname(path); ; here = dirname(here)) {
    if ((statSync(here).mode & OTHERS_ENTER) === 0) return false;
    if (dirname(here) === here) return true;
  }
}
