import { isAlias, isMap, isScalar, isSeq, type Node, parseAllDocuments } from "yaml";
import type { Scalar } from "../../packages/parser/src/values/scalar.js";
import { resolvePlain, resolveTagged, scalarText } from "../../packages/parser/src/values/scalar.js";
import type { Answer } from "./unit-answers.js";

/** Reads a document with the types that the parser gives to its scalars, printed with the type names of the recordings. */
export function describeDocument(text: string): Answer {
  const [document] = parseAllDocuments(text, { schema: "failsafe", uniqueKeys: false, logLevel: "silent" });
  if (document === undefined) return { ok: true, output: "null", warnings: [] };
  if ("empty" in document) return { ok: true, output: "null", warnings: [] };
  // Known tags are resolved below, not by the library.
  const problem = document.errors.find((error) => error.code !== "TAG_RESOLVE_FAILED");
  if (problem !== undefined) return { ok: false, error: problem.message, warnings: [] };
  try {
    return { ok: true, output: describe(document.contents, (node) => node.resolve(document)), warnings: [] };
  } catch (error) {
    return { ok: false, error: (error as Error).message, warnings: [] };
  }
}

type Resolve = (alias: Extract<Node, { source: string }> & { resolve(document: unknown): Node | undefined }) => unknown;

function describe(node: unknown, resolve: Resolve): unknown {
  if (node === null || node === undefined) return "null";
  if (isAlias(node)) return describe(resolve(node as never), resolve);
  if (isSeq(node)) return node.items.map((item) => describe(item, resolve));
  if (isMap(node)) {
    const own = new Map<string, unknown>();
    const merged = new Map<string, unknown>();
    for (const pair of node.items) {
      if (isMergeKey(pair.key)) {
        for (const [key, value] of Object.entries(describe(pair.value, resolve) as object)) merged.set(key, value);
        continue;
      }
      const key = isScalar(pair.key) || pair.key === null ? keyText(readScalar(pair.key)) : refuseKey();
      if (own.has(key)) throw new Error(`mapping key ${JSON.stringify(key)} already defined`);
      own.set(key, describe(pair.value, resolve));
    }
    return { ...Object.fromEntries(merged), ...Object.fromEntries(own) };
  }
  return print(readScalar(node));
}

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.type === "PLAIN" && key.source === "<<" && key.tag === undefined;
}

function refuseKey(): never {
  throw new Error("a collection cannot be a mapping key");
}

function readScalar(node: unknown): Scalar {
  if (!isScalar(node)) return resolvePlain("");
  // The library decodes tagged scalars itself; `source` is the text they were decoded from.
  const text = node.source ?? "";
  if (node.tag !== undefined) {
    const tagged = resolveTagged(text, node.tag);
    if (!tagged.ok) throw new Error(`go-yaml load error in resolver at <unknown position>: ${tagged.message}`);
    return tagged.value;
  }
  return node.type === "PLAIN" || node.type === undefined ? resolvePlain(text) : { tag: "str", value: text };
}

function keyText(scalar: Scalar): string {
  if (scalar.tag === "null") return "<nil>(<nil>)";
  return scalar.tag === "str" ? scalar.value : print(scalar);
}

function print(scalar: Scalar): string {
  const text = scalarText(scalar);
  switch (scalar.tag) {
    case "null":
      return "null";
    case "bool":
      return `bool(${text})`;
    case "int":
      return scalar.value > 9223372036854775807n ? `uint64(${text})` : `int(${text})`;
    case "float":
      return `float64(${text})`;
    case "timestamp":
      return `time(${text})`;
    case "str":
      return `string(${text})`;
    default:
      return scalar satisfies never;
  }
}
