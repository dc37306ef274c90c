import type { AuditRow } from "@compose-harden/model";
import { expect, it } from "vitest";
import { auditToJson, formatAuditMarkdown, formatAuditText } from "../src/audit.js";
import { PLAIN } from "../src/style.js";

const yes = { mark: "yes", text: "yes" } as const;
const row: AuditRow = {
  service: "web|<b>\u001b",
  ports: ["80", "443", "53/udp"],
  reach: { mark: "no", text: "every machine" },
  login: { mark: "unknown", text: "unknown" },
  noNewPrivileges: yes,
  readOnly: yes,
  limits: { mark: "no", text: "no pids" },
  secrets: yes,
  image: yes,
  grade: "C",
};
const tables = [{ label: "compose.yaml", rows: [row] }];

it("prints a grid where the screen is wide", () => {
  const text = formatAuditText(tables, { style: PLAIN, columns: 200 });
  expect(text.split("\n").slice(2)).toEqual([
    expect.stringMatching(
      /^Service +Port +Reachable from +Login +No new privileges +Read-only +Limits +Secrets +Image pinned +Grade$/,
    ),
    expect.stringMatching(/^web\|<b>\\u001b +80, 443, \+1 +✗ every machine +\? +✓ +✓ +✗ no pids +✓ +✓ +C$/),
    "",
  ]);
});

it("prints a block for each service where it is narrow", () => {
  const text = formatAuditText(tables, { style: PLAIN, columns: 60 });
  expect(text).toContain(
    "web|<b>\\u001b  C  80, 443, +1\n  ✗ Reachable from     every machine\n  ? Login              unknown\n",
  );
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(60);
});

it("says when there are no services", () => {
  expect(formatAuditText([{ label: "a", rows: [] }], { style: PLAIN, columns: 80 })).toBe("a\n\nno services\n");
});

it("escapes what is untrusted in Markdown", () => {
  const [heading, , titles, line, cells] = formatAuditMarkdown(tables).split("\n");
  expect(heading).toBe("## compose.yaml");
  expect(titles?.split("|")).toHaveLength(line?.split("|").length ?? 0);
  expect(cells).toContain("web\\|&lt;b&gt;\\\\u001b");
});

it("gives the rows as data", () => {
  expect(auditToJson(tables)).toEqual({ version: 1, projects: [{ label: "compose.yaml", services: [row] }] });
});
