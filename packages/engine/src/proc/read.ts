import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** Where the kernel shows its processes; another folder in tests. */
export const PROC = "/proc";

/** The text of a file of the kernel; undefined where it is not there or not for this user. */
export function textAt(...path: readonly string[]): string | undefined {
  try {
    return readFileSync(join(...path), "utf8");
  } catch {
    return undefined;
  }
}

/** The target of a link, as `textAt`. */
export function linkAt(...path: readonly string[]): string | undefined {
  try {
    return readlinkSync(join(...path));
  } catch {
    return undefined;
  }
}

/** The names in a folder; undefined as in `textAt`. */
export function namesAt(...path: readonly string[]): readonly string[] | undefined {
  try {
    return readdirSync(join(...path));
  } catch {
    return undefined;
  }
}

/** Numbers of the processes that this user sees. */
export function processNumbers(proc: string = PROC): readonly number[] {
  return (namesAt(proc) ?? []).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** A number in a file of its own, such as those of control groups; `max` is none. */
export function numberAt(...path: readonly string[]): number | undefined {
  const text = textAt(...path)?.trim() ?? "";
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/**
 * A path below another root, links followed as a process in that root would: an absolute one starts at that root, none leads out
 * of it. Undefined where something on the way is missing or cannot be read.
 */
export function pathIn(root: string, path: string): string | undefined {
  let rest = path.split("/").filter((step) => step !== "" && step !== ".");
  let here: readonly string[] = [];
  for (let hops = 0; rest.length > 0; ) {
    const [step = "", ...after] = rest;
    rest = after;
    if (step === "..") {
      here = here.slice(0, -1);
      continue;
    }
    const next = join(root, ...here, step);
    try {
      if (!lstatSync(next).isSymbolicLink()) {
        here = [...here, step];
        continue;
      }
    } catch {
      return undefined;
    }
    const target = linkAt(next);
    if (target === undefined || ++hops > 40) return undefined;
    if (target.startsWith("/")) here = [];
    rest = [...target.split("/").filter((part) => part !== "" && part !== "."), ...rest];
  }
  return join(root, ...here);
}
