import { check, rules } from "@compose-harden/rules";
import { describe, expect, it } from "vitest";
import coverage from "../docs/coverage.json" with { type: "json" };
import { CORPUS, hasCorpus, loadSample } from "./laws/sample.js";
import { CATALOGUES } from "./peers/catalogues.js";
import { type Explained, standingOf, type Theirs } from "./peers/compare.js";
import { readExplained } from "./peers/main.js";
import { readComposeLint, readKics } from "./peers/reports.js";
import { projectOf } from "./precision/projects.js";

const peerRules = Object.values(CATALOGUES).flatMap((catalogue) => Object.entries(catalogue));

describe("the rules of the peers", () => {
  it("are each made by rules of ours, or left out for a written reason", () => {
    const ids = new Set(rules.map(({ id }) => id));
    for (const [name, { ours, left }] of peerRules) {
      expect(
        ours.filter((id) => !ids.has(id)),
        name,
      ).toEqual([]);
      const line = coverage.find(({ check }) => check === left);
      if (ours.length === 0 || left !== undefined) expect(line?.reason ?? line?.note, name).toBeTruthy();
    }
  });

  it("are read from their reports, with paths below the folder", () => {
    const finding = { file: "/c/a/compose.yaml", line: 3, rule_id: "CL-0002", service: "web" };
    expect(readComposeLint({ findings: [finding] }, "/c")).toEqual([
      { peer: "compose-lint", rule: "CL-0002", file: "a/compose.yaml", line: 3, service: "web" },
    ]);
    const place = { file_name: "a/compose.yaml", line: 3, search_key: "services.{{api.v2}}.privileged" };
    const query = { query_id: "ae5b6871-7f45-42e0-bb4c-ab300c4d2026", files: [place] };
    expect(readKics({ queries: [query] }, "/c")).toEqual([
      { peer: "KICS", rule: "ae5b6871", file: "a/compose.yaml", line: 3, service: "api.v2.privileged" },
    ]);
  });
});

describe.skipIf(!hasCorpus)("what the peers find and the rules do not", () => {
  it("is still not found, and has a reason that a person gave", () => {
    const stale = readExplained().filter((row) => standing(row) !== row.reason);
    expect(stale).toEqual([]);
  });
});

/** What the comparison says of a row: the reason given, another one, or none because the finding is made now. */
function standing(row: Explained): string | undefined {
  const [file = "", service] = row.at.split(" ");
  const project = loadSample(projectOf(CORPUS, [file]));
  const theirs: Theirs = { peer: row.peer, rule: row.rule, file, line: 1, service };
  const found = standingOf(theirs, project, check(project), [row]);
  return found.kind === "explained" ? found.reason : undefined;
}
