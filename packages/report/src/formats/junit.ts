import { groupBy } from "../group.js";
import type { DisplayPath, ReportedResult } from "../result.js";
import { cut, type Entry, entriesOf } from "./entry.js";
import { element, textElement, xmlDocument } from "./xml.js";

/**
 * The findings as tests: a suite for each project; in it a test for each service and rule that failed, a test that passed for
 * each service without findings, an error for each gap, a skipped test for each suppressed finding. Findings of severity
 * `info` are told in a test that passes. The elements are those all readers know
 * (https://github.com/testmoapp/junitxml).
 */
export function formatJunit(results: readonly ReportedResult[], display: DisplayPath): string {
  const suites = results.map((result) => suiteOf(result, display));
  const sum = (figure: keyof Counts) => suites.reduce((total, { counts }) => total + counts[figure], 0);
  return xmlDocument(
    element(
      "testsuites",
      { name: "compose-harden", tests: sum("tests"), failures: sum("failures"), errors: sum("errors") },
      suites.map(({ xml }) => xml),
    ),
  );
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function suiteOf(result: ReportedResult, display: DisplayPath): { readonly xml: string; readonly counts: Counts } {
  const entries = entriesOf([result], display);
  const groups = [...groupBy(entries, ({ service, rule }) => JSON.stringify([service, rule])).values()];
  const clean = result.project.services.filter(({ name }) => !entries.some(({ service }) => service === name));
  const failed = groups.filter((group) => group.some(isFailure));
  const gaps = groups.filter((group) => group.some(({ kind }) => kind === "gap"));
  const counts: Counts = {
    tests: groups.length + clean.length + result.suppressed.length,
    failures: failed.length,
    errors: gaps.length,
    skipped: result.suppressed.length,
  };
  const cases = [
    ...groups.map(testOf),
    ...clean.map(({ name }) => element("testcase", { name: "no findings", classname: name })),
    ...result.suppressed.map(({ finding: { rule, service = PROJECT }, reason }) =>
      element("testcase", { name: rule, classname: service }, [element("skipped", { message: cut(reason, 1000) })]),
    ),
  ];
  return { xml: element("testsuite", { name: result.label, ...counts }, cases), counts };
}

/** Where a service would stand. */
const PROJECT = "(project)";

function isFailure({ kind, severity }: Entry): boolean {
  return kind === "finding" && severity !== "info";
}

function testOf(group: readonly Entry[]): string {
  const [first] = group;
  if (first === undefined) return "";
  const { kind, rule, severity, service = PROJECT, message, file, start } = first;
  const lines = group.flatMap(linesOf);
  const outcome = { message: cut(message, 1000), type: severity };
  return element("testcase", { name: rule, classname: service, file, line: start.line }, [
    kind === "gap"
      ? textElement("error", outcome, lines)
      : isFailure(first)
        ? textElement("failure", outcome, lines)
        : textElement("system-out", {}, lines),
  ]);
}

function linesOf({ file, start, message, risk, remedy }: Entry): readonly string[] {
  return [
    `${file}:${start.line}:${start.column}: ${cut(message, 4000)}`,
    ...(risk === "" ? [] : [`risk: ${cut(risk, 4000)}`]),
    ...(remedy === "" ? [] : [`fix: ${cut(remedy, 4000)}`]),
  ];
}
