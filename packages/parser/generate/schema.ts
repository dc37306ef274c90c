import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Words of JSON Schema that say nothing about what is valid. */
const REMARKS: ReadonlySet<string> = new Set(["description", "title", "deprecated", "default", "$schema", "$id"]);

/** Words the parser's walker knows; a new one in the pinned schema must be taught to it first. */
const KNOWN: ReadonlySet<string> = new Set([
  "$ref",
  "$defs",
  "type",
  "enum",
  "pattern",
  "minimum",
  "maximum",
  "required",
  "properties",
  "patternProperties",
  "additionalProperties",
  "unevaluatedProperties",
  "items",
  "uniqueItems",
  "allOf",
  "anyOf",
  "oneOf",
]);

/** The pinned Compose schema as a module, without its remarks. */
export async function generate(root: string): Promise<Map<string, string>> {
  const schema: unknown = JSON.parse(readFileSync(join(root, "schemas/compose-spec.json"), "utf8"));
  const text = [
    "// Generated from schemas/compose-spec.json by `npm run generate`. Do not edit.",
    'import type { SchemaSource } from "../schema.js";',
    "",
    "/** The pinned Compose schema: Apache License 2.0, The Compose Specification Authors (compose-go v2.16.2). */",
    `export const composeSpec: SchemaSource = ${JSON.stringify(strip(schema, false), null, 1)};`,
    "",
  ].join("\n");
  return new Map([["packages/parser/src/schema/generated/compose-spec.ts", text]]);
}

/** `named`: the keys of this object are names chosen by the schema's authors, not words of JSON Schema. */
function strip(value: unknown, named: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => strip(item, false));
  if (typeof value !== "object" || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const [key, below] of Object.entries(value)) {
    if (!named && REMARKS.has(key)) continue;
    if (!named && !KNOWN.has(key))
      throw new Error(`schemas/compose-spec.json uses \`${key}\`, which the parser does not know`);
    kept[key] = strip(below, !named && ["properties", "patternProperties", "$defs"].includes(key));
  }
  return kept;
}
