/** Calls of `docker` at the same time. */
const CONCURRENCY = 4;

/**
 * Does the work for each item, a few at a time, in the order of the items; what is not begun by `end` (milliseconds of the clock) is
 * left undone. Ends with the first error.
 */
export async function together<T>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<void>,
  end: number = Number.POSITIVE_INFINITY,
): Promise<void> {
  let next = 0;
  const take = async (): Promise<void> => {
    for (let index = next++; index < items.length && Date.now() < end; index = next++) {
      const item = items[index];
      if (item !== undefined) await work(item, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, take));
}
