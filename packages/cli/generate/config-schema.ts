import { SEVERITIES } from "@compose-harden/model";
import { type Rule, rules } from "@compose-harden/rules";
import { PRESETS } from "../src/settings/presets.js";

/** The JSON Schema of the configuration: rule names, options and presets come from the rules themselves. */
export async function generate(): Promise<ReadonlyMap<string, string>> {
  return new Map([["schemas/config.json", `${JSON.stringify(schema(), undefined, 2)}\n`]]);
}

const texts = { type: "array", items: { type: "string" } };

function schema(): object {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "compose-harden configuration",
    description: "compose-harden.config.yaml, compose-harden.config.json, or the key `compose-harden` of package.json.",
    type: "object",
    additionalProperties: false,
    properties: {
      $schema: { type: "string" },
      extends: {
        description:
          "Presets and other configuration files, relative to this one; later ones win, this file wins over all.",
        anyOf: [{ $ref: "#/$defs/parent" }, { type: "array", items: { $ref: "#/$defs/parent" } }],
      },
      rules: { $ref: "#/$defs/rules" },
      overrides: {
        description: "Rule settings for some projects or services; later ones win.",
        type: "array",
        items: {
          type: "object",
          required: ["rules"],
          additionalProperties: false,
          properties: {
            paths: { description: "The project's main file, relative to this file: `*`, `**`, `?`.", ...texts },
            services: { description: "Names or patterns.", ...texts },
            rules: { $ref: "#/$defs/rules" },
          },
        },
      },
      ignore: {
        description: "Findings that are known and accepted, each for a reason.",
        type: "array",
        items: {
          type: "object",
          required: ["rules", "reason"],
          additionalProperties: false,
          properties: {
            rules: { type: "array", items: { $ref: "#/$defs/rule" } },
            services: { description: "Names or patterns; absent: all.", ...texts },
            paths: { description: "The file a finding is in, relative to this file; absent: all.", ...texts },
            reason: { type: "string" },
            until: {
              description: "The last day on which it holds.",
              type: "string",
              pattern: "^\\d{4}-\\d{2}-\\d{2}$",
            },
          },
        },
      },
      exclude: { description: "What directories are not searched for; patterns as in .gitignore.", ...texts },
      "fail-on": { description: "Exit with 1 from this severity on. Default: low.", enum: [...SEVERITIES, "none"] },
      "min-severity": { description: "Show findings from this severity on. Default: info.", enum: SEVERITIES },
      strict: { description: "Exit with 2 if any part could not be read.", type: "boolean" },
      baseline: {
        description: "Known findings, relative to this file. Default: compose-harden.baseline.json.",
        type: "string",
      },
    },
    $defs: {
      severity: { enum: [...SEVERITIES, "off"] },
      rule: { enum: rules.map(({ id }) => id) },
      parent: {
        anyOf: [
          ...Object.entries(PRESETS).map(([name, { summary }]) => ({ const: name, description: summary })),
          { description: "A file.", type: "string", pattern: "[./]" },
        ],
      },
      rules: {
        type: "object",
        additionalProperties: false,
        properties: Object.fromEntries(rules.map((rule) => [rule.id, settingOf(rule)])),
      },
    },
  };
}

function settingOf({ summary, options = {} }: Rule<Record<string, never>>): object {
  const setting = {
    type: "object",
    additionalProperties: false,
    properties: {
      severity: { $ref: "#/$defs/severity" },
      options: {
        type: "object",
        additionalProperties: false,
        properties: Object.fromEntries(
          Object.entries<OptionShape>(options).map(([name, spec]) => [name, optionOf(spec)]),
        ),
      },
      fix: { description: "The grade of the rule's fixes; `off`: nothing is fixed.", enum: ["safe", "unsafe", "off"] },
      reason: { description: "Why the grade was changed.", type: "string" },
    },
    dependentRequired: { fix: ["reason"] },
  };
  return { description: summary, anyOf: [{ $ref: "#/$defs/severity" }, setting] };
}

interface OptionShape {
  readonly summary: string;
  readonly default: string | number | boolean | readonly string[];
}

function optionOf({ summary, default: value }: OptionShape): object {
  return { description: summary, default: value, ...(Array.isArray(value) ? texts : { type: typeof value }) };
}
