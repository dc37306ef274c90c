import { describe, expect, it } from "vitest";
import { findGuilty } from "./blame.js";

interface Named {
  readonly name: string;
  readonly services: readonly string[];
}

const part = (name: string, ...services: readonly string[]): Named => ({ name, services });
const [a1, a2, a3, b1] = [part("a1", "a"), part("a2", "a"), part("a3", "a"), part("b1", "b")];

/** Runs the search against a rule that says which services fail with which parts; a start with known parts is not repeated. */
async function search(all: readonly Named[], rule: (names: readonly string[]) => readonly string[]) {
  let starts = 0;
  const attempt = async (parts: readonly Named[]) => {
    starts++;
    return rule(parts.map(({ name }) => name));
  };
  const { guilty, kept, unexplained } = await findGuilty(all, rule(all.map(({ name }) => name)), attempt);
  return {
    guilty: guilty.map(({ service, parts }) => `${service}: ${parts.map(({ name }) => name)}`),
    kept: kept.map(({ name }) => name),
    unexplained,
    starts,
  };
}

describe("findGuilty", () => {
  it("starts nothing when nothing fails", async () => {
    expect(await search([a1, b1], () => [])).toEqual({ guilty: [], kept: ["a1", "b1"], unexplained: [], starts: 0 });
  });

  it("names the one that makes a service fail, and keeps the others", async () => {
    const found = await search([a1, a2, a3, b1], (names) => (names.includes("a2") ? ["a"] : []));
    expect(found).toEqual({ guilty: ["a: a2"], kept: ["a1", "a3", "b1"], unexplained: [], starts: 2 });
  });

  it("names each of several that are enough alone", async () => {
    const found = await search([a1, a2, a3], (names) => (names.includes("a1") || names.includes("a3") ? ["a"] : []));
    expect(found).toMatchObject({ guilty: ["a: a1,a3"], kept: ["a2"] });
  });

  it("names one of two that fail only together", async () => {
    const found = await search([a1, a2, a3], (names) => (names.includes("a1") && names.includes("a3") ? ["a"] : []));
    expect(found).toMatchObject({ guilty: ["a: a1"], kept: ["a2", "a3"] });
  });

  it("names all where no smaller answer is found", async () => {
    const found = await search([a1, a2, a3], (names) =>
      names.filter((name) => name.startsWith("a")).length > 0 ? ["a"] : [],
    );
    expect(found).toMatchObject({ guilty: ["a: a1,a2,a3"], kept: [] });
  });

  it("does not blame a service for what another one's settings do to it", async () => {
    const found = await search([a1, b1], (names) => (names.includes("b1") ? ["b", "a"] : []));
    expect(found).toMatchObject({ guilty: ["b: b1"], kept: ["a1"], unexplained: [] });
  });

  it("finds the guilty of each service", async () => {
    const found = await search([a1, a2, b1], (names) => [
      ...(names.includes("a1") ? ["a"] : []),
      ...(names.includes("b1") ? ["b"] : []),
    ]);
    expect(found).toMatchObject({ guilty: ["a: a1", "b: b1"], kept: ["a2"] });
  });

  it("gives up on a service that fails without a setting of its own", async () => {
    expect(await search([a1], () => ["c"])).toMatchObject({ guilty: [], kept: ["a1"], unexplained: ["c"] });
  });
});
