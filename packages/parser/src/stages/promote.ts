import { isNull, mapAt } from "../tree/edit.js";
import type { MapNode } from "../tree/node.js";
import type { Report } from "../tree/problem.js";
import { mergeAt } from "./merge.js";

/** Reads `x-develop` and `x-initialSync`, the names two attributes had before they were adopted, as those attributes. */
export function promoteExtensions(model: MapNode, report: Report): void {
  for (const [name, service] of mapAt(model, "services")?.entries ?? []) {
    if (service.kind !== "map") continue;
    promote(service, "x-develop", "develop", ["services", name], report);
    const develop = service.entries.get("develop");
    const watch = develop?.kind === "map" ? develop.entries.get("watch") : undefined;
    if (watch?.kind !== "seq") continue;
    for (const [i, trigger] of watch.items.entries()) {
      if (trigger.kind !== "map") continue;
      promote(trigger, "x-initialSync", "initial_sync", ["services", name, "develop", "watch", i], report);
    }
  }
}

function promote(map: MapNode, from: string, to: string, path: readonly (string | number)[], report: Report): void {
  const extension = map.entries.get(from);
  if (extension === undefined) return;
  map.entries.delete(from);
  const own = map.entries.get(to);
  const value = own === undefined || isNull(own) ? extension : mergeAt(extension, own, [...path, to], report);
  map.entries.set(to, value);
}
