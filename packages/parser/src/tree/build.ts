import { formatPath, type Hop, type Origin, type Path, type SourceRange } from "@compose-harden/model";
import { castText, expectation } from "../stages/cast.js";
import { CASTS, type Cast } from "../stages/casts.js";
import { interpolateLeniently } from "../stages/interpolate.js";
import type { MapSyntax, ScalarSyntax, SyntaxNode } from "../syntax/tree.js";
import type { Lookup } from "../values/decoded.js";
import { resolvePlain, resolveTagged, type Scalar } from "../values/scalar.js";
import type { MapNode, Node, ScalarNode, SeqNode } from "./node.js";
import { below, type Pattern } from "./pattern.js";
import type { Report } from "./problem.js";

/** Docker's own cap on the value nodes of one document. */
const MAX_VISITS = 100_000;
/** What aliases may add to one document. Docker has no such cap and exhausts the machine instead. */
const MAX_EXPANDED = 250_000;

/** How a document is read. */
export interface Reading {
  readonly file: string;
  readonly lookup: Lookup;
  readonly report: Report;
  readonly warn: (message: string) => void;
  /** Called when this program gives up where Docker would go on. */
  readonly giveUp: (message: string, at: SourceRange) => void;
  /** True for every document but the first of a set: its values override. */
  readonly overriding: boolean;
}

/** A document as a tree, with the paths its `!reset` and `!override` tags take out of what was loaded before. */
export interface Built {
  readonly root: Node | undefined;
  readonly resets: readonly (readonly string[])[];
}

/** Marks the index of a mapping in the list of a merge key: a step of what a tag resets, but of no attribute. */
const MERGED = "\u0000";

const NO_HOPS: readonly Hop[] = [];

/**
 * Turns the shape of a document into values: aliases and merge keys are followed, scalars get their types, `$` expressions
 * are substituted, texts are cast where Compose casts them.
 */
