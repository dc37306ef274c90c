import type { Finding, Project } from "@compose-harden/model";
import { formatPath } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { expect, it } from "vitest";
import { checkWith } from "../src/check.js";
import type { OptionValue, Rule } from "../src/rule.js";

/** One edge case of a rule. */
export interface Case {
  /** What is special about it. */
  readonly case: string;
  /** The Compose file, or several files by name, loaded in this order; `.env` is read as Docker reads it. */
  readonly compose: string | Readonly<Record<string, string>>;
  /** The paths of the findings, in order: `services.web.ports[0]`. */
  readonly finds: readonly string[];
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** Parts of the first finding's message, caveat and so on. */
  readonly first?: ((finding: Finding) => void) | undefined;
}

/** Runs a rule alone over each case. */
export function table(rule: Rule, cases: readonly Case[]): void {
  it.each(cases)(`${rule.id}: $case`, ({ compose, finds, options, first }) => {
    const config = options === undefined ? {} : { rules: { [rule.id]: { options } } };
    const findings = checkWith([rule], loadFiles(compose), config);
    expect(findings.map(({ path }) => formatPath(path))).toEqual(finds);
    for (const finding of findings) wellWritten(finding);
    if (first !== undefined && findings[0] !== undefined) first(findings[0]);
  });
}

/** Loads files that exist only here, below `/project`. */
export function loadFiles(compose: string | Readonly<Record<string, string>>): Project {
  const files = typeof compose === "string" ? { "compose.yaml": compose } : compose;
  const names = Object.keys(files).filter((name) => /^(compose|override)[\w.-]*\.ya?ml$/.test(name));
  return load({ cwd: "/project", files: names }, (path) => {
    const text = files[path.replace("/project/", "")];
    return text === undefined ? { kind: "missing" } : { kind: "file", text };
  });
}

/** The house style of messages. */
function wellWritten({ message, risk, fix }: Finding): void {
  for (const text of [message, risk, ...(fix === undefined ? [] : [fix.title])]) {
    expect(text).toMatch(/^[a-z`0-9]/);
    expect(text).not.toMatch(/\.$|\bshould\b/);
  }
}
