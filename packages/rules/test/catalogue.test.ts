import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SEVERITIES } from "@compose-harden/model";
import { describe, expect, it } from "vitest";
import { check, checkWith, configProblems, FRAMEWORK_NAMES, FRAMEWORKS, type Rule, rules } from "../src/index.js";
import { loadFiles } from "./table.js";

const folder = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

describe("every rule", () => {
  it("is listed under the name of its file", () => {
    const files = readdirSync(folder("../src/rules")).map((name) => name.replace(/\.ts$/, ""));
    expect(rules.map(({ id }) => id)).toEqual(files.sort());
  });

  it.each(rules)("$id has a page, a test and well-formed data", (rule) => {
    expect(existsSync(folder(`../../../docs/rules/${rule.id}.md`))).toBe(true);
    expect(existsSync(folder(`${rule.id}.test.ts`))).toBe(true);
    expect(rule.id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    // A product's name keeps its capital.
    expect(rule.summary).toMatch(/^[a-zA-Z].*[^.]$/);
    expect(SEVERITIES).toContain(rule.severity);
    for (const { url } of rule.references) expect(url).toMatch(/^https:\/\//);
    for (const name of FRAMEWORK_NAMES)
      for (const number of rule.frameworks?.[name] ?? []) expect(FRAMEWORKS[name].sections).toHaveProperty([number]);
  });
});

it.each(FRAMEWORK_NAMES)("every section of %s that is listed is answered by a rule", (name) => {
  const used = new Set(rules.flatMap(({ frameworks }) => frameworks?.[name] ?? []));
  expect(Object.keys(FRAMEWORKS[name].sections).filter((number) => !used.has(number))).toEqual([]);
});

describe("check", () => {
  const project = loadFiles("services: {b: {image: x, ports: ['80:80']}, a: {image: x, privileged: true}}");

  it("gives the same findings in the same order, whatever the order of the rules", () => {
    expect(checkWith([...rules].reverse(), project)).toEqual(check(project));
  });

  it("sorts by service, then by place", () => {
    const services = check(project).map(({ service }) => service);
    expect(services).toEqual([...services].sort().reverse());
  });

  it("drops what is said twice", () => {
    const twice: Rule = {
      id: "twice",
      summary: "nothing is said twice",
      topic: "compose",
      severity: "info",
      since: "0.1.0",
      references: [{ title: "none", url: "https://example.com/" }],
      service(service, { report: say }) {
        const report = { at: { path: service.path }, message: "`x` is said", risk: "none" };
        say(report);
        say(report);
      },
    };
    expect(checkWith([twice], project)).toHaveLength(2);
  });

  it("lets a rule that throws fail the run", () => {
    const broken: Rule = {
      ...rules[0],
      id: "broken",
    } as Rule;
    const failing: Rule = {
      ...broken,
      service: () => {
        throw new Error("broken");
      },
    };
    expect(() => checkWith([failing], project)).toThrow("broken");
  });

  it("switches rules off and changes severities by configuration", () => {
    const config = { rules: { privileged: { severity: "low" }, "memory-limit": { severity: "off" } } } as const;
    const findings = check(project, config);
    expect(findings.find(({ rule }) => rule === "privileged")?.severity).toBe("low");
    expect(findings.some(({ rule }) => rule === "memory-limit")).toBe(false);
  });

  it("works on a project without anything in it", () => {
    expect(check(loadFiles(""))).toEqual([]);
    expect(check(loadFiles("services: [1]"))).toEqual([]);
  });
});

describe("configProblems", () => {
  it.each([
    [{ nope: {} }, "unknown rule `nope`"],
    [{ "memory-limit": { options: { value: 5 } } }, "rule `memory-limit`: option `value` is no string"],
    [{ "memory-limit": { options: { other: "5" } } }, "rule `memory-limit` has no option `other`"],
  ])("%j: %s", (setting, problem) => {
    expect(configProblems(rules, { rules: setting })).toEqual([problem]);
  });

  it("accepts what is right", () => {
    expect(configProblems(rules, {})).toEqual([]);
    expect(
      configProblems(rules, { rules: { "memory-limit": { severity: "high", options: { value: "2g" } } } }),
    ).toEqual([]);
  });
});