export function buildDocument(root: SyntaxNode, reading: Reading): Built {
  const builder = new Map<SyntaxNode, true>();
  const resets: string[][] = [];
  const path: (string | number)[] = [];
  const { file, report } = reading;
  let visits = 0;
  let expanded = 0;
  let expanding = 0;
  let stopped = false;
  /** Inside `!override` further tags are no instructions. */
  let literal = 0;

  /** Where a value takes effect. */
  function attribute(): Path {
    return path.filter((step) => typeof step === "number" || !step.startsWith(MERGED));
  }

  function rangeOf(node: SyntaxNode): SourceRange {
    return { file, start: node.start, end: node.end };
  }

  function refuse(reason: "yaml" | "structure" | "limit", message: string, node: SyntaxNode): void {
    report({ reason, message, path: attribute(), at: rangeOf(node) });
  }

  function originOf(node: SyntaxNode, key: SyntaxNode | undefined, via: readonly Hop[], interpolated = false): Origin {
    const value = rangeOf(node);
    const hops: readonly Hop[] = reading.overriding ? [...via, { kind: "override", at: value }] : via;
    const derived = node.kind === "scalar" && isTyped(node);
    return key === undefined
      ? { value, via: hops, interpolated, derived }
      : { value, key: rangeOf(key), via: hops, interpolated, derived };
  }

  /** The node at the end of an alias; undefined, and reported, when there is none or it contains itself. */
  function targetOf(node: SyntaxNode): SyntaxNode | undefined {
    if (node.kind !== "alias") return node;
    if (node.target === undefined) {
      refuse("yaml", `no anchor \`&${node.name}\` stands before the alias \`*${node.name}\``, node);
      return undefined;
    }
    if (builder.has(node.target)) {
      refuse("yaml", `the anchor \`&${node.name}\` contains itself`, node);
      return undefined;
    }
    return node.target;
  }

  /** True when no more is read: of the document, or of what aliases bring into it. */
  function exhausted(node: SyntaxNode): boolean {
    if (stopped) return true;
    if (expanding > 0) {
      if (++expanded <= MAX_EXPANDED) return false;
      reading.giveUp(`aliases expand the document by more than ${MAX_EXPANDED} values`, rangeOf(node));
      return true;
    }
    if (++visits <= MAX_VISITS) return false;
    stopped = true;
    refuse("limit", `the document holds more than ${MAX_VISITS} values`, node);
    return true;
  }

  /** Notes what a tag takes out of earlier documents. */
  function instructionOf(node: SyntaxNode): "!reset" | "!override" | undefined {
    const tag = literal === 0 ? tagOf(node) : undefined;
    if (tag !== "!reset" && tag !== "!override") return undefined;
    resets.push(path.map((step) => String(step).replace(MERGED, "")));
    return tag;
  }

  function build(
    written: SyntaxNode,
    writtenKey: SyntaxNode | undefined,
    outerVia: readonly Hop[],
    casts: Pattern<Cast> | undefined,
  ): Node | undefined {
    if (exhausted(written)) return undefined;
    const node = targetOf(written);
    if (node === undefined) return undefined;
    const aliased = node !== written;
    const via: readonly Hop[] = aliased ? [{ kind: "alias", at: rangeOf(written) }, ...outerVia] : outerVia;
    const key = aliased ? undefined : writtenKey;
    const instruction = instructionOf(node);
    if (instruction === "!reset") return undefined;
    if (instruction === "!override") literal++;
    if (aliased) expanding++;
    let built: Node | undefined;
    if (node.kind === "scalar") built = buildScalar(node, key, via, casts);
    else {
      if (node.anchor !== undefined) builder.set(node, true);
      if (node.kind === "map") built = buildMap(node, key, via, casts);
      else if (node.kind === "seq") built = buildSeq(node, key, via, casts);
      if (node.anchor !== undefined) builder.delete(node);
    }
    if (aliased) expanding--;
    if (instruction === "!override") literal--;
    return built;
  }

  function buildSeq(
    node: SyntaxNode & { kind: "seq" },
    key: SyntaxNode | undefined,
    via: readonly Hop[],
    casts: Pattern<Cast> | undefined,
  ): SeqNode {
    const items: Node[] = [];
    const itemCasts = below(casts, "[]");
    for (let i = 0; i < node.items.length; i++) {
      const item = node.items[i];
      if (item === undefined) continue;
      path.push(i);
      const built = build(item, undefined, via, itemCasts);
      path.pop();
      if (built !== undefined) items.push(built);
    }
    return { kind: "seq", items, origins: [originOf(node, key, via)] };
  }

  function buildMap(
    node: MapSyntax,
    key: SyntaxNode | undefined,
    via: readonly Hop[],
    casts: Pattern<Cast> | undefined,
  ): MapNode {
    const entries = new Map<string, Node>();
    const merged: Origin[] = [];
    fillMap(node, via, casts, entries, undefined, merged);
    merged.push(originOf(node, key, via));
    return { kind: "map", entries, origins: merged };
  }

  /** Adds a mapping's pairs, its own first, then those of its merge keys where nothing stands yet. */
  function fillMap(
    node: MapSyntax,
    via: readonly Hop[],
    casts: Pattern<Cast> | undefined,
    entries: Map<string, Node>,
    taken: Set<string> | undefined,
    merged: Origin[],
  ): void {
    const own = new Map<string, SyntaxNode>();
    const merges: SyntaxNode[] = [];
    for (const pair of node.pairs) {
      const name = keyOf(pair.key);
      if (name === undefined) continue;
      if (own.has(name)) refuse("yaml", `the key \`${name}\` is written twice in one mapping`, pair.key);
      own.set(name, pair.key);
      if (isMergeKey(pair.key)) {
        merges.push(pair.value);
        continue;
      }
      if (taken?.has(name) === true) continue;
      path.push(name);
      const value = build(pair.value, pair.key, via, below(casts, name));
      path.pop();
      if (value !== undefined) entries.set(name, value);
    }
    if (merges.length === 0) return;
    // A key that a nearer mapping holds stays, whatever farther mappings say.
    for (const value of merges) mergeInto(value, via, casts, entries, merged);
  }

  function mergeInto(
    value: SyntaxNode,
    via: readonly Hop[],
    casts: Pattern<Cast> | undefined,
    entries: Map<string, Node>,
    merged: Origin[],
  ): void {
    if (exhausted(value)) return;
    const target = targetOf(value);
    if (target === undefined) return;
    if (target.kind === "map") {
      mergeMap(target, value, via, casts, entries, merged);
    } else if (target.kind === "seq") {
      const outer = target === value ? via : [{ kind: "alias", at: rangeOf(value) } as const, ...via];
      for (const [i, item] of target.items.entries()) {
        if (exhausted(item)) return;
        const map = targetOf(item);
        path.push(`${MERGED}${i}`);
        if (map?.kind === "map") mergeMap(map, item, outer, casts, entries, merged);
        path.pop();
        if (map !== undefined && map.kind !== "map")
          refuse("yaml", "a merge key takes a mapping or a list of mappings", item);
      }
    } else refuse("yaml", "a merge key takes a mapping or a list of mappings", value);
  }

  function mergeMap(
    map: MapSyntax,
    use: SyntaxNode,
    via: readonly Hop[],
    casts: Pattern<Cast> | undefined,
    entries: Map<string, Node>,
    merged: Origin[],
  ): void {
    const instruction = instructionOf(map);
    if (instruction === "!reset") return;
    if (instruction === "!override") literal++;
    const hops: readonly Hop[] = [{ kind: "merge-key", at: rangeOf(use) }, ...via];
    const aliased = map !== use;
    if (aliased) expanding++;
    if (map.anchor !== undefined) builder.set(map, true);
    const deeper: Origin[] = [];
    fillMap(map, hops, casts, entries, new Set(entries.keys()), deeper);
    if (map.anchor !== undefined) builder.delete(map);
    if (aliased) expanding--;
    if (instruction === "!override") literal--;
    // Weakest first: what a merged mapping merges itself, then it, then those named before it.
    merged.unshift(...deeper, originOf(map, undefined, hops));
  }

  /** The text of a mapping key; reports keys that are no strings. */
  function keyOf(key: SyntaxNode): string | undefined {
    const node = key.kind === "alias" ? key.target : key;
    if (node === undefined || node.kind !== "scalar") {
      refuse("yaml", "a mapping key must be a text", key);
      return undefined;
    }
    const scalar = scalarOf(node);
    if (scalar.tag !== "str") refuse("structure", `the key \`${node.text}\` is no text: put it in quotes`, key);
    return node.text;
  }

  function scalarOf(node: ScalarSyntax): Scalar {
    const tag = tagOf(node);
    if (tag === undefined || tag === "!") {
      return node.style === "plain" && tag === undefined ? resolvePlain(node.text) : { tag: "str", value: node.text };
    }
    const scalar = resolveTagged(node.text, tag);
    if (scalar.ok) return scalar.value;
    refuse("yaml", scalar.message, node);
    return { tag: "str", value: node.text };
  }

  function buildScalar(
    node: ScalarSyntax,
    key: SyntaxNode | undefined,
    via: readonly Hop[],
    casts: Pattern<Cast> | undefined,
  ): ScalarNode {
    const scalar = scalarOf(node);
    if (scalar.tag !== "str") return { kind: "scalar", ...scalar, origin: originOf(node, key, via) };
    let value = scalar.value;
    if (value.includes("$")) {
      const { text, problem, unset } = interpolateLeniently(value, reading.lookup);
      for (const name of unset) reading.warn(`The "${name}" variable is not set. Defaulting to a blank string.`);
      if (problem !== undefined)
        report({ reason: "interpolation", message: problem, path: attribute(), at: rangeOf(node) });
      const changed = text !== value;
      value = text;
      if (changed) return cast(value, node, originOf(node, key, via, true), casts);
    }
    return cast(value, node, originOf(node, key, via), casts);
  }

  function cast(text: string, node: ScalarSyntax, origin: Origin, casts: Pattern<Cast> | undefined): ScalarNode {
    if (casts?.value === undefined) return { kind: "scalar", tag: "str", value: text, origin };
    const result = castText(text, casts.value);
    if (!result.ok) {
      const message = `\`${formatPath(attribute())}\` ${expectation(casts.value)}, found ${JSON.stringify(text)}`;
      report({ reason: "interpolation", message, path: attribute(), at: rangeOf(node) });
      return { kind: "scalar", tag: "str", value: text, origin };
    }
    const { scalar, warning } = result.value;
    if (warning !== undefined) reading.warn(warning);
    return { kind: "scalar", ...scalar, origin };
  }

  return { root: build(root, undefined, NO_HOPS, CASTS), resets };
}

/** A node's tag without the brackets of its verbatim form. */
function tagOf(node: SyntaxNode): string | undefined {
  const { tag } = node;
  return tag?.startsWith("!<") === true ? tag.slice(2, -1) : tag;
}

/** True when a tag gives a scalar another type than its own bytes do. */
function isTyped(node: ScalarSyntax): boolean {
  const tag = tagOf(node);
  if (tag === undefined || tag === "!override") return false;
  if (tag.endsWith("binary")) return true;
  return node.style === "plain" ? resolvePlain(node.text).tag !== "str" : tag !== "!" && tag !== "!!str";
}

function isMergeKey(key: SyntaxNode): boolean {
  if (key.kind !== "scalar" || key.text !== "<<") return false;
  const tag = tagOf(key);
  return tag === undefined ? key.style === "plain" : tag === "!!merge" || tag === "tag:yaml.org,2002:merge";
}
