import { SEVERITIES, type Severity } from "@compose-harden/model";
import type { OptionValue, Rule } from "./rule.js";

/** What a user sets for one rule. */
export interface RuleSetting {
  /** Takes the place of the severity the rule gives, for all its findings; `off` switches the rule off. */
  readonly severity?: Severity | "off";
  readonly options?: Readonly<Record<string, OptionValue>>;
  /** Takes the place of the grade of the rule's fixes; `off`: nothing is fixed. */
  readonly fix?: "safe" | "unsafe" | "off";
  /** Why the grade was changed. */
  readonly reason?: string;
}

/** The part of the configuration that concerns rules. */
export interface Config {
  readonly rules?: Readonly<Record<string, RuleSetting>>;
}

/** What is wrong with a configuration, one message each, in words its author understands; empty when nothing is. */
export function configProblems(rules: readonly Rule[], config: Config): readonly string[] {
  return Object.entries(config.rules ?? {}).flatMap(([id, setting]) => {
    const rule = rules.find((known) => known.id === id);
    if (rule === undefined) return [`unknown rule \`${id}\``];
    return [...severityProblems(id, setting), ...optionProblems(rule, setting)];
  });
}

function severityProblems(id: string, { severity }: RuleSetting): readonly string[] {
  if (severity === undefined || severity === "off" || SEVERITIES.includes(severity)) return [];
  return [`rule \`${id}\`: severity is \`${severity}\`, expected one of ${SEVERITIES.join(", ")} or off`];
}

function optionProblems(rule: Rule, setting: RuleSetting): readonly string[] {
  const specs = optionSpecs(rule);
  return Object.entries(setting.options ?? {}).flatMap(([name, value]) => {
    const spec = specs.find(([known]) => known === name)?.[1];
    if (spec === undefined) return [`rule \`${rule.id}\` has no option \`${name}\``];
    const expected = kindOf(spec.default);
    return kindOf(value) === expected ? [] : [`rule \`${rule.id}\`: option \`${name}\` is no ${expected}`];
  });
}

function kindOf(value: unknown): string {
  if (!Array.isArray(value)) return typeof value;
  return value.every((item) => typeof item === "string") ? "list of strings" : "list";
}

/** The options of a rule by name. */
export function optionSpecs(
  rule: Rule,
): readonly (readonly [string, { readonly summary: string; readonly default: OptionValue }])[] {
  return Object.entries(rule.options ?? {});
}
