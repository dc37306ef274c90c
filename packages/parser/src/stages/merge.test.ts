import { describe, expect, it } from "vitest";
import { plainData } from "../render/data.js";
import { parseSyntax } from "../syntax/parse.js";
import { buildDocument } from "../tree/build.js";
import type { MapNode } from "../tree/node.js";
import type { Problem } from "../tree/problem.js";
import { mergeModels } from "./merge.js";
import { enforceUnique } from "./unique.js";

function model(text: string, overriding: boolean): MapNode {
  const root = parseSyntax("f", `services: {s: ${text}}`).documents[0]?.root;
  if (root === undefined) throw new Error("no document");
  const ignore = () => undefined;
  const built = buildDocument(root, {
    file: "f",
    lookup: () => undefined,
    report: ignore,
    warn: ignore,
    giveUp: ignore,
    overriding,
  });
  if (built.root?.kind !== "map") throw new Error("no mapping");
  return built.root;
}

function merge(base: string, over: string) {
  const problems: Problem[] = [];
  const merged = mergeModels(model(base, false), model(over, true), (problem) => problems.push(problem));
  enforceUnique(merged, (problem) => problems.push(problem));
  return { data: plainData(merged, true), merged, problems };
}

describe("an attribute in two files", () => {
  const table: readonly (readonly [base: string, over: string, merged: unknown])[] = [
    ["{image: a}", "{image: b}", { image: "b" }],
    ["{image: a}", "{image: null}", { image: "a" }],
    ["{command: [a, b]}", "{command: [c]}", { command: ["c"] }],
    ["{command: a}", "{command: null}", { command: null }],
    ["{cap_add: [A, B]}", "{cap_add: [B, C]}", { cap_add: ["A", "B", "C"] }],
    ["{environment: {B: 1, A: 2}}", "{environment: [B=3, C]}", { environment: ["A=2", "B=3", "C"] }],
    ["{environment: [A=1]}", "{environment: {A: null, F: 1.50, T: true}}", { environment: ["A", "F=1.5", "T=true"] }],
    ["{tmpfs: /a}", "{tmpfs: [/b, /a]}", { tmpfs: ["/a", "/b"] }],
    ["{networks: [a]}", "{networks: {a: {aliases: [x]}, b: }}", { networks: { a: { aliases: ["x"] }, b: null } }],
    ["{build: .}", "{build: {target: t}}", { build: { context: ".", target: "t" } }],
    [
      "{depends_on: [a]}",
      "{depends_on: {a: {condition: service_healthy}}}",
      { depends_on: { a: { condition: "service_healthy", required: true } } },
    ],
    ["{logging: {driver: a, options: {x: 1}}}", "{logging: {driver: b}}", { logging: { driver: "b" } }],
    [
      "{logging: {driver: a, options: {x: 1}}}",
      "{logging: {options: {y: 2}}}",
      { logging: { driver: "a", options: { x: 1, y: 2 } } },
    ],
    ["{ulimits: {n: {soft: 1, hard: 2}}}", "{ulimits: {n: {hard: 3}}}", { ulimits: { n: { soft: 1, hard: 3 } } }],
    ["{ulimits: {n: {soft: 1, hard: 2}}}", "{ulimits: {n: 5}}", { ulimits: { n: 5 } }],
    ["{ports: ['80:80']}", "{ports: ['80:80', '127.0.0.1:80:80']}", { ports: ["80:80", "127.0.0.1:80:80"] }],
    ["{volumes: ['one:/x', 'two:/y']}", "{volumes: ['new:/x']}", { volumes: ["new:/x", "two:/y"] }],
    ["{x-a: {l: [1, {a: 1}]}}", "{x-a: {l: [{a: 1}, 2]}}", { "x-a": { l: [1, { a: 1 }, 2] } }],
  ];
  it.each(table)("%s and %s", (base, over, merged) => {
    expect(merge(base, over)).toMatchObject({ data: { services: { s: merged } }, problems: [] });
  });

  it("must be of one kind", () => {
    const { problems } = merge("{cap_add: [A]}", "{cap_add: {A: 1}}");
    expect(problems).toMatchObject([{ reason: "merge", path: ["services", "s", "cap_add"] }]);
  });

  it("remembers both contributions, the later one behind a hop", () => {
    const { merged } = merge("{cap_add: [A]}", "{cap_add: [B]}");
    const services = merged.entries.get("services");
    const service = services?.kind === "map" ? services.entries.get("s") : undefined;
    const list = service?.kind === "map" ? service.entries.get("cap_add") : undefined;
    expect(
      list?.kind === "seq" &&
        list.items.map((item) => item.kind === "scalar" && item.origin?.via.map(({ kind }) => kind)),
    ).toEqual([[], ["override"]]);
  });
});
