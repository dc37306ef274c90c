import { originOf } from "../tree/edit.js";
import { bool, derived, float, int, map, nothing, partOf, seq, text } from "../tree/make.js";
import type { MapNode, Node, ScalarNode } from "../tree/node.js";
import { parseBytes } from "../values/bytes.js";
import { castBoolean, castFloat, castInteger, parseCpus } from "../values/casts.js";
import type { Decoded } from "../values/decoded.js";
import { parseDeviceCount } from "../values/device.js";
import { formatDuration, parseDuration } from "../values/duration.js";
import { formatFileMode, parseFileMode } from "../values/filemode.js";
import { parseHosts } from "../values/hosts.js";
import { parseEnvironmentItem, splitKeyValue } from "../values/mapping.js";
import { formatJsonFloat } from "../values/number.js";
import { splitCommand } from "../values/shellwords.js";
import { EXTENSIONS, printed, withoutExtensions } from "./extensions.js";
import type { PlainType } from "./types.js";

/** Why a value cannot be decoded; the words follow its path. */
export interface Refusal {
  readonly refused: string;
  /** The member concerned, when it is not the whole value. */
  readonly at?: Node;
}

/** A value of a plain type in printed form. */
export function decodePlain(type: PlainType, node: Node, warn: (text: string) => void): Node | Refusal {
  switch (type) {
    case "text":
      return textValue(node);
    case "bool":
    case "opt-out":
      return scalar(node, "a boolean", (value, { tag }) => (tag === "bool" ? node : boolean(value, node, warn)));
    case "int":
      return integer(node, false);
    case "uint":
      return integer(node, true);
    case "float":
      return scalar(node, "a number", (value) =>
        isNumber(value)
          ? single(Number(value), node)
          : fromText(value, node, "a number", castFloat, (number, origin) => single(number, node, origin)),
      );
    case "cpus":
      return scalar(node, "a number", (value) =>
        isNumber(value)
          ? single(Number(value), node)
          : fromText(value, node, "a number", parseCpus, (number, origin) => single(number, node, origin)),
      );
    case "bytes":
      return bytes(node);
    case "duration":
      return fromText(printed(node), node, "a duration such as `1m30s`", parseDuration, (nanoseconds, origin) =>
        text(formatDuration(nanoseconds), origin),
      );
    case "command":
      // An unquoted date is dropped without a word.
      if (node.kind === "scalar" && node.tag === "timestamp") return nothing(undefined);
      return node.kind === "seq" ? words(node.items, node) : split(node);
    case "health-test":
      if (node.kind === "seq") return words(node.items, node);
      return node.kind === "scalar" && node.tag === "str"
        ? seq([text("CMD-SHELL", derived(node.origin)), node], originOf(node))
        : { refused: "must be a string or a list" };
    case "file-mode":
      return scalar(node, "a file mode", (value, { tag, origin }) =>
        tag === "int" && (typeof value === "number" || typeof value === "bigint")
          ? text(formatFileMode(value), origin)
          : fromText(value, node, "an octal file mode such as `0440`", parseFileMode, (mode, at) =>
              text(formatFileMode(mode), at),
            ),
      );
    case "device-count":
      return scalar(node, "a number or `all`", (value, { tag }) =>
        tag === "int"
          ? node
          : fromText(value, node, "a number or `all`", parseDeviceCount, (count, origin) => int(count, origin)),
      );
    case "ulimit":
      return ulimit(node);
    case "environment":
      return environment(node);
    case "text-map":
      return textMap(node);
    case "options":
      return node.kind === "map" ? printedMap(node) : { refused: "must be a mapping" };
    case "multi-options":
      return multiOptions(node);
    case "hosts":
      return hosts(node);
    case "text-list":
      if (node.kind === "seq") return texts(node.items, node);
      return node.kind === "scalar" && node.tag === "str"
        ? seq([node], originOf(node))
        : { refused: "must be a string or a list" };
    case "printed-list":
      if (node.kind === "seq") return seq(node.items.map(asText), node.origins);
      return node.kind === "scalar" && node.tag === "str"
        ? seq([node], originOf(node))
        : { refused: "must be a string or a list" };
    case "ssh":
      return ssh(node);
  }
  return type satisfies never;
}

type Value = ScalarNode["value"];

