import type { Origin } from "@compose-harden/model";
import { originOf } from "../tree/edit.js";
import { derived, int, map, partOf, seq, text } from "../tree/make.js";
import type { MapNode, Node, ScalarNode } from "../tree/node.js";
import type { Span } from "../values/decoded.js";
import { type ParsedPort, type PortMapping, parsePort } from "../values/port.js";
import { type Place, refused } from "./rewrite.js";

/** Short ports become mappings; a range becomes one for each port. The list is handled whole, since one entry may become many. */
export function ports(node: Node, place: Place): Node | undefined {
  if (node.kind !== "seq") return refused("must be a list", node, place);
  const long: Node[] = [];
  for (const [i, entry] of node.items.entries()) {
    const at = { ...place, path: [...place.path, i] };
    if (entry.kind === "map") long.push(entry);
    else if (entry.kind === "scalar" && (entry.tag === "int" || entry.tag === "str")) long.push(...expand(entry, at));
    else refused("must be a port, as text, number or mapping", entry, at);
  }
  return seq(long, node.origins);
}

function expand(entry: ScalarNode, place: Place): MapNode[] {
  const parsed = parsePort(String(entry.value));
  if (!parsed.ok) {
    refused(`is no port: ${parsed.message}`, entry, place);
    return [];
  }
  return parsed.value.mappings.map((mapping) => longForm(entry, mapping, parsed.value.parts));
}

function longForm(entry: ScalarNode, mapping: PortMapping, parts: ParsedPort["parts"]): MapNode {
  const { host_ip, published, target, protocol, mode } = mapping;
  const at = (span: Span | undefined): Origin | undefined =>
    span === undefined || span.start === span.end ? derived(originOf(entry)) : partOf(entry, span.start, span.end);
  return map(
    [
      ["mode", text(mode, undefined)],
      ["host_ip", host_ip === undefined || host_ip === "" ? undefined : text(host_ip, at(parts.hostIp))],
      ["target", target === 0 ? undefined : int(target, at(parts.target))],
      ["published", published === undefined || published === "" ? undefined : text(published, at(parts.published))],
      ["protocol", text(protocol, parts.protocol === undefined ? undefined : at(parts.protocol))],
    ],
    originOf(entry),
  );
}
