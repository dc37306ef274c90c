import type { Service } from "@compose-harden/model";
import { isMounted } from "../host/container.js";

/** Those of the `tmpfs` entries at whose path the service mounts nothing yet. */
export function unmounted(service: Service, entries: readonly string[]): readonly string[] {
  return entries.filter((entry) => !isMounted(service, entry.split(":")[0] ?? entry));
}