function scalar(
  node: Node,
  expected: string,
  decode: (value: Value, node: ScalarNode) => Node | Refusal,
): Node | Refusal {
  return node.kind === "scalar" ? decode(node.value, node) : { refused: `must be ${expected}` };
}

function isNumber(value: Value): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** Parses a text and builds the node that takes its place; anything else is refused, in words of what was expected. */
function fromText<T>(
  value: Value,
  node: Node,
  expected: string,
  parse: (text: string) => Decoded<T>,
  build: (value: T, origin: ScalarNode["origin"]) => Node,
): Node | Refusal {
  const parsed = typeof value === "string" ? parse(value) : undefined;
  if (parsed?.ok === true) return build(parsed.value, originOf(node));
  return { refused: `must be ${expected}, found ${JSON.stringify(brief(printed(node)))}` };
}

function brief(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}…` : value;
}

function boolean(value: Value, node: Node, warn: (text: string) => void): Node | Refusal {
  return fromText(value, node, "true or false", castBoolean, ({ value: is, warning }, origin) => {
    if (warning !== undefined) warn(warning);
    return bool(is, origin);
  });
}

/** Text attributes take integers as well, but no fractions, booleans or dates. */
function textValue(node: Node): Node | Refusal {
  return scalar(node, "a string", (value, { tag, origin }) => {
    if (tag === "str") return node;
    return tag === "int" ? text(String(value), origin) : { refused: `must be a string, found ${noun(tag)}` };
  });
}

function noun(tag: ScalarNode["tag"]): string {
  switch (tag) {
    case "null":
      return "nothing";
    case "bool":
      return "a boolean";
    case "int":
      return "an integer";
    case "float":
      return "a number with a fraction";
    case "str":
      return "a string";
    case "timestamp":
      return "a date (put it in quotes)";
  }
  return tag satisfies never;
}

const MAX_INT64 = 2n ** 63n - 1n;

/** Fractions are cut off. */
function integer(node: Node, unsigned: boolean): Node | Refusal {
  return scalar(node, "an integer", (value, { tag, origin }) => {
    if (isNumber(value)) {
      if (unsigned && value < 0) return { refused: "must not be negative" };
      if (tag !== "int") return int(Math.trunc(Number(value)), origin);
      // An integer that only fits 64 bits without a sign wraps around, as it does in Docker.
      return unsigned || value <= MAX_INT64 ? node : int(Number(BigInt.asIntN(64, BigInt(value))), origin);
    }
    if (unsigned) return { refused: "must be an integer, without quotes" };
    return fromText(value, node, "an integer", castInteger, (number, at) => int(number, at));
  });
}

function single(value: number, node: Node, origin: ScalarNode["origin"] = originOf(node)): Node {
  const rounded = Number(formatJsonFloat(Math.fround(value), 32));
  return float(rounded, origin);
}

/** A fraction, or a number too large for 64 bits, is silently no limit at all. */
function bytes(node: Node): Node | Refusal {
  return scalar(node, "an amount of memory", (value, { tag, origin }) => {
    if (tag === "int" && isNumber(value) && value <= MAX_INT64) return text(String(value), origin);
    if (tag !== "str") return text("0", origin);
    return fromText(value, node, "an amount of memory such as `512m`", parseBytes, (amount, at) =>
      text(String(amount), at),
    );
  });
}

function split(node: Node): Node | Refusal {
  return scalar(node, "a string or a list", (value, { origin }) => {
    const parts = splitCommand(String(value));
    // The words themselves are not shown: they may hold a password.
    if (!parts.ok) return { refused: "has quotes or parentheses that do not match" };
    return seq(
      parts.value.map((part) => text(part, derived(origin))),
      origin,
    );
  });
}

function words(items: readonly Node[], node: Node): Node | Refusal {
  return texts(items, node);
}

function texts(items: readonly Node[], node: Node): Node | Refusal {
  for (const item of items)
    if (item.kind !== "scalar" || item.tag !== "str") return { refused: "must hold strings only", at: item };
  return seq([...items], node.kind === "seq" ? node.origins : originOf(node));
}

function ulimit(node: Node): Node | Refusal {
  if (node.kind === "scalar") {
    if (node.tag !== "int") return { refused: "must be an integer" };
    return node.value === 0 ? map([], node.origin) : node;
  }
  if (node.kind !== "map") return { refused: "must be an integer or a mapping" };
  const limits: [string, Node | undefined][] = [];
  for (const key of ["soft", "hard"]) {
    const limit = node.entries.get(key);
    if (limit === undefined) continue;
    if (limit.kind !== "scalar" || limit.tag !== "int")
      return { refused: `needs an integer for \`${key}\``, at: limit };
    if (limit.value !== 0) limits.push([key, limit]);
  }
  return map(limits, node.origins);
}

