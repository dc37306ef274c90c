import {
  type Finding,
  isFoundBy,
  type LookAt,
  type Origin,
  type Project,
  type Read,
  type Remark,
  type SourceRange,
  type Suppressed,
  type Suppression,
} from "@compose-harden/model";
import type { Advice } from "./advice/advice.js";
import { check } from "./check.js";
import type { Config, RuleSetting } from "./config.js";

/** Rule settings for some services, or some files. Patterns know `*`, `**` and `?`. */
export interface Override {
  /** Of the project's main file, relative to the configuration; absent: all. */
  readonly paths?: readonly string[];
  readonly services?: readonly string[];
  readonly rules: Readonly<Record<string, RuleSetting>>;
}

/** A finding that the configuration silences. */
export interface Ignore {
  readonly rules: readonly string[];
  readonly services?: readonly string[];
  /** Of the file the finding is in, relative to the configuration; absent: all. */
  readonly paths?: readonly string[];
  readonly reason: string;
  /** Last day on which it holds, `YYYY-MM-DD`. */
  readonly until?: string;
}

/** Everything that decides which findings of a project are shown, and how. */
export interface Settings extends Config {
  readonly overrides?: readonly Override[];
  readonly ignore?: readonly Ignore[];
}

/** What selection needs to know about the world. */
export interface Surroundings {
  /** Today as `YYYY-MM-DD`. */
  readonly today: string;
  /** A file's path as patterns mean it: relative to the configuration. */
  readonly relative: (path: string) => string;
  /** The suppressions written in the project's files. */
  readonly suppressions: readonly Suppression[];
  /** Reads configuration files that are mounted; absent where no files can be read. */
  readonly read?: Read;
  /** Tells of files on this machine; absent where there are none. */
  readonly lookAt?: LookAt;
}

/** The findings of a project after configuration and suppressions. */
export interface Selection {
  readonly findings: readonly Finding[];
  readonly suppressed: readonly Suppressed[];
  /** Suppressions that silence nothing, or no longer. */
  readonly remarks: readonly Remark[];
}

/** Checks a project, each service with the settings that hold for it, and takes out what a person silenced. */
export function checkSelected(
  project: Project,
  settings: Settings,
  surroundings: Surroundings,
  advice?: Advice,
): Selection {
  const findings = checkEachService(project, settings, surroundings, advice);
  return silence(project, findings, settings.ignore ?? [], surroundings);
}

function checkEachService(
  project: Project,
  settings: Settings,
  { relative, read, lookAt }: Surroundings,
  advice: Advice | undefined,
): readonly Finding[] {
  const main = project.files[0] === undefined ? "" : relative(project.files[0].path);
  const here = (settings.overrides ?? []).filter(({ paths }) => matchesAny(paths, main));
  const configOf = (service: string | undefined): Config => ({
    rules: here
      .filter(({ services }) => services === undefined || (service !== undefined && matchesAny(services, service)))
      .reduce((rules, override) => mergeRules(rules, override.rules), settings.rules ?? {}),
  });
  const checked = new Map<string, readonly Finding[]>();
  const findingsWith = (config: Config): readonly Finding[] => {
    const key = JSON.stringify(config);
    const known =
      checked.get(key) ?? check(project, config, advice, read, lookAt).map((finding) => regraded(finding, config));
    checked.set(key, known);
    return known;
  };
  const order = findingsWith(configOf(undefined));
  if (here.every(({ services }) => services === undefined)) return order;
  const names = [undefined, ...project.services.map(({ name }) => name)];
  return names.flatMap((name) => findingsWith(configOf(name)).filter(({ service }) => service === name));
}

/** The finding with its fix graded as the settings say, for a reason that is told with it. */
function regraded(finding: Finding, { rules }: Config): Finding {
  const setting = rules?.[finding.rule];
  const { fix } = finding;
  if (fix === undefined || setting?.fix === undefined || setting.fix === fix.applicability) return finding;
  const { title, intents, moves, evidence, note } = fix;
  const common = {
    title,
    intents,
    ...(moves === undefined ? {} : { moves }),
    ...(evidence === undefined ? {} : { evidence }),
  };
  const reason = setting.reason ?? "the configuration says so";
  switch (setting.fix) {
    case "off":
      return { ...finding, fix: undefined };
    case "safe":
      return { ...finding, fix: { ...common, applicability: "safe", note: note ?? reason } };
    case "unsafe":
      return { ...finding, fix: { ...common, applicability: "unsafe", caveat: reason } };
    default:
      return setting.fix satisfies never;
  }
}

