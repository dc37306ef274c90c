import { describe, expect, it } from "vitest";
import { FORMATS, formatOfFile, formatResults } from "../../src/formats/formats.js";
import type { Result } from "../../src/result.js";
import { readXml } from "./readers.js";
import { at, findingAt, OPTIONS, projectOf, service } from "./stack.js";

const FILE = { path: "compose.yaml", text: "services:\n  web:\n    user: root\n" };
const CLEAN: Result = {
  label: "compose.yaml",
  project: projectOf(FILE, [service("web"), service("db")]),
  findings: [],
  suppressed: [],
  remarks: [],
  hidden: 0,
};

it.each([
  ["a.sarif", "sarif"],
  ["a.SARIF.json", "sarif"],
  ["out/gl-code-quality-report.json", "gitlab"],
  ["report.json", "json"],
  ["junit.xml", "junit"],
  ["reports/checkstyle-result.xml", "checkstyle"],
  ["checkstyle/junit.xml", "junit"],
  ["summary.md", "markdown"],
  ["run.log", "text"],
  ["report", undefined],
  ["report.html", undefined],
])("%s asks for %s", (path, format) => {
  expect(formatOfFile(path)).toBe(format);
});

describe.each(FORMATS)("%s", (format) => {
  it("has an answer for nothing at all, and for no findings", () => {
    for (const results of [[], [CLEAN]]) {
      const output = formatResults(format, results, OPTIONS);
      if (format === "github" || format === "concise") expect(output).toBe("");
      else expect(output).toMatch(/[^\n]\n$/);
    }
  });

  it("gives the same for the same", () => {
    const result = { ...CLEAN, findings: [findingAt(at(FILE, "root"))] };
    expect(formatResults(format, [result], OPTIONS)).toBe(formatResults(format, [result], OPTIONS));
  });
});

it("JUnit tells a service without findings as a test that passed", () => {
  const finding = findingAt(at(FILE, "root"));
  const root = readXml(formatResults("junit", [{ ...CLEAN, findings: [finding] }], OPTIONS));
  const cases = root.children[0]?.children ?? [];
  expect(cases.map(({ attributes: { classname, name }, children }) => [classname, name, children.length])).toEqual([
    ["web", "first-rule", 1],
    ["db", "no findings", 0],
  ]);
});

it("JUnit tells findings of one rule and service as one test", () => {
  const findings = [findingAt(at(FILE, "root")), findingAt(at(FILE, "user"), { message: "another" })];
  const root = readXml(formatResults("junit", [{ ...CLEAN, findings }], OPTIONS));
  expect(root.attributes).toMatchObject({ tests: "2", failures: "1", errors: "0" });
  expect(root.children[0]?.children[0]?.children[0]?.text).toContain("compose.yaml:3:5: another");
});

it("GitHub gets columns for a span within a line only", () => {
  const long = { ...at(FILE, "web:\n    user") };
  const origin = { ...long, key: long.value };
  const output = formatResults("github", [{ ...CLEAN, findings: [findingAt(origin)] }], OPTIONS);
  expect(output).toContain("::error file=compose.yaml,line=2,endLine=3,title=");
});

it("Markdown cuts a long report at a finding and says so", () => {
  const findings = Array.from({ length: 500 }, (_, i) =>
    findingAt(at(FILE, "root"), { message: `number ${i} ${"x".repeat(300)}` }),
  );
  const output = formatResults("markdown", [{ ...CLEAN, findings }], OPTIONS);
  expect(output.length).toBeLessThan(61_000);
  expect(output).toMatch(/\nNot shown here: \d+ more findings\./);
});

it("Markdown tells gaps in front", () => {
  const project = projectOf(
    FILE,
    [service("web")],
    [{ kind: "unread", reason: "file", message: "`x.env` is missing" }],
  );
  const output = formatResults("markdown", [{ ...CLEAN, project }], OPTIONS);
  expect(output).toContain("No findings in 1 service. **1 gap**: what could not be read was not checked.");
  expect(output).toContain("<code>x.env</code> is missing");
});
