import type { Origin } from "@compose-harden/model";
import { cleanPath } from "@compose-harden/model";
import { originOf } from "../tree/edit.js";
import { bool, derived, map, partOf, text } from "../tree/make.js";
import type { Node } from "../tree/node.js";
import type { Span } from "../values/decoded.js";
import { parseDevice } from "../values/device.js";
import { parseVolume } from "../values/volume.js";
import { type Place, refused } from "./rewrite.js";

/** `./data:/data:ro` → `{type: bind, source: ./data, target: /data, read_only: true, bind: {create_host_path: true}}`. */
export function volume(node: Node, place: Place): Node | undefined {
  if (node.kind === "map") return node;
  if (node.kind !== "scalar" || node.tag !== "str") return refused("must be a string or a mapping", node, place);
  const parsed = parseVolume(String(node.value));
  if (!parsed.ok) return refused(`is no volume: ${parsed.message}`, node, place);
  const { mount, parts } = parsed.value;
  const whole = derived(node.origin);
  const at = (span: Span | undefined): Origin | undefined =>
    span === undefined ? whole : partOf(node, span.start, span.end);
  return map(
    [
      ["type", text(mount.type, whole)],
      ["source", mount.source === undefined ? undefined : text(mount.source, at(parts.source))],
      ["target", mount.target === undefined ? undefined : text(cleanPath(mount.target), at(parts.target))],
      ["read_only", mount.read_only === undefined ? undefined : bool(true, whole)],
      [
        "bind",
        mount.bind &&
          map(
            [
              ["selinux", mount.bind.selinux && text(mount.bind.selinux, whole)],
              ["propagation", mount.bind.propagation && text(mount.bind.propagation, whole)],
              ["create_host_path", mount.bind.create_host_path && bool(true, undefined)],
            ],
            whole,
          ),
      ],
      ["volume", mount.volume && map([["nocopy", mount.volume.nocopy && bool(true, whole)]], whole)],
    ],
    originOf(node),
  );
}

/** `/dev/a:/dev/b:r` → `{source: /dev/a, target: /dev/b, permissions: r}`. */
export function device(node: Node, place: Place): Node | undefined {
  if (node.kind === "map") return node;
  if (node.kind !== "scalar" || node.tag !== "str") return refused("must be a string or a mapping", node, place);
  const parsed = parseDevice(String(node.value));
  if (!parsed.ok) return refused(`is no device: ${parsed.message}`, node, place);
  const { device: mapping, parts } = parsed.value;
  const at = (span: Span | undefined): Origin | undefined =>
    span === undefined ? derived(node.origin) : partOf(node, span.start, span.end);
  return map(
    [
      ["source", text(mapping.source, at(parts.source))],
      ["target", text(mapping.target, at(parts.target))],
      ["permissions", text(mapping.permissions, parts.permissions === undefined ? undefined : at(parts.permissions))],
    ],
    originOf(node),
  );
}

/** A secret or config by name: `a` → `{source: a}`. */
export function fileMount(node: Node, place: Place): Node | undefined {
  if (node.kind === "map") return node;
  if (node.kind !== "scalar" || node.tag !== "str") return refused("must be a string or a mapping", node, place);
  return map([["source", node]], originOf(node));
}
