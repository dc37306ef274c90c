import { expect, test } from "vitest";
import { profileById, profileIds } from "../src/index.js";

test("a lookup takes less than 0.2 ms, the first one of a profile too", () => {
  const times = profileIds()
    .map((id) => {
      const start = performance.now();
      profileById(id);
      return performance.now() - start;
    })
    .sort((a, b) => a - b);
  // The median: a machine that is busy with something else stretches a few of them.
  expect(times[times.length >> 1]).toBeLessThan(0.2);
});

test("a profile is read once", () => expect(profileById("postgres")).toBe(profileById("postgres")));
