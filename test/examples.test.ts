import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { diff, fix, type Policy } from "@compose-harden/fixer";
import { formatPath, type Patch, type Project, positionAt, type Read } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { check } from "@compose-harden/rules";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../examples/", import.meta.url));

// The recorded files are compared byte for byte; `vitest run test/examples.test.ts -u` records them anew.
describe.each(readdirSync(root))("examples/%s", (name) => {
  const folder = `${root}${name}`;

  it("loads without a gap", () => {
    expect(loaded(folder).gaps).toEqual([]);
  });

  it("has the expected findings", async () => {
    await expect(findingsOf(loaded(folder))).toMatchFileSnapshot(`${folder}/expected-findings.txt`);
  });

  it("gets the expected patch", async () => {
    await expect(diff(relative(patchOf(folder), folder))).toMatchFileSnapshot(`${folder}/expected.patch`);
  });

  it("keeps only findings that no fix can mend", () => {
    const patch = patchOf(folder);
    expect(patch.refused).toEqual([]);
    const after = load({ cwd: folder }, patchedReader(patch));
    expect(check(after).filter((finding) => finding.fix !== undefined)).toEqual([]);
  });
});

/** As outside of a git work tree; every new secret is the same one. */
const policy: Policy = {
  unsafe: true,
  keeping: { git: () => "outside", isTaken: () => false },
  newSecret: () => "q8Zr2LmV-x0TdKs7Y-bJ4uHc1E-oPw93N",
};

function loaded(folder: string): Project {
  return load({ cwd: folder }, readFile);
}

function patchOf(folder: string): Patch {
  const project = loaded(folder);
  return fix(project, check(project), policy, readFile);
}

function findingsOf(project: Project): string {
  return check(project)
    .map(({ severity, rule, path, message, origin: { value, key } }) => {
      const text = project.files.find(({ path: file }) => file === value.file)?.text ?? "";
      const { line, column } = positionAt(text, (key ?? value).start);
      return `${line}:${column} ${severity} ${rule} ${formatPath(path)}: ${message}\n`;
    })
    .join("");
}

function relative(patch: Patch, folder: string): Patch {
  const path = (file: string): string => file.replace(`${folder}/`, "");
  return { ...patch, changes: patch.changes.map((change) => ({ ...change, path: path(change.path) })) };
}

const readFile: Read = (path) => {
  if (!path.startsWith(root) || !existsSync(path)) return { kind: "missing" };
  return { kind: "file", text: readFileSync(path, "utf8") };
};

function patchedReader(patch: Patch): Read {
  const after = new Map(patch.changes.map((change) => [change.path, change.after]));
  return (path) => {
    const text = after.get(path);
    return text === undefined ? readFile(path) : { kind: "file", text };
  };
}
