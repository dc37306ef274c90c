import { cleanPath, isBelow, isMap, type Service } from "@compose-harden/model";

/** A mount as far as profiles care. */
export interface FactMount {
  /** Path in the container, in the spelling of `containerPath`. */
  readonly target: string;
  readonly source?: string | undefined;
  /** `bind`, `volume`, `tmpfs` … */
  readonly type: string;
  readonly readOnly: boolean;
}

/** What profiles need to know of a service: plain data, so that advice can be asked for without a loaded project. */
export interface ServiceFacts {
  readonly image: string;
  /** True when the image's text holds a `$` expression: elsewhere it may name another image. */
  readonly imageVaries?: boolean;
  /** The words of `command:`, absent when the image's own runs. */
  readonly command?: readonly string[] | undefined;
  readonly hasEntrypoint: boolean;
  readonly hasBuild: boolean;
  /** Absent when the image's own user runs. */
  readonly user?: string | undefined;
  readonly privileged: boolean;
  /** True when Docker's own init is the first process (`init: true`). */
  readonly init?: boolean;
  /** `pid`, `ipc`, `network`, `uts`, `userns` or `cgroup`, where set to `host`. */
  readonly hostNamespaces: readonly string[];
  readonly devices: readonly string[];
  /** Without the `CAP_` prefix, upper case. */
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly mounts: readonly FactMount[];
  /** In the same spelling. */
  readonly tmpfs: readonly string[];
  readonly environment: ReadonlyMap<string, { readonly value: string | null }>;
  /** Container ports that are published. */
  readonly ports: readonly number[];
}

const NAMESPACES = ["pid", "ipc", "uts", "userns_mode", "cgroup"];

/** The facts of a loaded service; undefined when it has neither image nor a known one. */
export function factsOf(service: Service): ServiceFacts | undefined {
  const { image, command, user, network_mode } = service;
  if (image === undefined) return undefined;
  const hostNamespaces = NAMESPACES.filter((key) => service.get(key)?.value === "host").map((key) =>
    key.replace("_mode", ""),
  );
  return {
    image: image.value,
    imageVaries: image.origin?.interpolated ?? false,
    command: command?.value,
    hasEntrypoint: service.entrypoint !== undefined,
    hasBuild: service.build !== undefined,
    // An empty one leaves it to the image.
    user: user?.value || undefined,
    privileged: service.privileged?.value ?? false,
    init: service.get("init")?.value === true,
    hostNamespaces: network_mode?.value === "host" ? [...hostNamespaces, "network"] : hostNamespaces,
    devices: devicesOf(service),
    capAdd: service.cap_add.items.map(({ value }) => capabilityName(value)),
    capDrop: service.cap_drop.items.map(({ value }) => capabilityName(value)),
    mounts: service.volumes.items.map(({ value: { target, source, type, read_only } }) => ({
      target: containerPath(target),
      source,
      type,
      readOnly: read_only,
    })),
    tmpfs: service.tmpfs.items.map(({ value }) => containerPath(value.target)),
    environment: service.environment.items,
    ports: service.ports.items.map(({ value }) => value.target),
  };
}

function devicesOf(service: Service): readonly string[] {
  const devices = service.get("devices")?.value;
  if (!Array.isArray(devices)) return [];
  return devices.map((device) => (isMap(device) ? String(device.source ?? "") : (String(device).split(":")[0] ?? "")));
}

/** A capability as profiles write it: `CAP_NET_ADMIN` and `net_admin` are `NET_ADMIN`. */
export function capabilityName(text: string): string {
  const name = text.toUpperCase();
  return name.startsWith("CAP_") ? name.slice("CAP_".length) : name;
}

/** A container path in one spelling: cleaned, and `/var/run` is `/run`, as it is a link in every base image. */
export function containerPath(path: string): string {
  const clean = cleanPath(path);
  return isBelow(clean, "/var/run") ? clean.slice("/var".length) : clean;
}
