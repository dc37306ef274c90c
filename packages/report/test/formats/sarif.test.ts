import { readFileSync } from "node:fs";
import type { Edit, Finding, SourceFile } from "@compose-harden/model";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { toSarif } from "../../src/formats/sarif.js";
import type { Result } from "../../src/result.js";
import { at, findingAt, hostileResult, OPTIONS, projectOf, service } from "./stack.js";

const schema = JSON.parse(
  readFileSync(new URL("../../../../schemas/sarif-2.1.0.json", import.meta.url), "utf8"),
) as object;
const isSarif = new Ajv2020({
  allErrors: true,
  strict: false,
  formats: { uri: isUri, "uri-reference": isUri, uuid: true, "date-time": true },
}).compile(schema);

/** RFC 3986: no character that has to be percent-encoded. */
function isUri(text: string): boolean {
  return /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$/.test(text);
}

interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly byteOffset: number;
  readonly byteLength: number;
}

interface Log {
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly rules: readonly {
          readonly id: string;
          readonly name?: string;
          readonly help: { readonly text: string; readonly markdown?: string };
          readonly properties: Readonly<Record<string, unknown>>;
        }[];
      };
    };
    readonly invocations: readonly {
      readonly executionSuccessful: boolean;
      readonly toolExecutionNotifications: readonly {
        readonly level: string;
        readonly message: { readonly text: string };
      }[];
    }[];
    readonly results: readonly {
      readonly ruleId: string;
      readonly ruleIndex: number;
      readonly level: string;
      readonly message: { readonly text: string };
      readonly locations: readonly {
        readonly physicalLocation: {
          readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
          readonly region: Region;
        };
      }[];
      readonly relatedLocations?: readonly {
        readonly id: number;
        readonly message: { readonly text: string };
        readonly physicalLocation: { readonly region: Region };
      }[];
      readonly partialFingerprints: Readonly<Record<string, string>>;
      readonly suppressions?: readonly unknown[];
      readonly fixes?: readonly {
        readonly description: { readonly text: string };
        readonly artifactChanges: readonly {
          readonly replacements: readonly {
            readonly deletedRegion: Region;
            readonly insertedContent?: { readonly text: string };
          }[];
        }[];
      }[];
    }[];
  }[];
}

/** The report, checked against the schema. */
function sarif(results: readonly Result[], options: Partial<typeof OPTIONS> = {}): Log["runs"][number] {
  const log = JSON.parse(JSON.stringify(toSarif(results, { ...OPTIONS, ...options }))) as Log;
  isSarif(log);
  expect(isSarif.errors).toBeNull();
  const [run] = log.runs;
  if (run === undefined) throw new Error("no run");
  return run;
}

function resultOf(file: SourceFile, findings: readonly Finding[], services = [service("web")]): Result {
  return { label: file.path, project: projectOf(file, services), findings, suppressed: [], remarks: [], hidden: 0 };
}

const FILE: SourceFile = { path: "a b/compose.yaml", text: "services:\n  web:\n    image: é😀x\n    user: root\n" };

it("holds to the schema whatever the texts are", () => {
  const text = fc.string({ unit: "binary", maxLength: 20 });
  fc.assert(
    fc.property(fc.record({ file: text, service: text, value: text, reason: text }), (names) => {
      sarif([hostileResult(names)]);
    }),
    { numRuns: 60 },
  );
});

it("says no results without findings", () => {
  expect(sarif([]).results).toEqual([]);
  expect(sarif([]).invocations[0]?.executionSuccessful).toBe(true);
});

it("describes every rule, with its page", () => {
  const { rules } = sarif([]).tool.driver;
  expect(rules.map(({ id, name }) => [id, name])).toEqual([
    ["first-rule", "FirstRule"],
    ["second", undefined],
  ]);
  expect(rules[0]?.help).toEqual({ text: "The first holds.\nT: https://t.example/", markdown: "# first-rule" });
});

it("gives a rule the worst severity of its findings, and each finding its own level", () => {
  const low = findingAt(at(FILE, "root"), { severity: "low" });
  const critical = findingAt(at(FILE, "web"), { severity: "critical" });
  const run = sarif([resultOf(FILE, [low, critical])]);
  expect(run.results.map(({ level }) => level)).toEqual(["error", "note"]);
  expect(run.tool.driver.rules.map(({ properties }) => properties["security-severity"])).toEqual(["9.5", "2.5"]);
  expect(sarif([]).tool.driver.rules.map(({ properties }) => properties["security-severity"])).toEqual(["5.5", "2.5"]);
});