/** Settings over settings: options are joined, the later severity wins. */
export function mergeRules(
  below: Readonly<Record<string, RuleSetting>>,
  above: Readonly<Record<string, RuleSetting>>,
): Readonly<Record<string, RuleSetting>> {
  const merged = Object.entries(above).map(([id, setting]): readonly [string, RuleSetting] => {
    const options = { ...below[id]?.options, ...setting.options };
    return [id, { ...below[id], ...setting, ...(Object.keys(options).length === 0 ? {} : { options }) }];
  });
  return { ...below, ...Object.fromEntries(merged) };
}

function silence(
  project: Project,
  findings: readonly Finding[],
  ignores: readonly Ignore[],
  { today, relative, suppressions }: Surroundings,
): Selection {
  const used = new Set<Suppression>();
  const kept: Finding[] = [];
  const suppressed: Suppressed[] = [];
  const isCurrent = ({ until }: Suppression | Ignore) => until === undefined || until >= today;
  for (const finding of findings) {
    const comments = suppressions.filter((one) => isCurrent(one) && covers(project, one, finding));
    const [comment] = comments;
    const ignore = ignores.find((one) => isCurrent(one) && concerns(one, finding, relative));
    for (const one of comments) used.add(one);
    const by = comment ?? ignore;
    if (by === undefined) kept.push(finding);
    else suppressed.push({ finding, by: comment === undefined ? "config" : "comment", reason: by.reason });
  }
  const remarks = suppressions
    .filter((one) => !used.has(one))
    .map((one) => ({
      message: isCurrent(one)
        ? `this suppression of ${one.rules.join(", ")} silences nothing`
        : `this suppression of ${one.rules.join(", ")} ended on ${one.until}`,
      at: one.at,
    }));
  const ended = ignores
    .filter((one) => !isCurrent(one))
    .map(({ rules, until }) => ({ message: `the configuration's ignore of ${rules.join(", ")} ended on ${until}` }));
  return { findings: kept, suppressed, remarks: [...remarks, ...ended] };
}

function concerns({ rules, services, paths }: Ignore, finding: Finding, relative: (path: string) => string): boolean {
  if (!isOfAny(rules, finding) || !matchesAny(paths, relative(finding.origin.value.file))) return false;
  return services === undefined || (finding.service !== undefined && matchesAny(services, finding.service));
}

/** A comment covers what is written in its node, and everything of a service whose block it covers. */
function covers(project: Project, { rules, covers: span }: Suppression, finding: Finding): boolean {
  if (!isOfAny(rules, finding)) return false;
  if (holds(span, finding.origin)) return true;
  const service = project.services.find(({ name }) => name === finding.service);
  return service?.blocks.some((block) => block.via.length === 0 && holds(span, block)) ?? false;
}

function isOfAny(rules: readonly string[], finding: Finding): boolean {
  return rules.some((id) => isFoundBy(finding, id));
}

function holds(outer: SourceRange, { value, key }: Origin): boolean {
  const start = key !== undefined && key.file === value.file ? Math.min(key.start, value.start) : value.start;
  return outer.file === value.file && outer.start <= start && value.end <= outer.end;
}

function matchesAny(patterns: readonly string[] | undefined, text: string): boolean {
  return patterns === undefined || patterns.some((pattern) => globToRegExp(pattern).test(text));
}

/** `*` and `?` stay within a path's step, `**` does not. */
function globToRegExp(pattern: string): RegExp {
  const source = pattern.replace(/\*\*\/?|\*|\?|[\\^$.+()|[\]{}]/g, (part) => {
    if (part === "**/") return "(?:.*/)?";
    if (part === "**") return ".*";
    if (part === "*") return "[^/]*";
    return part === "?" ? "[^/]" : `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}
