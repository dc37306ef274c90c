import type { Decoded, Span } from "./decoded.js";
import { accept, refuse } from "./decoded.js";
import type { Integer } from "./number.js";
import { parseInteger } from "./number.js";
import { quote } from "./quote.js";

/** A device of a service in long form. */
export interface DeviceMapping {
  readonly source: string;
  readonly target: string;
  readonly permissions: string;
}

/** A short-syntax device and where its parts stand in the text. */
export interface ParsedDevice {
  readonly device: DeviceMapping;
  readonly parts: { readonly source: Span; readonly target?: Span; readonly permissions?: Span };
}

/** Parses `source[:target[:permissions]]`; the target defaults to the source, permissions to `rwm`. */
export function parseDevice(text: string): Decoded<ParsedDevice> {
  const [source = "", target, permissions, ...more] = text.split(":");
  if (more.length > 0) return refuse(`confusing device mapping, please use long syntax: ${text}`);
  const targetStart = source.length + 1;
  const targetEnd = targetStart + (target ?? "").length;
  return accept({
    device: {
      source,
      target: target === undefined || target === "" ? source : target,
      permissions: permissions ?? "rwm",
    },
    parts: {
      source: { start: 0, end: source.length },
      ...(target === undefined ? {} : { target: { start: targetStart, end: targetEnd } }),
      ...(permissions === undefined ? {} : { permissions: { start: targetEnd + 1, end: text.length } }),
    },
  });
}

/** Reads the count of a device request: `all` (any case) is -1. */
export function parseDeviceCount(text: string): Decoded<Integer> {
  if (text.toLowerCase() === "all") return accept(-1);
  const count = parseInteger(text, 10);
  return count.ok ? count : refuse(`invalid value ${quote(text)}, the only value allowed is 'all' or a number`);
}

/** One key of `build.ssh`: `default`, or `id=path`. */
export interface SshKey {
  readonly id: string;
  readonly path: string | null;
}

/** Parses an item of `build.ssh`. */
export function parseSshKey(text: string): Decoded<SshKey> {
  const equals = text.indexOf("=");
  if (equals >= 0) return accept({ id: text.slice(0, equals), path: text.slice(equals + 1) });
  return text === "default" ? accept({ id: text, path: null }) : refuse(`invalid ssh key ${quote(text)}`);
}
