import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { folder, OPEN_STACK, run } from "./program.js";

const schemaOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../schemas/${name}.json`, import.meta.url), "utf8")) as object;
const ajv = new Ajv2020({ allErrors: true, formats: { uri: /^https:/ } });
const isReport = ajv.compile(schemaOf("report"));
const isPatch = ajv.compile(schemaOf("patch"));

const INHERITED = `x-base: &base
  image: \${IMAGE:-redis:7}
  ports: ["6379:6379"]
services:
  a:
    <<: *base
  b:
    image: x
    env_file: absent.env
`;

const CASES: readonly (readonly [name: string, files: Readonly<Record<string, string>>, args: readonly string[]])[] = [
  ["a plain stack", { "compose.yaml": OPEN_STACK }, []],
  ["several projects", { "a/compose.yaml": OPEN_STACK, "b/compose.yaml": INHERITED }, []],
  ["hops and gaps", { "compose.yaml": INHERITED }, []],
  ["hidden findings", { "compose.yaml": OPEN_STACK }, ["--min-severity", "critical"]],
  ["an unreadable file", { "compose.yaml": "a: [\n" }, []],
];

test.each(CASES)("check --format json: %s", (_, files, args) => {
  const { out } = run(["check", "--format", "json", ...args], { cwd: folder(files) });
  const report: unknown = JSON.parse(out);
  isReport(report);
  expect(isReport.errors).toBeNull();
});

test.each(CASES.slice(0, 3))("fix --format json: %s", (_, files) => {
  const { out } = run(["fix", "--format", "json", "--unsafe", "--quiet"], { cwd: folder(files) });
  const patch: unknown = JSON.parse(out);
  isPatch(patch);
  expect(isPatch.errors).toBeNull();
});

test("fingerprints do not depend on where the repository is checked out", () => {
  const stack = "services:\n  web:\n    image: nginx:1.27\n    volumes:\n      - ./nginx.conf:/etc/nginx/nginx.conf\n";
  const [here, there] = [folder({ "compose.yaml": stack }), folder({ "a/compose.yaml": stack })].map((cwd, index) => {
    const { out } = run(["--format", "json", "--rule", "writable-config"], { cwd: index === 0 ? cwd : `${cwd}/a` });
    return JSON.parse(out).projects[0].findings;
  });
  expect(here).toHaveLength(1);
  expect(there[0].fingerprint).toBe(here[0].fingerprint);
});

test("a finding has its place, its fix and a fingerprint that survives moving and re-indenting", () => {
  const moved = `# a comment\n\n${OPEN_STACK.replaceAll("  ", "    ").replace('"8080:80"', "8080:80")}`;
  const [before, after] = [OPEN_STACK, moved].map((text) => {
    const { out } = run(["check", "--format", "json", "--rule", "published-on-all-interfaces"], {
      cwd: folder({ "compose.yaml": text }),
    });
    return JSON.parse(out).projects[0].findings[0];
  });
  expect(before).toMatchObject({
    rule: "published-on-all-interfaces",
    service: "web",
    path: "services.web.ports[0]",
    location: { file: "compose.yaml", start: { line: 5, column: 9 }, end: { line: 5, column: 18 } },
    fix: { applicability: "safe" },
  });
  expect(after.location.start.line).toBe(7);
  expect(after.fingerprint).toBe(before.fingerprint);
});
