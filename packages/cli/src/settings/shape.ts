import { isList, isMap, type Json, type JsonMap, SEVERITIES } from "@compose-harden/model";
import { configProblems, type RuleSetting, rules, type Settings } from "@compose-harden/rules";
import { type Check, date, expected, flag, listOf, object, oneOf, type ShapeProblem, text, unknown } from "./checks.js";
import { PRESETS } from "./presets.js";

/** A configuration as its author wrote it, checked. */
export interface Configuration extends Settings {
  /** Presets and other configuration files, by name or relative path. */
  readonly extends?: readonly string[];
  /** Paths that directories are not searched for, relative to the file; patterns as in `.gitignore`. */
  readonly exclude?: readonly string[];
  readonly "fail-on"?: string;
  readonly "min-severity"?: string;
  readonly strict?: boolean;
  /** Known findings that do not fail a run, relative to the file. */
  readonly baseline?: string;
}

/** What is wrong with a configuration's data, each with its path; empty when it is a `Configuration`. */
export function shapeProblems(data: Json): readonly ShapeProblem[] {
  return CONFIGURATION(data, []);
}

const ruleName: Check = (value, path) => {
  const known = rules.map(({ id }) => id);
  if (typeof value === "string" && known.includes(value)) return [];
  return [{ path, message: unknown("rule", String(value), known) }];
};

const severity = oneOf([...SEVERITIES, "off"]);

const ruleSetting: Check = (value, path) => {
  if (typeof value === "string") return severity(value, path);
  const problems = object({
    severity,
    options: (options, at) => (isMap(options) ? [] : [expected(at, "a mapping", options)]),
    fix: oneOf(["safe", "unsafe", "off"]),
    reason: text,
  })(value, path);
  if (problems.length > 0 || !isMap(value)) return problems;
  return value.fix !== undefined && value.reason === undefined
    ? [{ path, message: "a changed grade needs a `reason`" }]
    : [];
};

const ruleSettings: Check = (value, path) => {
  if (!isMap(value)) return [expected(path, "a mapping", value)];
  return Object.entries(value).flatMap(([id, setting]) => {
    const at = [...path, id];
    const problems = [...ruleName(id, at), ...ruleSetting(setting, at)];
    if (problems.length > 0) return problems;
    return configProblems(rules, { rules: { [id]: settingOf(setting) } }).map((message) => ({ path: at, message }));
  });
};

const CONFIGURATION: Check = object({
  $schema: text,
  extends: (value, path) => (typeof value === "string" ? [] : listOf(text)(value, path)),
  rules: ruleSettings,
  overrides: listOf(object({ paths: listOf(text), services: listOf(text), rules: ruleSettings }, ["rules"])),
  ignore: listOf(
    object({ rules: listOf(ruleName), services: listOf(text), paths: listOf(text), reason: text, until: date }, [
      "rules",
      "reason",
    ]),
  ),
  exclude: listOf(text),
  "fail-on": oneOf([...SEVERITIES, "none"]),
  "min-severity": oneOf(SEVERITIES),
  strict: flag,
  baseline: text,
});

/** `medium` is short for `{severity: medium}`. */
function settingOf(value: Json): RuleSetting {
  return (typeof value === "string" ? { severity: value } : value) as RuleSetting;
}

/** Gives checked data its type. */
export function configurationOf(data: JsonMap): Configuration {
  const settings = (value: Json | undefined) =>
    Object.fromEntries(Object.entries(isMap(value) ? value : {}).map(([id, setting]) => [id, settingOf(setting)]));
  const { extends: parents, overrides } = data;
  return {
    ...data,
    rules: settings(data.rules),
    ...(parents === undefined ? {} : { extends: typeof parents === "string" ? [parents] : parents }),
    ...(isList(overrides)
      ? { overrides: overrides.map((one) => (isMap(one) ? { ...one, rules: settings(one.rules) } : one)) }
      : {}),
  } as Configuration;
}

/** Names that `extends` takes besides files. */
export const PRESET_NAMES: readonly string[] = Object.keys(PRESETS);
