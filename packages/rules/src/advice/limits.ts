import { type Json, type KeyPath, remembered, type Service } from "@compose-harden/model";
import { isSwarmService } from "../host/container.js";
import type { Report } from "../rule.js";
import type { Grade } from "./advice.js";

/** One of the three limits: its name in messages, and its two places. */
export interface Limit {
  readonly noun: string;
  /** The attribute of the service itself. */
  readonly attribute: "mem_limit" | "cpus" | "pids_limit";
  /** Its name under `deploy.resources.limits`. */
  readonly resource: "memory" | "cpus" | "pids";
}

/**
 * Where a limit is to be written. Docker refuses a project whose service has a `deploy.resources.limits` block and differing
 * values beside it, so that all limits of a service must go to one place: the block where there is one, else the attributes,
 * which everything but Swarm understands.
 */
function limitPath(service: Service, { attribute, resource }: Limit): KeyPath {
  return belongInBlock(service)
    ? [...service.path, "deploy", "resources", "limits", resource]
    : [...service.path, attribute];
}

const belongInBlock = remembered((service: Service): boolean => {
  if (service.get("deploy", "resources", "limits") !== undefined) return true;
  const hasAttribute = ["mem_limit", "cpus", "pids_limit"].some((name) => service.has(name));
  return !hasAttribute && isSwarmService(service);
});

/** A value to write, with the form people write it in. */
export interface LimitValue {
  readonly value: Json;
  readonly written?: Json;
  readonly text: string;
}

/** Says of a Linux container that it is without the limit, or has one that Docker reads as none. */
export function withoutLimit(
  service: Service,
  limit: Limit,
  { risk, grade, value }: { readonly risk: string; readonly grade: Grade; readonly value: LimitValue },
): Report {
  const { noun, attribute, resource } = limit;
  const path = limitPath(service, limit);
  const written = [service.get("deploy", "resources", "limits", resource), service.get(attribute)].find(
    (place) => place?.origin !== undefined,
  )?.path;
  return {
    at: { path: written ?? path },
    message:
      written === undefined
        ? `\`${service.name}\` has no ${noun} limit`
        : `\`${service.name}\` writes a ${noun} limit that Docker reads as none`,
    risk,
    fix: {
      title: `set ${path.slice(2).join(".")} to ${value.text}`,
      intents: [
        { op: "set", path, value: value.value, ...(value.written === undefined ? {} : { written: value.written }) },
      ],
      ...grade,
    },
  };
}

/** Bytes as Compose and people write them: `4g`, `512m`. */
export function formatBytes(bytes: number): string {
  const [unit, size] = UNITS.find(([, size]) => bytes % size === 0) ?? ["b", 1];
  return `${bytes / size}${unit}`;
}

const UNITS: readonly (readonly [string, number])[] = [
  ["g", 1024 ** 3],
  ["m", 1024 ** 2],
  ["k", 1024],
];

/** Bytes of a size in Compose's spelling (`512m`, `4gb`), undefined for anything else or nothing. */
export function parseBytes(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?) ?([bkmgtp]?)(?:i?b)?$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Math.floor(Number(digits) * 1024 ** Math.max(0, "bkmgtp".indexOf(unit.toLowerCase()))) || undefined;
}
