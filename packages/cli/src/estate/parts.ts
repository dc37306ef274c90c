import { isMap, type Json, type JsonMap } from "@compose-harden/model";
import type { Shard } from "@compose-harden/report";
import { UsageError } from "../errors.js";

/** A report that is not what it has to be. */
export function broken(name: string, what: string): UsageError {
  return new UsageError(`\`${name}\` ${what}`);
}

/** Which part of a run a report says it is; undefined for a whole one. */
export function shardIn(value: Json | undefined, name: string): Shard | undefined {
  if (value === undefined) return undefined;
  const { index, count } = isMap(value) ? value : ({} as JsonMap);
  if (typeof index !== "number" || typeof count !== "number") throw broken(name, "does not say which part it is");
  return { index, count };
}

/** True when the reports are all parts of one run; throws when some are missing, twice, or of different runs. */
export function arePartsOfOne(
  reports: readonly { readonly name: string; readonly shard: Shard | undefined; readonly version: string }[],
): boolean {
  const [first] = reports;
  if (first === undefined) return false;
  const other = reports.find(({ version }) => version !== first.version);
  if (other !== undefined) {
    throw broken(
      other.name,
      `was made by version ${other.version}, \`${first.name}\` by version ${first.version}: take one for all`,
    );
  }
  if (reports.every(({ shard }) => shard === undefined)) return false;
  const count = first.shard?.count ?? reports.find(({ shard }) => shard !== undefined)?.shard?.count ?? 0;
  const seen = new Set<number>();
  for (const { name, shard } of reports) {
    if (shard === undefined) throw broken(name, "is the report of a whole run, others are of parts");
    if (shard.count !== count) throw broken(name, `is one of ${shard.count} parts, \`${first.name}\` one of ${count}`);
    if (seen.has(shard.index)) throw broken(name, `is part ${shard.index}/${count} a second time`);
    seen.add(shard.index);
  }
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter((index) => !seen.has(index));
  if (missing.length > 0) {
    const parts = missing.slice(0, 8).map((index) => `${index}/${count}`);
    throw new UsageError(
      `missing: part ${parts.join(", ")}${missing.length > 8 ? " and more" : ""}; what was not checked is not reported as clean`,
    );
  }
  return true;
}