function environment(node: Node): Node | Refusal {
  if (node.kind === "map") {
    return mapped(node, (value) => (value.kind === "scalar" && value.value === null ? value : asText(value)));
  }
  if (node.kind !== "seq") return { refused: "must be a mapping or a list" };
  const entries = new Map<string, Node>();
  for (const item of node.items) {
    const written = printed(item);
    const parsed = parseEnvironmentItem(written);
    if (!parsed.ok) return { refused: `cannot be read: ${parsed.message}`, at: item };
    const { key, value, parts } = parsed.value;
    entries.set(key, value === null ? nothing(derived(originOf(item))) : part(item, value, parts.value));
  }
  return map(entries, node.origins);
}

function textMap(node: Node): Node | Refusal {
  if (node.kind === "map") return printedMap(node);
  if (node.kind !== "seq") return { refused: "must be a mapping or a list" };
  const entries = new Map<string, Node>();
  for (const item of node.items) {
    const { key, value, parts } = splitKeyValue(printed(item));
    entries.set(key, part(item, value ?? "", parts.value));
  }
  return map(entries, node.origins);
}

function part(item: Node, value: string, span: { readonly start: number; readonly end: number } | undefined): Node {
  const origin =
    item.kind === "scalar" && span !== undefined ? partOf(item, span.start, span.end) : derived(originOf(item));
  return text(value, origin);
}

function printedMap(node: MapNode): Node {
  return mapped(node, (value) =>
    value.kind === "scalar" && value.value === null ? text("", value.origin) : asText(value),
  );
}

function mapped(node: MapNode, change: (value: Node) => Node): Node {
  const { plain, extensions } = withoutExtensions(node, false);
  const entries = [...plain].map(([key, value]): [string, Node] => [key, change(value)]);
  if (extensions !== undefined) entries.push([EXTENSIONS, change(extensions)]);
  return map(entries, node.origins);
}

function asText(node: Node): ScalarNode {
  return node.kind === "scalar" && node.tag === "str" ? node : text(printed(node), originOf(node));
}

function multiOptions(node: Node): Node | Refusal {
  if (node.kind !== "map") return { refused: "must be a mapping" };
  return mapped(node, (value) =>
    seq(value.kind === "seq" ? value.items.map(asText) : [asText(value)], originOf(value)),
  );
}

function hosts(node: Node): Node | Refusal {
  if (node.kind === "scalar") return { refused: "must be a list or a mapping" };
  const input =
    node.kind === "seq"
      ? node.items.map(printed)
      : Object.fromEntries(
          [...node.entries].map(([host, value]) => [
            host,
            value.kind === "seq"
              ? value.items.map(printed)
              : value.kind === "scalar" && value.value === null
                ? null
                : printed(value),
          ]),
        );
  const parsed = parseHosts(input);
  if (!parsed.ok) return { refused: `cannot be read: ${parsed.message}` };
  const from = node.kind === "seq" ? node.items : [...node.entries.values()];
  return seq(
    parsed.value.map((item) => {
      const host = item.slice(0, item.indexOf("="));
      const source =
        node.kind === "map"
          ? node.entries.get(host)
          : from.find((written) => /^[^=:]*/.exec(printed(written))?.[0] === host);
      return text(item, source && derived(originOf(source)));
    }),
    node.origins,
  );
}

/** Printed as `id` or `id: path`, since Docker's own JSON of a path is no JSON. */
function ssh(node: Node): Node | Refusal {
  if (node.kind !== "map") return { refused: "must be a list or a mapping" };
  const { plain } = withoutExtensions(node, false);
  return seq(
    [...plain].map(([id, path]) => {
      const given = path.kind === "scalar" && path.value === null ? "" : printed(path);
      return text(given === "" ? id : `${id}: ${given}`, derived(originOf(path)));
    }),
    node.origins,
  );
}
