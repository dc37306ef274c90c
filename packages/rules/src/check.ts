import type { Finding, LookAt, Origin, Path, Project, Read, Service, Severity } from "@compose-harden/model";
import { formatPath, remembered, SEVERITIES } from "@compose-harden/model";
import type { Advice } from "./advice/advice.js";
import { profileAdvice } from "./advice/profile-advice.js";
import { type Config, optionSpecs, type RuleSetting } from "./config.js";
import { rules } from "./generated/rules.js";
import { serviceNamed } from "./network/neighbours.js";
import type { Context, OptionValue, Report, Rule } from "./rule.js";

/**
 * What the rules find in a project: sorted by service, place and rule; nothing twice. Throws if a rule does. With `read`
 * they also look into configuration files that lie beside the Compose files and are mounted,
 * with `lookAt` at what others on the machine and git can do with files of secrets.
 */
export function check(
  project: Project,
  config: Config = {},
  advice: Advice = profileAdvice,
  read?: Read,
  lookAt?: LookAt,
): Finding[] {
  return checkWith(rules, project, config, advice, read, lookAt);
}

/** The same with a chosen set of rules. */
export function checkWith(
  chosen: readonly Rule[],
  project: Project,
  config: Config = {},
  advice: Advice = profileAdvice,
  read?: Read,
  lookAt?: LookAt,
): Finding[] {
  const findings: Finding[] = [];
  const standIns = new Map<Finding, readonly string[]>();
  let asked: Question | undefined;
  let service: Service | undefined;
  const report = (said: Report): void => {
    if (asked === undefined) return;
    const finding = findingOf(asked, project, service, said);
    findings.push(finding);
    if (asked.standsInFor !== undefined) standIns.set(finding, asked.standsInFor);
  };
  const shared = { project, options: {}, advice, readFile: textReader(project, read), lookAt, report };
  const contextOf = ({ options }: Question): Context<object> =>
    options === undefined ? shared : { ...shared, options };
  const { ofProject, rounds } = config.rules === undefined ? usualPlan(chosen) : planOf(chosen, config);
  for (asked of ofProject) asked.ofProject?.(project, contextOf(asked));
  // All rules of one service before the next: what one works out about it, the others find.
  for (service of project.services)
    for (const { reads, questions } of rounds)
      if (writesAny(service, reads)) for (asked of questions) asked.ofService?.(service, contextOf(asked));
  return inReadingOrder(standIns.size === 0 ? findings : toldOnce(findings, standIns), project);
}

/** A rule with what the configuration says of it. */
interface Question {
  readonly id: string;
  /** The one that the configuration gives it. */
  readonly ordered: Severity | undefined;
  readonly usual: Severity;
  readonly ofProject: Rule["project"];
  readonly ofService: Rule["service"];
  readonly options: Options | undefined;
  readonly standsInFor: Rule["standsInFor"];
}

/** What is asked of each service together: whether it writes one of the attributes is looked up once for all the rules that read them. */
interface Round {
  readonly reads: Rule["reads"];
  readonly questions: readonly Question[];
}

/** What a check asks, in which order. */
interface Plan {
  readonly ofProject: readonly Question[];
  readonly rounds: readonly Round[];
}

function planOf(chosen: readonly Rule[], config: Config): Plan {
  const ofProject: Question[] = [];
  const rounds = new Map<string, { readonly reads: Rule["reads"]; readonly questions: Question[] }>();
  for (const rule of chosen) {
    const setting = config.rules?.[rule.id];
    if (setting?.severity === "off") continue;
    const question: Question = {
      id: rule.id,
      ordered: setting?.severity,
      usual: rule.severity,
      ofProject: rule.project,
      ofService: rule.service,
      options: rule.options === undefined ? undefined : optionsOf(rule, setting),
      standsInFor: rule.standsInFor,
    };
    if (rule.project !== undefined) ofProject.push(question);
    if (rule.service === undefined) continue;
    const round = rounds.get(String(rule.reads)) ?? { reads: rule.reads, questions: [] };
    round.questions.push(question);
    rounds.set(String(rule.reads), round);
  }
  return { ofProject, rounds: [...rounds.values()] };
}

/** The plan where nothing is configured. */
const usualPlan = remembered((chosen: readonly Rule[]) => planOf(chosen, {}));

function writesAny(service: Service, attributes: Rule["reads"]): boolean {
  if (attributes === undefined) return true;
  for (const name of attributes) if (service.has(name)) return true;
  return false;
}

