/** Shortens a slash-separated path without looking at the disk: no empty parts, `.`, or `..` after a name. */
export function cleanPath(path: string): string {
  // Most are short already, and taking them apart is what costs time.
  if (path.startsWith("/") && !path.endsWith("/") && !path.includes("//") && !path.includes("/.")) return path;
  const rooted = path.startsWith("/");
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!rooted) kept.push(part);
  }
  return `${rooted ? "/" : ""}${kept.join("/")}` || ".";
}

/** True when a clean path is another one or lies below it. */
export function isBelow(path: string, parent: string): boolean {
  return path === parent || path.startsWith(parent === "/" ? "/" : `${parent}/`);
}
