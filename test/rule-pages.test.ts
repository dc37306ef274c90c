import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fix, type Keeping, type Policy } from "@compose-harden/fixer";
import { type Finding, type Project, positionAt, type Read } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { type Config, checkWith, explain, type OptionValue, type Rule, rules } from "@compose-harden/rules";
import { describe, expect, it } from "vitest";

const docs = fileURLToPath(new URL("../docs/rules/", import.meta.url));
const MARK = / *# <- finding$/;

describe.each(rules)("$id", (rule) => {
  const page = readFileSync(`${docs}${rule.id}.md`, "utf8");
  const config = { rules: { [rule.id]: { options: optionsOf(page) } } };

  it("has its chapters", () => {
    const chapters = Array.from(page.matchAll(/^## (.*)$/gm), ([, title]) => title);
    const fixed = blocks(page, "after").length > 0;
    expect(chapters).toEqual([
      "Why it matters",
      "When to leave it",
      fixed ? "What the fix changes" : "What to do",
      "Examples",
      "Sources",
    ]);
    expect(blocks(page, "before")).toHaveLength(1);
    expect(blocks(page, "ok").length).toBeGreaterThan(0);
  });

  it.each(blocks(page, "before"))("finds what is marked in `before`", (before) => {
    const lines = before.split("\n");
    const marked = lines.flatMap((line, index) => (MARK.test(line) ? [index + 1] : []));
    expect(marked.length).toBeGreaterThan(0);
    expect(findingsIn(rule, unmarked(before), config).map(lineOf(unmarked(before)))).toEqual(marked);
  });

  it.each(blocks(page, "after"))("fixes `before` to `after`", (after) => {
    const before = unmarked(blocks(page, "before")[0] ?? "");
    const project = loaded(before);
    const keeping: Keeping = { git: () => "outside", isTaken: () => false };
    const policy: Policy = { unsafe: true, keeping, newSecret: () => "q8Zr2LmV-x0TdKs7Y-bJ4uHc1E-oPw93N" };
    const patch = fix(project, checkWith([rule], project, config), policy, reader(before));
    expect(patch.refused).toEqual([]);
    const textsOf = (role: "env" | undefined) =>
      patch.changes.filter((change) => change.role === role).map((change) => change.after);
    expect(textsOf(undefined)).toEqual([after]);
    expect(textsOf("env")).toEqual(blocks(page, "env"));
  });

  it.each(blocks(page, "ok"))("finds nothing in `ok`", (ok) => {
    expect(findingsIn(rule, ok, config)).toEqual([]);
  });

  it("is printed without its generator's marks", async () => {
    const text = await explain(rule.id);
    expect(text?.startsWith(`# ${rule.id}\n`)).toBe(true);
    expect(text).not.toContain("<!--");
  });
});

it("has no page without a rule", () => {
  const pages = readdirSync(docs).filter((name) => name !== "README.md");
  expect(pages.map((name) => name.replace(/\.md$/, "")).sort()).toEqual(rules.map(({ id }) => id));
  expect(existsSync(`${docs}README.md`)).toBe(true);
});

/** Texts of ` ```yaml KIND ` blocks, and of ` ```sh env `: what the env file holds afterwards. */
function blocks(page: string, kind: "before" | "after" | "ok" | "env"): readonly string[] {
  return Array.from(page.matchAll(/^```(?:yaml|sh) (\w+)[^\n]*\n(.*?)^```$/gms))
    .filter(([, name]) => name === kind)
    .map(([, , text = ""]) => text);
}

function unmarked(text: string): string {
  return text
    .split("\n")
    .map((line) => line.replace(MARK, ""))
    .join("\n");
}

function reader(text: string): Read {
  return (path) => (path === "/project/compose.yaml" ? { kind: "file", text } : { kind: "missing" });
}

function loaded(text: string): Project {
  return load({ cwd: "/project", files: ["compose.yaml"] }, reader(text));
}

/** Options that the examples need, after the name of the first block: ` ```yaml before name=JSON `. */
function optionsOf(page: string): Readonly<Record<string, OptionValue>> {
  const [, name, value] = /^```yaml before (\w+)=(.*)$/m.exec(page) ?? [];
  return name === undefined || value === undefined ? {} : { [name]: JSON.parse(value) as OptionValue };
}

function findingsIn(rule: Rule, text: string, config: Config): readonly Finding[] {
  const project = loaded(text);
  expect(project.gaps).toEqual([]);
  // As in a repository that leaves nothing out, on a machine of many users.
  return checkWith([rule], project, config, undefined, undefined, () => ({ isOpenToAll: true, git: "open" }));
}

function lineOf(text: string): (finding: Finding) => number {
  return ({ origin }) => positionAt(text, origin.key?.start ?? origin.value.start).line;
}
