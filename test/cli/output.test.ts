import { execFileSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { isInstalled } from "../installed.js";
import { folder, OPEN_STACK, program, run } from "./program.js";

const schema = JSON.parse(readFileSync(new URL("../../schemas/sarif-2.1.0.json", import.meta.url), "utf8")) as object;
const isSarif = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);

const read = (cwd: string, name: string) => readFileSync(join(cwd, name), "utf8");

test("writes several reports at once, beside what it prints", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  const outputs = ["a.sarif", "gitlab=b.json", "c.json", "d.xml", "checkstyle.xml", "e.md", "text=f", "github=g"];
  const { code, out, err } = run(["check", ...outputs.flatMap((output) => ["--output", output])], { cwd });
  expect(code).toBe(1);
  expect(err).toBe("");
  expect(out).toContain("[published-on-all-interfaces]");
  expect(read(cwd, "f")).toContain("[published-on-all-interfaces]");
  expect(JSON.parse(read(cwd, "a.sarif"))).toMatchObject({ version: "2.1.0" });
  expect(JSON.parse(read(cwd, "b.json"))[0]).toMatchObject({ location: { path: "compose.yaml" } });
  expect(JSON.parse(read(cwd, "c.json"))).toMatchObject({ format: "compose-harden-report" });
  expect(read(cwd, "d.xml")).toContain("<testsuites ");
  expect(read(cwd, "checkstyle.xml")).toContain("<checkstyle ");
  expect(read(cwd, "e.md")).toMatch(/^## compose-harden\n/);
  expect(read(cwd, "g")).toMatch(/^::\w+ file=compose\.yaml,line=/);
  expect(readdirSync(cwd)).toHaveLength(9);
});

test("prints nothing and writes all the same with --quiet", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  const { code, out } = run(["check", "--quiet", "-o", "a.md"], { cwd });
  expect([code, out]).toEqual([1, ""]);
  expect(read(cwd, "a.md")).toContain("<table>");
});

test.each(["concise", "json", "sarif", "github", "gitlab", "junit", "checkstyle", "markdown"])(
  "prints what it would write: %s",
  (format) => {
    const cwd = folder({ "compose.yaml": OPEN_STACK });
    const { out } = run(["check", "--format", format, "--output", `${format}=file`], { cwd });
    expect(out).toBe(read(cwd, "file"));
  },
);

test("replaces a report, keeps its mode, follows a link and leaves nothing beside it", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK, "old.json": "old", "kept/real.md": "old" });
  chmodSync(join(cwd, "old.json"), 0o600);
  symlinkSync("kept/real.md", join(cwd, "link.md"));
  run(["check", "-o", "old.json", "-o", "link.md"], { cwd });
  expect(statSync(join(cwd, "old.json")).mode & 0o777).toBe(0o600);
  expect(read(cwd, "old.json")).toMatch(/^\{/);
  expect(lstatSync(join(cwd, "link.md")).isSymbolicLink()).toBe(true);
  expect(read(cwd, "kept/real.md")).toMatch(/^## /);
  expect(readdirSync(cwd)).toEqual(["compose.yaml", "kept", "link.md", "old.json"]);
});

test("writes to a device directly", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  const words = [process.execPath, program, "check", "--quiet", "--output", "gitlab=/dev/stdout"];
  const command = `${words.map((word) => `'${word}'`).join(" ")} | cat`;
  expect(JSON.parse(execFileSync("sh", ["-c", command], { cwd, encoding: "utf8" }))).not.toHaveLength(0);
});

test.each([
  [
    "report",
    /`--output report`: the file's ending tells no format; write `FORMAT=report`, with one of text, concise, json, sarif/,
  ],
  ["sarif=", /`--output sarif=`: expected a file/],
  ["sub", /tells no format/],
  ["gone/a.json", /`gone\/a\.json` cannot be written: ENOENT/],
  ["json=sub", /`sub` is a directory/],
])("refuses %s", (output, error) => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  mkdirSync(join(cwd, "sub"));
  const { code, out, err } = run(["check", "--output", output], { cwd });
  expect(err).toMatch(error);
  expect(out).toBe("");
  expect(code).toBe(2);
});

test("refuses one file for two reports", () => {
  const { code, err } = run(["check", "-o", "a.json", "-o", "sarif=./a.json"], {
    cwd: folder({ "compose.yaml": OPEN_STACK }),
  });
  expect(err).toContain("`--output` names `a.json` twice");
  expect(code).toBe(2);
});

