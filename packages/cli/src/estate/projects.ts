import type { Read } from "@compose-harden/model";
import type { Shard } from "@compose-harden/report";
import type { Target } from "../files/find.js";
import { gitRootOf } from "../files/gitignore.js";
import type { Host } from "../host.js";
import { type Bases, basesOf, loadTarget, withoutParts } from "../load.js";
import type { SettingsOptions } from "../options.js";
import type { Search } from "../read.js";
import type { Selector } from "../select.js";
import type { Cache } from "./cache.js";
import type { Changes } from "./changes.js";
import { checkLoaded, type Outcome, type Trace, tracing } from "./outcome.js";
import { shardOf } from "./shard.js";

/** Which of the projects that were found are looked at, and how. */
export interface Wish extends SettingsOptions {
  readonly shard?: Shard;
  readonly changedSince?: string;
  readonly cache?: boolean;
  readonly wantsEdits: boolean;
}

/** A project's outcome and its place among all that were found, the same in every part of a run. */
export interface Placed {
  readonly outcome: Outcome;
  readonly position: number;
}

/** Fewer projects are read as fast as what was kept about them. */
const CACHED_FROM = 8;

/** The outcomes of a run in the order of the projects, one at a time: none is held here. */
export async function outcomesOf(search: Search, wish: Wish, host: Host): Promise<Iterable<Placed>> {
  const { selector, targets, readOnce } = search;
  const bases = basesOf(targets);
  const positions = new Map(targets.map((target, position) => [target, position]));
  const root = gitRootOf(host.cwd) ?? host.cwd;
  const chosen = withoutParts(targets, bases, readOnce).filter(
    (target) => wish.shard === undefined || shardOf(target, wish.shard.count, root) === wish.shard.index,
  );
  const isCached = wish.cache !== false && !search.isStandardInput && chosen.length >= CACHED_FROM;
  const surroundings = { env: host.env, today: host.today, selector, options: wish, bases };
  const cache = isCached ? (await import("./cache.js")).openCache(__filename, surroundings) : undefined;
  const changes =
    wish.changedSince === undefined
      ? undefined
      : (await import("./changes.js")).changesSince(wish.changedSince, host.cwd);
  const look: Look = { bases, read: readOnce, selector, cache, changes, wantsEdits: wish.wantsEdits };
  return placed(chosen, positions, look);
}

interface Look {
  readonly bases: Bases;
  readonly read: Read;
  readonly selector: Selector;
  readonly cache: Cache | undefined;
  readonly changes: Changes | undefined;
  readonly wantsEdits: boolean;
}

function* placed(
  targets: readonly Target[],
  positions: ReadonlyMap<Target, number>,
  look: Look,
): Generator<Placed, void> {
  for (const target of targets) {
    const outcome = outcomeOf(target, look);
    if (outcome !== undefined) yield { outcome, position: positions.get(target) ?? 0 };
  }
  look.cache?.trim();
}

/** Undefined for a project that no change affects. */
function outcomeOf(target: Target, { bases, read, selector, cache, changes, wantsEdits }: Look): Outcome | undefined {
  const kept = cache?.get(target, read, wantsEdits);
  if (kept !== undefined) return isAffected(kept.outcome.project.directory, kept.trace) ? kept.outcome : undefined;
  const { read: traced, trace } = tracing(read);
  const loaded = loadTarget(target, bases, traced);
  const { directory } = loaded.project;
  // Rules look only into files below the project's directory.
  if (!isAffected(directory, trace) && changes?.isBelow(directory) === false) return undefined;
  const outcome = checkLoaded(loaded, traced, selector, wantsEdits);
  cache?.put(target, outcome, trace, wantsEdits);
  return isAffected(directory, trace) ? outcome : undefined;

  function isAffected(directory: string, trace: Trace): boolean {
    if (changes === undefined) return true;
    return (
      changes.touches(trace.keys()) ||
      changes.touches(selector.settingsOf(directory).files) ||
      changes.governs(directory)
    );
  }
}
