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
  const look: Look = { bases, read: readOnce, selector, cache, changes };
  return placed(chosen, positions, look);
}

interface Look {
  readonly bases: Bases;
  readonly read: Read;
  readonly selector: Selector;
  readonly cache: Cache | undefined;
  readonly changes: Changes | undefined;
}

function* placed(
  targets: readonly Target[],
  positions: ReadonlyMap<Target, number>,
  look: Look,
): Generator<Placed, void> {
  const { cache } = look;
  for (const target of targets) {
    const looked = lookAt(target, look);
    if (looked === undefined) continue;
    const { outcome, trace, isKept } = looked;
    const before = outcome.planned.size;
    if (isAffected(looked, look)) yield { outcome, position: positions.get(target) ?? 0 };
    // Now that reports have asked for what they show.
    if (!isKept || outcome.planned.size > before) cache?.put(target, outcome, trace);
  }
  cache?.trim();
}

interface Looked {
  readonly outcome: Outcome;
  readonly trace: Trace;
  /** True when an earlier run had found it. */
  readonly isKept: boolean;
}

/** Undefined for a project that no change can affect. */
function lookAt(target: Target, look: Look): Looked | undefined {
  const { bases, read, selector, cache, changes } = look;
  const kept = cache?.get(target, read);
  if (kept !== undefined) return { ...kept, isKept: true };
  const { read: traced, trace } = tracing(read);
  const loaded = loadTarget(target, bases, traced);
  const { directory } = loaded.project;
  // Rules look only into files below the project's directory.
  if (changes?.isBelow(directory) === false && !isAffected({ outcome: loaded, trace }, look)) return undefined;
  return { outcome: checkLoaded(loaded, traced, selector), trace, isKept: false };
}

function isAffected(
  { outcome, trace }: { readonly outcome: { readonly project: { readonly directory: string } }; readonly trace: Trace },
  { changes, selector }: Look,
): boolean {
  if (changes === undefined) return true;
  const { directory } = outcome.project;
  return (
    changes.touches(trace.keys()) || changes.touches(selector.settingsOf(directory).files) || changes.governs(directory)
  );
}
