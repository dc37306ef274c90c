import { cleanPath, isList, isMap, remembered, type Service } from "@compose-harden/model";
import { profileOf, setsUser, startsUnprivileged } from "@compose-harden/profiles";

/** True when Docker starts a Linux container for it: not for a provider's plug-in, nor for a Windows container. */
export const isLinuxContainer: (service: Service) => boolean = remembered((service) => {
  if (service.get("provider") !== undefined) return false;
  const platform = service.get("platform")?.value;
  if (typeof platform === "string" && platform.startsWith("windows")) return false;
  const isolation = service.get("isolation")?.value;
  if (isolation === "hyperv" || isolation === "process") return false;
  const image = service.image?.value ?? "";
  return !/^mcr\.microsoft\.com\/(windows|dotnet\/framework)\b/.test(image);
});

/**
 * True for an override, or a base that others extend: without an image and a build Docker starts nothing, and what it lacks may
 * stand in the file that it belongs to.
 */
export function isPiece(service: Service): boolean {
  return !service.has("image") && !service.has("build");
}

/** True when it is known to start as an ordinary user without groups of the machine: what only root and a group may open stays shut. */
export const startsAsOrdinaryUser: (service: Service) => boolean = remembered((service) => {
  const user = service.user?.value ?? "";
  if (service.get("group_add") !== undefined || user.includes(":")) return false;
  if (user !== "") return setsUser(user);
  const profile = service.image === undefined ? undefined : profileOf(service.image.value);
  return profile !== undefined && startsUnprivileged(profile);
});

/** True when settings show that it is meant for `docker stack deploy`, which reads some attributes differently. */
export const isSwarmService: (service: Service) => boolean = remembered((service) => {
  if (service.ports.items.some((port) => port.value.mode === "host")) return true;
  if (service.get("deploy") === undefined) return false;
  const written = (...below: readonly string[]) => {
    const value = service.get("deploy", ...below)?.raw;
    return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
  };
  return (
    written("mode") ||
    written("endpoint_mode") ||
    written("update_config") ||
    written("rollback_config") ||
    written("placement", "constraints") ||
    written("placement", "preferences")
  );
});

/** True when it gets a graphics processor to compute on. */
export const usesGpu: (service: Service) => boolean = remembered((service) => {
  if (service.get("runtime")?.value === "nvidia" || service.get("gpus") !== undefined) return true;
  const reserved = service.get("deploy", "resources", "reservations", "devices")?.raw;
  if (!isList(reserved)) return false;
  return reserved.some((device) => isMap(device) && isList(device.capabilities) && device.capabilities.includes("gpu"));
});

/** True when something is mounted at exactly this path of the container, whatever spelling mounts it. */
export function isMounted(service: Service, path: string): boolean {
  return mountedPaths(service).has(cleanPath(path));
}

const mountedPaths = remembered(
  ({ volumes, tmpfs }: Service): ReadonlySet<string> =>
    new Set([...volumes.items, ...tmpfs.items].map(({ value }) => cleanPath(value.target))),
);
