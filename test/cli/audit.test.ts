import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { folder, OPEN_STACK, run } from "./program.js";

const schema = JSON.parse(readFileSync(new URL("../../schemas/audit.json", import.meta.url), "utf8"));
const isAudit = new Ajv().compile(schema);

test("audit prints a table with a grade for each service", () => {
  const { code, out } = run(["audit", "compose.yaml"], { cwd: folder({ "compose.yaml": OPEN_STACK }) });
  expect(out).toContain("✗ Reachable from     every machine");
  expect(code).toBe(0);
});

test("audit prints Markdown and JSON", () => {
  const cwd = folder({ "compose.yaml": OPEN_STACK });
  const markdown = run(["audit", "--format", "markdown", "compose.yaml"], { cwd });
  expect(markdown.out).toMatch(/^## compose\.yaml\n\n\| Service \| Port \| Reachable from \|/);
  const json = JSON.parse(run(["audit", "--format", "json", "compose.yaml"], { cwd }).out);
  expect(isAudit(json), JSON.stringify(isAudit.errors)).toBe(true);
  expect(json).toMatchObject({ version: 1, projects: [{ label: "compose.yaml" }] });
  expect(json.projects[0].services[0]).toMatchObject({ service: "web", reach: { mark: "no" } });
});

test("audit refuses a service that does not exist", () => {
  const { code, err } = run(["audit", "--service", "nope", "compose.yaml"], {
    cwd: folder({ "compose.yaml": OPEN_STACK }),
  });
  expect(err).toContain("nope");
  expect(code).toBe(2);
});
