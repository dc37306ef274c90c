import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fix, type Keeping, type Policy } from "@compose-harden/fixer";
import { AUDIT_COLUMNS, type AuditRow, type Read } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { audit, check } from "@compose-harden/rules";
import { describe, expect, test } from "vitest";

/** The quick-reference checklist over the AI stacks: what it says before, and after every fix that the program has, new secrets among them. */

const root = fileURLToPath(new URL("../examples/", import.meta.url));

/** Lines that a fix can mend in every stack. */
const MENDED = ["reach", "noNewPrivileges", "readOnly", "limits"] as const;

describe.each(readdirSync(root))("examples/%s", (name) => {
  const folder = `${root}${name}`;
  const read: Read = (path) =>
    path.startsWith(root) && existsSync(path)
      ? { kind: "file", text: readFileSync(path, "utf8") }
      : { kind: "missing" };
  const project = load({ cwd: folder }, read);
  const keeping: Keeping = { git: () => "outside", isTaken: () => false };
  const policy: Policy = { unsafe: true, keeping, newSecret: () => "q8Zr2LmV-x0TdKs7Y-bJ4uHc1E-oPw93N" };
  const patch = fix(project, check(project), policy, read);
  const written = new Map(patch.changes.map(({ path, after }) => [path, after]));
  const readAfter: Read = (path) => {
    const text = written.get(path);
    return text === undefined ? read(path) : { kind: "file", text };
  };
  const fixed = load({ cwd: folder }, readAfter);
  const before = audit(project, check(project));
  const after = audit(fixed, check(fixed));

  test("each line that a fix can mend is a finding before", () => {
    for (const column of MENDED) expect(before.map((row) => row[column].mark)).toContain("no");
    expect(before.flatMap(openCells).length).toBeGreaterThan(before.length * 3);
  });

  test("and ✓ after, or `?` where nothing is known", () => {
    expect(after.flatMap((row) => openCells(row))).toEqual([]);
  });

  test("values fit each image: a read-only root never lacks the scratch space of its profile", () => {
    for (const service of fixed.services) {
      if (service.read_only?.value !== true) continue;
      const places = [...service.tmpfs.items, ...service.volumes.items].map(({ value }) => value.target);
      expect(places.length, service.name).toBeGreaterThan(0);
    }
    expect(check(fixed).filter(({ rule }) => rule === "scratch-tmpfs")).toEqual([]);
  });
});

/** The cells with ✗ as `service.column` and their text. */
function openCells(row: AuditRow): readonly (readonly [string, string])[] {
  return AUDIT_COLUMNS.filter(([key]) => row[key].mark === "no").map(
    ([key]) => [`${row.service}.${key}`, row[key].text] as const,
  );
}