function findingOf(
  { id, ordered, usual }: Question,
  project: Project,
  service: Service | undefined,
  report: Report,
): Finding {
  const { path, origin } = report.at;
  return {
    rule: id,
    severity: ordered ?? report.severity ?? usual,
    service: service === undefined ? serviceAt(project, path) : service.name,
    message: report.message,
    risk: report.risk,
    path,
    origin: origin ?? nearestOrigin(project, path),
    related: report.related ?? [],
    fix: report.fix,
  };
}

/** Reads files below the project's directory only. */
function textReader({ directory }: Project, read: Read | undefined): Context<object>["readFile"] {
  if (read === undefined) return undefined;
  return (path) => {
    const result = path.startsWith(`${directory}/`) && !path.includes("/../") ? read(path) : undefined;
    return result?.kind === "file" ? result.text : undefined;
  };
}

function optionsOf(rule: Rule, setting: RuleSetting | undefined): Options {
  return Object.fromEntries(optionSpecs(rule).map(([name, spec]) => [name, setting?.options?.[name] ?? spec.default]));
}

type Options = Readonly<Record<string, OptionValue>>;

/** The name of the service that a rule of the project speaks of. */
function serviceAt(project: Project, [section, name]: Path): string | undefined {
  return section === "services" && typeof name === "string" ? serviceNamed(project, name)?.name : undefined;
}

/** Where the thing at a path was written, or the closest thing around it that was; at worst the start of the first file. */
export function nearestOrigin(project: Project, path: Path): Origin {
  for (let length = path.length; length > 0; length--) {
    const origins = project.originsOf(path.slice(0, length));
    // The value in force at the path itself; around it the block that stands closest to the service, not its base.
    const origin = length === path.length ? origins.at(-1) : closest(origins);
    if (origin !== undefined) return origin;
  }
  const start = { file: project.files[0]?.path ?? project.directory, start: 0, end: 0 };
  return { value: start, via: [], interpolated: false, derived: true };
}

function closest(origins: readonly Origin[]): Origin | undefined {
  let [best] = origins;
  for (const origin of origins) if (best !== undefined && origin.via.length < best.via.length) best = origin;
  return best;
}

/** Leaves out what others say in general of the same place, unless it is graver. The finding that stays names their rules. */
function toldOnce(findings: readonly Finding[], standIns: ReadonlyMap<Finding, readonly string[]>): readonly Finding[] {
  const general = new Set([...standIns.values()].flat());
  const known = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (!general.has(finding.rule)) continue;
    const place = placeOf(finding.rule, finding);
    known.set(place, [...(known.get(place) ?? []), finding]);
  }
  const gone = new Set<Finding>();
  const told = findings.map((finding) => {
    const rules = standIns.get(finding)?.filter((rule) => {
      const same = known.get(placeOf(rule, finding)) ?? [];
      if (same.length === 0 || same.some((one) => isGraver(one, finding))) return false;
      for (const one of same) gone.add(one);
      return true;
    });
    return rules === undefined || rules.length === 0 ? finding : { ...finding, standsInFor: rules };
  });
  return told.filter((finding) => !gone.has(finding));
}

function placeOf(rule: string, { service, path }: Finding): string {
  return JSON.stringify([rule, service, path]);
}

function isGraver(a: Finding, b: Finding): boolean {
  return SEVERITIES.indexOf(a.severity) < SEVERITIES.indexOf(b.severity);
}

/** Findings by service, place, rule and path; what is said twice stands side by side then, and once is kept. */
function inReadingOrder(findings: readonly Finding[], project: Project): Finding[] {
  const service = new Map(project.services.map(({ name }, index) => [name, index]));
  const file = new Map(project.files.map(({ path }, index) => [path, index]));
  const keyed = findings.map((finding) => ({
    finding,
    service: finding.service === undefined ? -1 : (service.get(finding.service) ?? service.size),
    file: file.get(finding.origin.value.file) ?? file.size,
    start: finding.origin.key?.start ?? finding.origin.value.start,
  }));
  keyed.sort(
    (a, b) => a.service - b.service || a.file - b.file || a.start - b.start || bySubject(a.finding, b.finding),
  );
  return keyed
    .filter(({ finding }, index) => {
      const before = keyed[index - 1]?.finding;
      return before === undefined || finding.service !== before.service || bySubject(before, finding) !== 0;
    })
    .map(({ finding }) => finding);
}

function bySubject(a: Finding, b: Finding): number {
  return byText(a.rule, b.rule) || byText(formatPath(a.path), formatPath(b.path)) || byText(a.message, b.message);
}

function byText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