test.skipIf(!isInstalled("git"))(
  "names files from the root of the repository for code hosts, from where it stands for people",
  () => {
    const root = folder({ "stack/web/compose.yaml": OPEN_STACK });
    execFileSync("git", ["init", "-q"], { cwd: root });
    const cwd = join(root, "stack");
    run(
      ["check", "-q", "-o", "a.sarif", "-o", "gitlab=b.json", "-o", "github=c", "-o", "d.md", "-o", "checkstyle.xml"],
      {
        cwd,
      },
    );
    expect(JSON.parse(read(cwd, "a.sarif")).runs[0].results[0].locations[0].physicalLocation.artifactLocation).toEqual({
      uri: "stack/web/compose.yaml",
      uriBaseId: "%SRCROOT%",
    });
    expect(JSON.parse(read(cwd, "b.json"))[0].location.path).toBe("stack/web/compose.yaml");
    expect(read(cwd, "c")).toContain(" file=stack/web/compose.yaml,");
    expect(read(cwd, "d.md")).toContain("<code>web/compose.yaml:");
    expect(read(cwd, "checkstyle.xml")).toContain('<file name="web/compose.yaml">');
  },
);

test("tells what cannot be read in every report for programs", () => {
  const cwd = folder({ "compose.yaml": "services: [\n" });
  const { code } = run(["check", "-o", "a.sarif", "-o", "gitlab=b.json", "-o", "junit.xml", "-o", "d.md"], { cwd });
  expect(code).toBe(2);
  const sarif = JSON.parse(read(cwd, "a.sarif"));
  isSarif(sarif);
  expect(isSarif.errors).toBeNull();
  const [invocation] = sarif.runs[0].invocations;
  expect(invocation.executionSuccessful).toBe(false);
  expect(invocation.toolExecutionNotifications[0].level).toBe("error");
  expect(JSON.parse(read(cwd, "b.json"))).toMatchObject([{ check_name: "gap" }, { check_name: "gap" }]);
  expect(read(cwd, "junit.xml")).toContain('errors="1"');
  expect(read(cwd, "d.md")).toContain("**2 gaps**");
});

const SHARED = `x-base: &base
  restart: always
services:
  web:
    <<: *base
    image: nginx:1.27   # front
    ports: ["8080:80", '9090:90']
  "caf\u00e9 \u{1f600}":
    image: nginx:1.27
    ports:
      - 8081:80
`;

interface Replacement {
  readonly deletedRegion: { readonly byteOffset: number; readonly byteLength: number };
  readonly insertedContent?: { readonly text: string };
}

test("offers each safe fix with the very bytes that `fix` writes for it", () => {
  const text = `\ufeff${SHARED.replaceAll("\n", "\r\n").replace("caf\u00e9 \u{1f600}", "cafe")}# \u00e9\u{1f600}\r\n`;
  const cwd = folder({ "compose.yaml": text });
  run(["check", "-q", "-o", "a.sarif"], { cwd });
  const sarif = JSON.parse(read(cwd, "a.sarif"));
  isSarif(sarif);
  expect(isSarif.errors).toBeNull();
  const fixed = sarif.runs[0].results.filter(({ fixes }: { fixes?: unknown }) => fixes !== undefined);
  expect(fixed.length).toBeGreaterThan(1);
  const alone = new Map<string, number>();
  for (const { ruleId, properties } of fixed) {
    const key = `${ruleId} ${properties.service}`;
    alone.set(key, (alone.get(key) ?? 0) + 1);
  }
  for (const { ruleId, properties, fixes } of fixed) {
    if (alone.get(`${ruleId} ${properties.service}`) !== 1) continue;
    const other = folder({ "compose.yaml": text });
    run(["fix", "-q", "--write", "--rule", ruleId, "--service", properties.service], { cwd: other });
    const [change] = fixes[0].artifactChanges;
    expect(applied(text, change.replacements)).toBe(read(other, "compose.yaml"));
  }
});

function applied(text: string, replacements: readonly Replacement[]): string {
  let bytes = Buffer.from(text);
  for (const {
    deletedRegion: { byteOffset, byteLength },
    insertedContent,
  } of replacements.toReversed()) {
    bytes = Buffer.concat([
      bytes.subarray(0, byteOffset),
      Buffer.from(insertedContent?.text ?? ""),
      bytes.subarray(byteOffset + byteLength),
    ]);
  }
  return bytes.toString();
}

test("shows no secret in any report", () => {
  const cwd = folder({
    "compose.yaml": `services:
  db:
    image: postgres:17
    environment:
      POSTGRES_PASSWORD: correcthorse99
    command: ["postgres", "--requirepass", "correcthorse99"]
`,
  });
  const outputs = ["a.sarif", "b.json", "gitlab=c.json", "d.xml", "checkstyle.xml", "e.md", "f.txt", "github=g"];
  run(["check", ...outputs.flatMap((output) => ["-o", output])], { cwd });
  for (const name of readdirSync(cwd)) {
    if (name !== "compose.yaml") expect(read(cwd, name), name).not.toContain("correcthorse");
  }
});

test("does not touch a report when the run fails for wrong use", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  writeFileSync(join(cwd, "a.json"), "old");
  expect(run(["check", "--service", "nope", "-o", "a.json"], { cwd }).code).toBe(2);
  expect(read(cwd, "a.json")).toBe("old");
});
