import { createHash } from "node:crypto";
import { type Gap, isList, isMap, type Json, type Project, sameJson } from "@compose-harden/model";
import { jsonText, load, type RenderOptions, renderConfig, renderYaml } from "@compose-harden/parser";
import type { Case, Outcome, Output, Suite } from "./case.js";
import { REASONS } from "./error-class.js";

/** Where our answer and Docker's differ. */
export interface Difference {
  readonly id: string;
  readonly output: Output;
  readonly kind: "status" | "class" | "value" | "warnings";
  readonly detail: string;
}

/** Loads a case in every recorded way; undefined entries agree. */
export function compareCase(suite: Suite, one: Case): Difference[] {
  const outputs: Output[] = ["config", "all", "noConsistency", "yaml"];
  const differences: Difference[] = [];
  for (const output of outputs) {
    const expected = one.outcomes[output] ?? (output === "all" ? one.outcomes.config : undefined);
    if (expected === undefined) continue;
    const difference = compare(suite, one, output, expected);
    if (difference !== undefined) differences.push({ id: one.id, output, ...difference });
  }
  return differences;
}

/** What this program answers for one way of loading a case. */
export function answer(
  suite: Suite,
  one: Case,
  output: Output,
): { readonly gaps: readonly Gap[]; readonly config: Json; readonly warnings: readonly string[] } {
  const cwd = one.dir === "." || one.dir === "" ? suite.root : `${suite.root}/${one.dir}`;
  const all = output === "all";
  const profiles = all ? ["*"] : one.profiles;
  const project = load(
    {
      cwd,
      env: rooted({ HOME: "/home/user", PWD: cwd, ...one.env }, suite.root),
      ...(one.files === undefined ? {} : { files: rooted(one.files, suite.root) }),
      ...(one.env_files === undefined ? {} : { envFiles: rooted(one.env_files, suite.root) }),
      ...(profiles === undefined ? {} : { profiles }),
      ...(one.project_directory === undefined ? {} : { projectDirectory: rooted(one.project_directory, suite.root) }),
      ...(one.project_name === undefined ? {} : { projectName: one.project_name }),
    },
    suite.read,
  );
  const gaps = project.gaps.filter((gap) => output !== "noConsistency" || gap.reason !== "consistency");
  const choice = { allResources: all, ...(one.services === undefined ? {} : { services: one.services }) };
  return { gaps, config: printed(project, output, choice), warnings: project.warnings };
}

function printed(project: Project, output: Output, choice: RenderOptions): Json {
  if (output === "yaml") {
    const rendered = renderYaml(project, choice);
    return rendered.ok ? rendered.text : null;
  }
  const rendered = renderConfig(project, choice);
  return rendered.ok ? rendered.config : null;
}

function compare(
  suite: Suite,
  one: Case,
  output: Output,
  expected: Outcome,
): Omit<Difference, "id" | "output"> | undefined {
  const { gaps, config, warnings } = answer(suite, one, output);
  const refused = gaps.length > 0;
  const why = gaps.map((gap) => `${gap.reason}: ${gap.message}`).join("; ");
  if ("refused" in expected) {
    if (!refused) return { kind: "status", detail: `Docker refuses (${expected.refused.join(", ")}), we accept` };
    const allowed = expected.refused.map((errorClass) => REASONS[errorClass]);
    if (allowed.some((reasons) => reasons === undefined || gaps.some((gap) => reasons.includes(gap.reason))))
      return undefined;
    return { kind: "class", detail: `Docker: ${expected.refused.join(", ")}, we: ${why}` };
  }
  if (refused) return { kind: "status", detail: `Docker accepts, we refuse: ${why}` };
  if ("digest" in expected) {
    const digest = output === "yaml" ? textDigest(String(config), suite.root) : digestOf(unrooted(config, suite.root));
    return digest === expected.digest
      ? undefined
      : { kind: "value", detail: `digest ${digest}, Docker's ${expected.digest}` };
  }
  const wanted = rooted(expected.project, suite.root);
  if (!sameJson(wanted, config)) return { kind: "value", detail: firstDifference(wanted, config, "") };
  if (output !== "config") return undefined;
  const said = [...new Set(warnings)].sort();
  const heard = [...rooted(expected.warnings ?? [], suite.root)].sort();
  return sameJson(heard, said)
    ? undefined
    : { kind: "warnings", detail: `Docker: ${heard.join("; ")}, we: ${said.join("; ")}` };
}

/** A digest of a text, wherever its files stand. */
export function textDigest(text: string, root: string): string {
  return createHash("sha256").update(text.replaceAll(root, "<ROOT>")).digest("hex").slice(0, 16);
}

/** A digest of a project: equal for equal values whatever the order of keys. */
export function digestOf(config: Json): string {
  return createHash("sha256").update(jsonText(config)).digest("hex").slice(0, 16);
}

function rooted<T>(value: T, root: string): T {
  return JSON.parse(JSON.stringify(value).replaceAll("<ROOT>", root));
}

/** Takes the place of the files out of a project. */
export function unrooted(value: Json, root: string): Json {
  return JSON.parse(JSON.stringify(value).replaceAll(root, "<ROOT>"));
}

function firstDifference(a: Json | undefined, b: Json | undefined, path: string): string {
  if (isMap(a) && isMap(b)) {
    for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
      if (!sameJson(a[key], b[key])) return firstDifference(a[key], b[key], `${path}.${key}`);
    }
  }
  if (isList(a) && isList(b) && a.length === b.length) {
    const at = a.findIndex((item, i) => !sameJson(item, b[i]));
    return firstDifference(a[at], b[at], `${path}[${at}]`);
  }
  return `${path}: Docker ${JSON.stringify(a)?.slice(0, 160)}, we ${JSON.stringify(b)?.slice(0, 160)}`;
}
