import type { Path } from "@compose-harden/model";
import type { MapNode, Node, ScalarNode, SeqNode } from "../tree/node.js";
import type { Schema } from "./schema.js";

/** Why a value does not fit the schema. */
export type Issue = {
  /** Where; for an unknown key the mapping that holds it. */
  readonly path: Path;
  readonly node: Node;
} & (
  | { readonly kind: "type"; readonly expected: readonly string[] }
  | { readonly kind: "unknown-key"; readonly key: string; readonly known: readonly string[] }
  | { readonly kind: "bad-name"; readonly key: string }
  | { readonly kind: "missing-key"; readonly key: string }
  | { readonly kind: "choice"; readonly allowed: readonly (string | number | boolean | null)[] }
  | { readonly kind: "pattern"; readonly pattern: string }
  | { readonly kind: "minimum" | "maximum"; readonly limit: number }
  /** The member that comes again first, and every member that is there already, by their indexes. */
  | { readonly kind: "repeated"; readonly first: number; readonly again: readonly [number, ...number[]] }
  | { readonly kind: "ambiguous" }
);

/** True when the value fits; the same answer as `issues(…).length === 0`, without looking for words. */
export function fits(schema: Schema, node: Node): boolean {
  if (schema.types !== undefined && !schema.types.some((type) => isOfType(node, type))) return false;
  for (const other of schema.all) if (!fits(other, node)) return false;
  for (const { exactlyOne, schemas } of schema.choices) {
    let count = 0;
    for (const choice of schemas) {
      if (!fits(choice, node)) continue;
      count++;
      if (!exactlyOne) break;
    }
    if (exactlyOne ? count !== 1 : count === 0) return false;
  }
  switch (node.kind) {
    case "scalar":
      return scalarFits(schema, node);
    case "map":
      return mapFits(schema, node);
    case "seq":
      return seqFits(schema, node);
  }
  node satisfies never;
  return false;
}

function scalarFits(schema: Schema, node: ScalarNode): boolean {
  const { value } = node;
  if (schema.allowed !== undefined && !schema.allowed.includes(plain(node))) return false;
  if (schema.pattern !== undefined && typeof value === "string" && !schema.pattern.test(value)) return false;
  if (typeof value === "number" || typeof value === "bigint") {
    if (schema.minimum !== undefined && value < schema.minimum) return false;
    if (schema.maximum !== undefined && value > schema.maximum) return false;
  }
  return true;
}

function mapFits(schema: Schema, node: MapNode): boolean {
  for (const key of schema.required) if (!node.entries.has(key)) return false;
  if (schema.allowed !== undefined) return false;
  const named = schema.properties.size > 0 || schema.patterns.length > 0 || schema.others !== undefined;
  if (!named && !schema.closed) return true;
  for (const [key, value] of node.entries) {
    if (named) {
      let known = false;
      const property = schema.properties.get(key);
      if (property !== undefined) {
        known = true;
        if (!fits(property, value)) return false;
      }
      for (const [pattern, below] of schema.patterns) {
        if (!pattern.test(key)) continue;
        known = true;
        if (!fits(below, value)) return false;
      }
      if (!known && schema.others !== undefined && (schema.others === false || !fits(schema.others, value)))
        return false;
    }
    if (schema.closed && !covers(schema, key)) return false;
  }
  return true;
}

function seqFits(schema: Schema, node: SeqNode): boolean {
  if (schema.allowed !== undefined) return false;
  if (schema.unique && repeated(node) !== undefined) return false;
  const { items } = schema;
  return items === undefined || node.items.every((item) => fits(items, item));
}

/** Every issue of a value; where none of several forms fits, only those of the form that comes nearest. */
export function issues(schema: Schema, node: Node, path: Path): Issue[] {
  if (schema.types !== undefined && !schema.types.some((type) => isOfType(node, type))) {
    return [{ kind: "type", expected: schema.types, path, node }];
  }
  const found: Issue[] = [];
  for (const other of schema.all) {
    const below = issues(other, node, path);
    // Several parts of one schema would say the same of a value that is no mapping.
    if (below[0]?.kind === "type" && below[0].node === node) return below;
    found.push(...below);
  }
  for (const { exactlyOne, schemas } of schema.choices) {
    const count = schemas.filter((choice) => fits(choice, node)).length;
    if (count === 0)
      found.push(
        ...nearest(
          schemas.map((choice) => issues(choice, node, path)),
          path,
          node,
        ),
      );
    else if (exactlyOne && count > 1) found.push({ kind: "ambiguous", path, node });
  }
  switch (node.kind) {
    case "scalar":
      found.push(...scalarIssues(schema, node, path));
      break;
    case "map":
      found.push(...mapIssues(schema, node, path));
      break;
    case "seq":
      found.push(...seqIssues(schema, node, path));
      break;
    default:
      node satisfies never;
  }
  return found;
}

/** When no form has the right type, all their types were possible; else the form whose trouble sits deepest was meant. */
function nearest(forms: readonly Issue[][], path: Path, node: Node): Issue[] {
  const expected: string[] = [];
  let best: Issue[] | undefined;
  for (const form of forms) {
    const [first] = form;
    if (first === undefined) continue;
    if (first.kind === "type" && first.path.length === path.length) expected.push(...first.expected);
    else if (best === undefined || depth(form) > depth(best)) best = form;
  }
  return best ?? [{ kind: "type", expected: [...new Set(expected)], path, node }];
}

