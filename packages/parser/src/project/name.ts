import { interpolateLeniently } from "../stages/interpolate.js";
import type { SyntaxNode, SyntaxTree } from "../syntax/tree.js";
import type { Lookup } from "../values/decoded.js";
import { normalizeProjectName } from "../values/projectname.js";
import { resolvePlain } from "../values/scalar.js";

/**
 * The project's name when nothing outside the files sets it: the last `name` that a document writes, else the name of the
 * directory, brought into the form of a name; empty when nothing is left of it.
 */
export function nameFromFiles(trees: readonly SyntaxTree[], directoryName: string, lookup: Lookup): string {
  let written = "";
  for (const tree of trees) {
    for (const document of tree.documents) written = nameIn(document.root) || written;
  }
  const name = normalizeProjectName(interpolateLeniently(written, lookup).text);
  // A first document that names the project takes the directory's name out of play, even when nothing is left of its own.
  const named = trees.some((tree) => nameIn(tree.documents[0]?.root) !== "");
  return name !== "" || named ? name : normalizeProjectName(directoryName);
}

function nameIn(root: SyntaxNode | undefined): string {
  if (root?.kind !== "map") return "";
  for (const { key, value } of root.pairs) {
    if (key.kind !== "scalar" || key.text !== "name") continue;
    const node = value.kind === "alias" ? value.target : value;
    if (node?.kind !== "scalar") return "";
    return node.style === "plain" && node.tag === undefined && resolvePlain(node.text).tag === "null" ? "" : node.text;
  }
  return "";
}