it("counts columns in UTF-16 units, and percent-encodes paths below the root", () => {
  const [result] = sarif([resultOf(FILE, [findingAt(at(FILE, "é😀x"))])]).results;
  const place = result?.locations[0]?.physicalLocation;
  expect(place?.artifactLocation).toEqual({ uri: "a%20b/compose.yaml", uriBaseId: "%SRCROOT%" });
  expect(place?.region).toEqual({ startLine: 3, startColumn: 12, endLine: 3, endColumn: 16 });
});

it("gives files outside of the root as absolute addresses", () => {
  const outside = { ...FILE, path: "/srv/ü/c.yaml" };
  const [result] = sarif([resultOf(outside, [findingAt(at(outside, "web"))])]).results;
  expect(result?.locations[0]?.physicalLocation.artifactLocation).toEqual({ uri: "file:///srv/%C3%BC/c.yaml" });
});

it("does not count a byte-order mark as a column", () => {
  const marked = { path: "c.yaml", text: `\ufeff${FILE.text}` };
  const [first, second] = sarif([
    resultOf(marked, [findingAt(at(marked, "services")), findingAt(at(marked, "root"), { path: ["x"] })]),
  ]).results;
  expect(first?.locations[0]?.physicalLocation.region).toMatchObject({ startLine: 1, startColumn: 1, endColumn: 9 });
  expect(second?.locations[0]?.physicalLocation.region).toMatchObject({ startLine: 4, startColumn: 11, endColumn: 15 });
});

it("gives the hops and the related places in order, with numbers", () => {
  const origin = { ...at(FILE, "root"), via: [{ kind: "merge-key", at: at(FILE, "web").value }] } as const;
  const related = [{ message: "see [here](1)", origin: at(FILE, "user") }];
  const [result] = sarif([resultOf(FILE, [findingAt(origin, { related })])]).results;
  expect(
    result?.relatedLocations?.map(({ id, message, physicalLocation }) => [
      id,
      message.text,
      physicalLocation.region.startLine,
    ]),
  ).toEqual([
    [1, "comes through this merge-key", 2],
    [2, "see \\[here\\](1)", 4],
  ]);
});

it("keeps the fingerprint when lines move, and only then", () => {
  const moved = { ...FILE, text: `# a\n\n${FILE.text}` };
  const print = (file: SourceFile, parts: Partial<Finding> = {}) =>
    sarif([resultOf(file, [findingAt(at(file, "web"), parts)])]).results[0]?.partialFingerprints;
  expect(print(moved)).toEqual(print(FILE));
  expect(print(FILE, { service: "other" })).not.toEqual(print(FILE));
  expect(print(FILE)?.primaryLocationLineHash).toMatch(/^[0-9a-f]{16}$/);
});

it("numbers the same finding of a file that two projects read", () => {
  const result = resultOf(FILE, [findingAt(at(FILE, "web"))]);
  const prints = sarif([result, result]).results.map(
    ({ partialFingerprints }) => partialFingerprints.primaryLocationLineHash,
  );
  expect(prints[1]).toBe(`${prints[0]}:2`);
});

it("tells suppressed findings with their reason", () => {
  const finding = findingAt(at(FILE, "web"));
  const suppressed = [
    { finding, by: "comment", reason: "behind a proxy" },
    { finding: { ...finding, rule: "second" }, by: "baseline", reason: "known" },
  ] as const;
  const { results } = sarif([{ ...resultOf(FILE, []), suppressed }]);
  expect(results.map(({ suppressions }) => suppressions)).toEqual([
    [{ kind: "inSource", status: "accepted", justification: "behind a proxy" }],
    [{ kind: "external", status: "accepted", justification: "known" }],
  ]);
});

it("tells gaps as notifications, and an unreadable project as a failure", () => {
  const project = projectOf(FILE, [], [{ kind: "refused", reason: "yaml", message: "no", at: at(FILE, "web").value }]);
  const [invocation] = sarif([{ ...resultOf(FILE, []), project }]).invocations;
  expect(invocation?.executionSuccessful).toBe(false);
  expect(invocation?.toolExecutionNotifications[0]).toMatchObject({
    level: "error",
    message: { text: "Docker refuses this: no" },
  });
});

