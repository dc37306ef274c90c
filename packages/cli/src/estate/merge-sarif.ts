import { isList, isMap, type Json, type JsonMap, SEVERITIES } from "@compose-harden/model";
import { jsonText, MAX_RESULTS, numbered, PRINT, sarifLog } from "@compose-harden/report";
import { arePartsOfOne, broken, shardIn } from "./parts.js";

/** A report by its name. */
export interface NamedLog {
  readonly name: string;
  readonly log: Json;
}

/**
 * Puts SARIF logs together. Parts of one run become one run, as if it had not been parted; logs of separate runs become
 * one log with all their runs. `severities` are those of the findings that nobody suppressed.
 */
export function mergeSarif(logs: readonly NamedLog[]): {
  readonly text: string;
  readonly severities: readonly string[];
} {
  const parts = logs.map(partOf);
  if (!arePartsOfOne(parts)) {
    const [first] = logs;
    const runs = logs.flatMap(({ log }) => (isMap(log) && isList(log.runs) ? log.runs : []));
    const open = parts.flatMap(({ results }) => results.filter(isOpen));
    return { text: jsonText({ ...(isMap(first?.log) ? first.log : {}), runs }), severities: open.map(severityOf) };
  }
  const first = firstTold(parts);
  const isNew = ({ position, key }: Placed) => key === "" || first.get(key) === position;
  const results = parts.flatMap((part) => part.results).filter((result) => isNew(placeOf(result)));
  const left = parts.flatMap((part) => part.left).filter((text) => isNew(placed(text)));
  const sorted = results
    .toSorted((a, b) => placeOf(a).position - placeOf(b).position)
    .toSorted((a, b) => rankOf(a) - rankOf(b));
  const told = sorted
    .slice(0, MAX_RESULTS)
    .map((json) => ({ print: printOf(json), order: placeOf(json).position, json: withoutPlace(json) }));
  const notes = parts
    .flatMap(({ notifications }) => notifications)
    .toSorted((a, b) => placeOf(a).position - placeOf(b).position);
  const log = sarifLog({
    version: parts[0]?.version ?? "",
    ...(parts[0]?.home === undefined ? {} : { home: parts[0].home }),
    rules: worstRules(parts.map(({ rules }) => rules)),
    results: numbered(told),
    omitted: Math.max(0, results.length + left.length - MAX_RESULTS),
    notifications: notes.map(withoutPlace),
    isSuccessful: parts.every(({ isSuccessful }) => isSuccessful),
  });
  return { text: jsonText(log), severities: results.filter(isOpen).map(severityOf) };
}

type Part = ReturnType<typeof partOf>;

function partOf({ name, log: data }: NamedLog) {
  const log = isMap(data) ? data : {};
  const [run] = isList(log.runs) ? log.runs : [];
  const driver = isMap(run) && isMap(run.tool) ? run.tool.driver : undefined;
  if (log.version !== "2.1.0" || !isMap(run) || !isMap(driver) || driver.name !== "compose-harden") {
    throw broken(name, "is no SARIF report of compose-harden");
  }
  const [invocation] = mapsIn(run.invocations);
  const shard = isMap(run.properties) ? run.properties.shard : undefined;
  const notifications = mapsIn(invocation?.toolExecutionNotifications).filter(
    ({ descriptor }) => !isMap(descriptor) || descriptor.id !== "results-left-out",
  );
  return {
    name,
    version: String(driver.version),
    home: typeof driver.informationUri === "string" ? driver.informationUri : undefined,
    shard: shardIn(shard, name),
    rules: mapsIn(driver.rules),
    results: mapsIn(run.results),
    notifications,
    isSuccessful: invocation?.executionSuccessful === true,
    left: isMap(shard) ? textsIn(shard.left) : [],
    hidden: isMap(shard) ? textsIn(shard.hidden) : [],
  };
}

function mapsIn(value: Json | undefined): readonly JsonMap[] {
  return isList(value) ? value.filter(isMap) : [];
}

function textsIn(value: Json | undefined): readonly string[] {
  return isList(value) ? value.filter((item) => typeof item === "string") : [];
}

/** Where a finding stands in the whole, and what tells it apart. */
interface Placed {
  readonly position: number;
  readonly key: string;
}

function placed(text: string): Placed {
  const [position = "", key = ""] = text.split(":");
  return { position: Number(position), key };
}

function placeOf({ properties }: JsonMap): Placed {
  const shard = isMap(properties) ? properties.shard : undefined;
  return placed(typeof shard === "string" ? shard : "");
}

/** The first project that says each finding. */
function firstTold(parts: readonly Part[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { results, left, hidden } of parts) {
    for (const { position, key } of [...results.map(placeOf), ...[...left, ...hidden].map(placed)]) {
      first.set(key, Math.min(position, first.get(key) ?? position));
    }
  }
  return first;
}

/** Without the number that its part gave it. */
function printOf({ partialFingerprints: prints }: JsonMap): string {
  return String(isMap(prints) ? prints[PRINT] : "").replace(/:\d+$/, "");
}

function severityOf({ properties }: JsonMap): string {
  return isMap(properties) ? String(properties.severity) : "";
}

function isOpen({ suppressions }: JsonMap): boolean {
  return suppressions === undefined;
}

const RANKS: readonly string[] = SEVERITIES;

function rankOf(result: JsonMap): number {
  return RANKS.indexOf(severityOf(result));
}

/** The item as a whole run would have it, its keys in their order. */
function withoutPlace(item: JsonMap): JsonMap {
  return Object.fromEntries(
    Object.entries(item).flatMap(([name, value]): [string, Json][] => {
      if (name !== "properties" || !isMap(value)) return [[name, value]];
      const { shard: _, ...own } = value;
      return Object.keys(own).length === 0 ? [] : [[name, own]];
    }),
  );
}

/** All rules, each as the part that found its worst finding tells it. */
function worstRules(lists: readonly (readonly JsonMap[])[]): readonly JsonMap[] {
  const rules = new Map<string, JsonMap>();
  for (const rule of lists.flat()) {
    const known = rules.get(String(rule.id));
    if (known === undefined || scoreOf(rule) > scoreOf(known)) rules.set(String(rule.id), rule);
  }
  return [...rules.values()];
}

function scoreOf({ properties }: JsonMap): number {
  return isMap(properties) ? Number(properties["security-severity"] ?? 0) : 0;
}
