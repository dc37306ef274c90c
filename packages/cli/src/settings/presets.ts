import { SEVERITIES, type Severity } from "@compose-harden/model";
import { type RuleSetting, rules } from "@compose-harden/rules";

/** A named set of rule settings to start from. */
export interface Preset {
  readonly summary: string;
  readonly rules: Readonly<Record<string, RuleSetting>>;
}

/** The presets by name. `recommended` is what holds without any configuration. */
export const PRESETS: Readonly<Record<string, Preset>> = {
  baseline: {
    summary: "only what lets somebody in or out: rules of severity high and critical",
    rules: Object.fromEntries(
      rules.filter(({ severity }) => SEVERITIES.indexOf(severity) > SEVERITIES.indexOf("high")).map(off),
    ),
  },
  recommended: { summary: "every rule at its own severity", rules: {} },
  strict: {
    summary: "every rule, and none below medium",
    rules: Object.fromEntries(rules.filter(isBelowMedium).map(({ id }) => [id, { severity: "medium" }])),
  },
  "local-ai": {
    summary: "for model servers, agents and tools on one machine: a published port or an unbounded service is high",
    rules: raised("high", [
      "published-on-all-interfaces",
      "exposed-without-login",
      "no-new-privileges",
      "read-only-root",
      "memory-limit",
      "cpu-limit",
      "control-socket",
    ]),
  },
};

function off({ id }: { readonly id: string }): readonly [string, RuleSetting] {
  return [id, { severity: "off" }];
}

function isBelowMedium({ severity }: { readonly severity: Severity }): boolean {
  return SEVERITIES.indexOf(severity) > SEVERITIES.indexOf("medium");
}

/** Never lowers: a rule that is worse by itself stays so. */
function raised(severity: Severity, ids: readonly string[]): Readonly<Record<string, RuleSetting>> {
  return Object.fromEntries(
    rules
      .filter((rule) => ids.includes(rule.id) && SEVERITIES.indexOf(rule.severity) > SEVERITIES.indexOf(severity))
      .map(({ id }) => [id, { severity }]),
  );
}
