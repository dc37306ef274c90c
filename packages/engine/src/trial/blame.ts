/** One thing that can be left out, and the services it changes. */
export interface Part {
  readonly services: readonly string[];
}

/** A service that fails, and what it fails of. */
export interface Guilt<T> {
  readonly service: string;
  /** One where one is enough; several only if the service fails of each of them, or of none alone. */
  readonly parts: readonly T[];
}

/** Services that fail with these parts, those first that others depend on. */
export type Attempt<T> = (parts: readonly T[]) => Promise<readonly string[]>;

/** What has to be left out, and what can stay. */
export interface Verdict<T> {
  readonly guilty: readonly Guilt<T>[];
  readonly kept: readonly T[];
  /** Services that fail without any part of their own: of another service's. */
  readonly unexplained: readonly string[];
}

/**
 * Finds which parts make services fail, by leaving them out one at a time. `failing` are those that fail with all parts; the
 * likely ones should come first. Ends with a set of parts that `attempt` has seen no service fail of, save for the unexplained.
 */
export async function findGuilty<T extends Part>(
  all: readonly T[],
  failing: readonly string[],
  attempt: Attempt<T>,
): Promise<Verdict<T>> {
  const guilty: Guilt<T>[] = [];
  const unexplained: string[] = [];
  let kept = all;
  let failed = failing;
  for (;;) {
    const service = failed.find((name) => !unexplained.includes(name));
    if (service === undefined) return { guilty, kept, unexplained };
    const own = kept.filter(({ services }) => services.includes(service));
    const found = await guiltyOf(service, own.length > 0 ? own : [], kept, attempt);
    if (found === undefined) {
      unexplained.push(service);
      continue;
    }
    guilty.push({ service, parts: found.parts });
    kept = without(kept, found.parts);
    failed = found.failed;
  }
}

async function guiltyOf<T extends Part>(
  service: string,
  own: readonly T[],
  kept: readonly T[],
  attempt: Attempt<T>,
): Promise<{ readonly parts: readonly T[]; readonly failed: readonly string[] } | undefined> {
  if (own.length === 0) return undefined;
  for (const part of own) {
    const failed = await attempt(without(kept, [part]));
    if (!failed.includes(service)) return { parts: [part], failed };
  }
  const others = without(kept, own);
  const withoutOwn = await attempt(others);
  if (withoutOwn.includes(service)) return undefined;
  const alone: T[] = [];
  for (const part of own) if ((await attempt([...others, part])).includes(service)) alone.push(part);
  if (alone.length > 0 && alone.length < own.length) {
    const failed = await attempt(without(kept, alone));
    if (!failed.includes(service)) return { parts: alone, failed };
  }
  return { parts: own, failed: withoutOwn };
}

function without<T>(parts: readonly T[], left: readonly T[]): readonly T[] {
  return parts.filter((part) => !left.includes(part));
}