function depth(found: readonly Issue[]): number {
  return found.reduce((deepest, issue) => Math.max(deepest, issue.path.length), 0);
}

function scalarIssues(schema: Schema, node: ScalarNode, path: Path): Issue[] {
  const { value } = node;
  if (schema.allowed !== undefined && !schema.allowed.includes(plain(node))) {
    return [{ kind: "choice", allowed: schema.allowed, path, node }];
  }
  if (schema.pattern !== undefined && typeof value === "string" && !schema.pattern.test(value)) {
    return [{ kind: "pattern", pattern: schema.pattern.source, path, node }];
  }
  if (typeof value === "number" || typeof value === "bigint") {
    if (schema.minimum !== undefined && value < schema.minimum) {
      return [{ kind: "minimum", limit: schema.minimum, path, node }];
    }
    if (schema.maximum !== undefined && value > schema.maximum) {
      return [{ kind: "maximum", limit: schema.maximum, path, node }];
    }
  }
  return [];
}

function mapIssues(schema: Schema, node: MapNode, path: Path): Issue[] {
  const found: Issue[] = [];
  if (schema.allowed !== undefined) found.push({ kind: "choice", allowed: schema.allowed, path, node });
  for (const key of schema.required) if (!node.entries.has(key)) found.push({ kind: "missing-key", key, path, node });
  for (const [key, value] of node.entries) {
    const below = [...path, key];
    let known = false;
    const property = schema.properties.get(key);
    if (property !== undefined) {
      known = true;
      found.push(...issues(property, value, below));
    }
    for (const [pattern, schemaOfPattern] of schema.patterns) {
      if (!pattern.test(key)) continue;
      known = true;
      found.push(...issues(schemaOfPattern, value, below));
    }
    if (!known && schema.others === false) {
      const anyName = schema.patterns.some(([pattern]) => !pattern.source.startsWith("^x-"));
      found.push(
        anyName
          ? { kind: "bad-name", key, path, node }
          : { kind: "unknown-key", key, known: schema.properties.keys(), path, node },
      );
    } else if (!known && schema.others !== undefined && schema.others !== false) {
      found.push(...issues(schema.others, value, below));
    }
    if (schema.closed && !covers(schema, key))
      found.push({ kind: "unknown-key", key, known: names(schema), path, node });
  }
  return found;
}

function seqIssues(schema: Schema, node: SeqNode, path: Path): Issue[] {
  const found: Issue[] = [];
  if (schema.allowed !== undefined) found.push({ kind: "choice", allowed: schema.allowed, path, node });
  const { items } = schema;
  if (items !== undefined)
    for (const [i, item] of node.items.entries()) found.push(...issues(items, item, [...path, i]));
  if (schema.unique && found.length === 0) {
    const twice = repeated(node);
    if (twice !== undefined) found.push({ kind: "repeated", ...twice, path, node });
  }
  return found;
}

/** True when the schema, or one it refers to, says what a key holds (`unevaluatedProperties`). */
function covers(schema: Schema, key: string): boolean {
  if (schema.properties.has(key)) return true;
  if (schema.patterns.some(([pattern]) => pattern.test(key))) return true;
  return schema.all.some((other) => covers(other, key));
}

function names(schema: Schema): string[] {
  return [...schema.properties.keys(), ...schema.all.flatMap(names)];
}

function repeated(node: SeqNode): Pick<Extract<Issue, { readonly kind: "repeated" }>, "first" | "again"> | undefined {
  const seen = new Map<string, number>();
  const again: number[] = [];
  let first: number | undefined;
  for (const [index, item] of node.items.entries()) {
    const text = fingerprint(item);
    const before = seen.get(text);
    if (before === undefined) seen.set(text, index);
    else {
      first ??= before;
      again.push(index);
    }
  }
  const [second, ...more] = again;
  return first === undefined || second === undefined ? undefined : { first, again: [second, ...more] };
}

/** The same text for deeply equal values: numbers by value, keys in any order. */
function fingerprint(node: Node): string {
  switch (node.kind) {
    case "scalar":
      return JSON.stringify(plain(node));
    case "seq":
      return `[${node.items.map(fingerprint).join(",")}]`;
    case "map":
      return `{${[...node.entries]
        .map(([key, value]) => `${JSON.stringify(key)}:${fingerprint(value)}`)
        .sort()
        .join(",")}}`;
  }
  node satisfies never;
  return "";
}

function plain(node: ScalarNode): string | number | boolean | null {
  return typeof node.value === "bigint" ? Number(node.value) : node.value;
}

function isOfType(node: Node, type: string): boolean {
  switch (type) {
    case "object":
      return node.kind === "map";
    case "array":
      return node.kind === "seq";
    case "string":
      return node.kind === "scalar" && typeof node.value === "string";
    case "boolean":
      return node.kind === "scalar" && typeof node.value === "boolean";
    case "null":
      return node.kind === "scalar" && node.value === null;
    case "number":
      return node.kind === "scalar" && (typeof node.value === "number" || typeof node.value === "bigint");
    case "integer":
      return node.kind === "scalar" && (typeof node.value === "bigint" || Number.isInteger(node.value));
    default:
      return false;
  }
}
