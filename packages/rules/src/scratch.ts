import type { Service } from "@compose-harden/model";
import type { Advice } from "./advice.js";
import { isMounted } from "./container.js";

/** The `tmpfs` entries that a service lacks when its root file system is read-only. */
export function missingScratch(service: Service, advice: Advice): readonly string[] {
  return advice.readOnly(service).scratch.filter((entry) => !isMounted(service, entry.split(":")[0] ?? entry));
}
