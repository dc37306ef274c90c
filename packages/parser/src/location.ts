import { cleanPath } from "@compose-harden/model";

/** True for a path from the root. */
export function isAbsolute(path: string): boolean {
  return path.startsWith("/");
}

/** Two paths one after the other, shortened; empty parts do not count. */
export function join(base: string, path: string): string {
  if (base === "") return path === "" ? "" : cleanPath(path);
  return cleanPath(path === "" ? base : `${base}/${path}`);
}

/** All but the last part. */
export function dirname(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : cleanPath(path.slice(0, slash + 1));
}

/** The last part; a slash for the root. */
export function basename(path: string): string {
  const clean = cleanPath(path);
  return clean === "/" ? "/" : clean.slice(clean.lastIndexOf("/") + 1);
}

/** The way from one directory to a path; the path itself when no way can be told. */
export function relative(from: string, to: string): string {
  const base = cleanPath(from);
  const target = cleanPath(to);
  if (base === target) return ".";
  if (isAbsolute(base) !== isAbsolute(target)) return to;
  const down = parts(base);
  const up = parts(target);
  let shared = 0;
  while (shared < down.length && shared < up.length && down[shared] === up[shared]) shared++;
  if (down[shared] === "..") return to;
  return [...down.slice(shared).map(() => ".."), ...up.slice(shared)].join("/");
}

function parts(path: string): readonly string[] {
  return path === "." ? [] : path.split("/").filter((part) => part !== "");
}
