import { expect, test } from "vitest";
import { profileById, profileIds } from "../src/index.js";

test("a lookup takes less than 0.2 ms on average, the first one of each profile included", () => {
  const ids = profileIds();
  const start = performance.now();
  for (const id of ids) profileById(id);
  expect((performance.now() - start) / ids.length).toBeLessThan(0.2);
});

test("a profile is read once", () => expect(profileById("postgres")).toBe(profileById("postgres")));