function withEdits(result: Result, finding: Finding, edits: readonly Edit[]): Result {
  return { ...result, editsOf: (one) => (one === finding ? edits : undefined) };
}

function fixable(file: SourceFile): Finding {
  return findingAt(at(file, "root"), {
    fix: {
      title: "take another user",
      applicability: "safe",
      intents: [{ op: "unset", path: ["services", "web", "user"] }],
    },
  });
}

it.each([
  ["plain", FILE.text],
  ["with a byte-order mark", `\ufeff${FILE.text}`],
  ["with CRLF", FILE.text.replaceAll("\n", "\r\n")],
])("gives fixes that apply byte by byte and column by column: %s", (_, text) => {
  const file = { path: "c.yaml", text };
  const finding = fixable(file);
  const edits = [
    { range: at(file, "root").value, text: '"1000:1000"' },
    { range: at(file, "😀").value, text: "" },
    { range: { ...at(file, "web").value, end: at(file, "web").value.start }, text: "ü" },
  ];
  const [result] = sarif([withEdits(resultOf(file, [finding]), finding, edits)]).results;
  const [fix] = result?.fixes ?? [];
  expect(fix?.description.text).toBe("take another user");
  const replacements = fix?.artifactChanges[0]?.replacements ?? [];
  expect(replacements).toHaveLength(3);
  const expected = text.replace("root", '"1000:1000"').replace("😀", "").replace("web", "üweb");
  expect(byBytes(text, replacements)).toBe(expected);
  expect(byColumns(text, replacements)).toBe(expected);
});

type Replacement = { readonly deletedRegion: Region; readonly insertedContent?: { readonly text: string } };

function byBytes(text: string, replacements: readonly Replacement[]): string {
  let bytes = Buffer.from(text);
  for (const { deletedRegion, insertedContent } of replacements.toSorted(
    (a, b) => b.deletedRegion.byteOffset - a.deletedRegion.byteOffset,
  )) {
    const { byteOffset, byteLength } = deletedRegion;
    bytes = Buffer.concat([
      bytes.subarray(0, byteOffset),
      Buffer.from(insertedContent?.text ?? ""),
      bytes.subarray(byteOffset + byteLength),
    ]);
  }
  return bytes.toString();
}

function byColumns(text: string, replacements: readonly Replacement[]): string {
  const mark = text.startsWith("\ufeff") ? 1 : 0;
  const starts = [mark, ...Array.from(text.matchAll(/\r\n|\n|\r/g), (end) => end.index + end[0].length)];
  const offset = (line: number, column: number) => (starts[line - 1] ?? 0) + column - 1;
  let result = text;
  for (const { deletedRegion: region, insertedContent } of replacements.toSorted(
    (a, b) => b.deletedRegion.byteOffset - a.deletedRegion.byteOffset,
  )) {
    const [from, to] = [offset(region.startLine, region.startColumn), offset(region.endLine, region.endColumn)];
    result = result.slice(0, from) + (insertedContent?.text ?? "") + result.slice(to);
  }
  return result;
}

it.each([
  ["a value of this project", "    user: hunter2hunter\n"],
  ["a password by its name", "    environment:\n      DB_PASSWORD: abc\n"],
])("offers no fix that shows a secret: %s", (_, text) => {
  const finding = fixable(FILE);
  const result = resultOf(FILE, [finding], [service("web", { API_TOKEN: "hunter2hunter" })]);
  const run = sarif([withEdits(result, finding, [{ range: at(FILE, "root").value, text }])]);
  expect(run.results[0]?.fixes).toBeUndefined();
  expect(JSON.stringify(run)).not.toContain("hunter2");
});

it("stays within what code scanning takes, worst first, and says what it left out", () => {
  const origin = at(FILE, "web");
  const many = Array.from({ length: 25_001 }, (_, i) =>
    findingAt(origin, { severity: i === 25_000 ? "critical" : "low", path: [String(i)] }),
  );
  const run = JSON.parse(JSON.stringify(toSarif([resultOf(FILE, many)], OPTIONS))).runs[0] as Log["runs"][number];
  expect(run.results).toHaveLength(25_000);
  expect(run.results[0]?.level).toBe("error");
  expect(run.invocations[0]?.toolExecutionNotifications[0]?.message.text).toContain("1 finding left out");
  const related = Array.from({ length: 150 }, () => ({ message: "x", origin }));
  expect(sarif([resultOf(FILE, [findingAt(origin, { related })])]).results[0]?.relatedLocations).toHaveLength(100);
});
