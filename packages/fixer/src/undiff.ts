import type { Read } from "@compose-harden/model";
import { applyPatch, parsePatch } from "diff";

/** The new texts of the files that a diff changes, by absolute path; or why the diff does not fit the files. */
export type Undiffed =
  | { readonly ok: true; readonly texts: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly problem: string };

/** Applies a unified diff, as `diff` prints it, to the files below `root` without writing them. */
export function applyDiff(text: string, root: string, read: Read): Undiffed {
  const texts = new Map<string, string>();
  let changes: ReturnType<typeof parsePatch>;
  try {
    changes = parsePatch(text).filter(({ hunks }) => hunks.length > 0);
  } catch (error) {
    return { ok: false, problem: `it is no unified diff: ${error instanceof Error ? error.message : error}` };
  }
  if (changes.length === 0) return { ok: false, problem: "it is no unified diff, or changes nothing" };
  for (const change of changes) {
    const name = (change.newFileName ?? "").replace(/^"?b\//, "").replace(/"$/, "");
    const path = `${root.replace(/\/+$/, "")}/${name}`;
    const found = read(path);
    const isNew = change.oldFileName === "/dev/null";
    if (name === "/dev/null") return { ok: false, problem: `it removes \`${change.oldFileName}\`` };
    if (name.split("/").includes("..")) return { ok: false, problem: `\`${name}\` is outside of the directory` };
    if (!isNew && found.kind !== "file") return { ok: false, problem: `\`${name}\` cannot be read` };
    const after = applyPatch(found.kind === "file" && !isNew ? found.text : "", change);
    if (after === false) return { ok: false, problem: `\`${name}\` is not the file it was made for` };
    texts.set(path, after);
  }
  return { ok: true, texts };
}
