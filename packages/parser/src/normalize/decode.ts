import type { Path } from "@compose-harden/model";
import { problem } from "../canonical/rewrite.js";
import { originOf } from "../tree/edit.js";
import { bool, float, int, map, nothing, seq, text } from "../tree/make.js";
import type { MapNode, Node } from "../tree/node.js";
import type { Report } from "../tree/problem.js";
import { decodePlain, type Refusal } from "./decode-plain.js";
import { EXTENSIONS, withoutExtensions } from "./extensions.js";
import { type Field, type MapType, PROJECT, type Type } from "./types.js";

/**
 * Gives every value the form that `docker compose config` prints and drops what it leaves out: zero values, attributes no
 * one knows. A value that cannot be decoded is reported and left out. `x-…` attributes stay, behind the others. The model
 * is changed in place; its lists and mappings are new ones.
 */
export function decode(model: MapNode, teller: Teller): void {
  const decoded = decodeType(PROJECT, model, [], teller);
  model.entries.clear();
  if (decoded?.kind === "map") for (const [key, node] of decoded.entries) model.entries.set(key, node);
}

/** Who hears of what was found. */
export interface Teller {
  readonly report: Report;
  readonly warn: (text: string) => void;
}

const SILENT: Teller = { report: () => {}, warn: () => {} };

/** The decoded node; undefined when it was refused. */
function decodeType(type: Type, node: Node, path: Path, teller: Teller): Node | undefined {
  if (typeof type === "string") {
    const decoded = decodePlain(type, node, teller.warn);
    if (!("refused" in decoded)) return decoded;
    refuse(decoded, node, path, teller);
    return undefined;
  }
  switch (type.is) {
    case "optional":
      return isNil(node) ? node : decodeType(type.of, node, path, teller);
    case "struct":
      return decodeStruct(type.fields, node, path, teller);
    case "list":
      return decodeList(type.of, node, path, teller);
    case "map":
      return decodeMap(type, node, path, teller);
  }
  return type satisfies never;
}

function refuse({ refused, at }: Refusal, node: Node, path: Path, teller: Teller): void {
  teller.report(problem("semantic", refused, at ?? node, path));
}

function decodeStruct(fields: ReadonlyMap<string, Field>, node: Node, path: Path, teller: Teller): Node | undefined {
  if (node.kind !== "map" && !isNil(node)) {
    refuse({ refused: "must be a mapping" }, node, path, teller);
    return undefined;
  }
  const written = node.kind === "map" ? node.entries : new Map<string, Node>();
  const entries = new Map<string, Node>();
  for (const [key, { type, always }] of fields) {
    const value = written.get(key) ?? written.get(key.toLowerCase());
    const decoded = value === undefined || isNil(value) ? undefined : decodeType(type, value, [...path, key], teller);
    if (decoded !== undefined && (always || !isZero(type, decoded))) entries.set(key, decoded);
    else if (always || (type === "opt-out" && decoded === undefined)) entries.set(key, zero(type));
    else if (isStruct(type)) entries.set(key, decodeType(type, nothing(undefined), path, teller) ?? zero(type));
  }
  for (const [key, value] of written) if (key.startsWith("x-")) entries.set(key, value);
  return { kind: "map", entries, origins: node.kind === "map" ? node.origins : [] };
}

function decodeList(of: Type, node: Node, path: Path, teller: Teller): Node | undefined {
  if (node.kind !== "seq") {
    refuse({ refused: "must be a list" }, node, path, teller);
    return undefined;
  }
  const items: Node[] = [];
  for (const [i, item] of node.items.entries()) {
    const decoded = isNil(item) ? zeroMember(of, item) : decodeType(of, item, [...path, i], teller);
    if (decoded !== undefined) items.push(decoded);
  }
  return seq(items, node.origins);
}

function decodeMap(type: MapType, node: Node, path: Path, teller: Teller): Node | undefined {
  if (node.kind !== "map") {
    refuse({ refused: "must be a mapping" }, node, path, teller);
    return undefined;
  }
  const { plain, extensions } = withoutExtensions(node, type.named);
  const entries: [string, Node | undefined][] = [...plain].map(([key, value]) => [
    key,
    isNil(value) ? zeroMember(type.of, value) : decodeType(type.of, value, [...path, key], teller),
  ]);
  if (extensions !== undefined) {
    entries.push([EXTENSIONS, decodeType(type.of, map([], originOf(extensions)), path, teller)]);
  }
  return map(entries, node.origins);
}

function isNil(node: Node): boolean {
  return node.kind === "scalar" && node.value === null;
}

function isStruct(type: Type): boolean {
  return typeof type === "object" && type.is === "struct";
}

/** What a null member of a list or mapping is printed as. */
function zeroMember(type: Type, node: Node): Node {
  if (typeof type === "object" && type.is === "optional") return node;
  if (typeof type === "object" && type.is === "struct") return decodeType(type, node, [], SILENT) ?? node;
  return zero(type);
}

/** What is printed for an attribute nobody wrote. */
function zero(type: Type): Node {
  if (typeof type === "object") {
    return type.is === "list" ? seq([], undefined) : type.is === "optional" ? nothing(undefined) : map([], undefined);
  }
  switch (type) {
    case "bool":
    case "opt-out":
      return bool(false, undefined);
    case "int":
    case "uint":
    case "device-count":
      return int(0, undefined);
    case "float":
    case "cpus":
      return float(0, undefined);
    case "bytes":
      return text("0", undefined);
    case "duration":
      return text("0s", undefined);
    default:
      return text("", undefined);
  }
}

/** True for a value that is not printed. */
function isZero(type: Type, node: Node): boolean {
  if (typeof type === "object" && (type.is === "optional" || type.is === "struct")) return false;
  if (node.kind === "seq") return node.items.length === 0;
  if (node.kind === "map") return node.entries.size === 0;
  if (type === "opt-out") return node.value === true;
  if (type === "bytes") return node.value === "0";
  if (type === "duration") return node.value === "0s";
  return node.value === null || node.value === false || node.value === "" || node.value === 0 || node.value === 0n;
}
