import type { Emptied, Engine, LeftOut } from "@compose-harden/engine";
import type { Project } from "@compose-harden/model";
import { counted, escapeText, indent, isSecretName, maskSecrets, type Style } from "@compose-harden/report";
import { version } from "../generated/version.js";
import type { Setting } from "../trial/settings.js";

/** What a trial found out about one service. */
export interface ServiceVerdict {
  readonly service: string;
  /** `no-verdict`: it fails as it is; `untried`: it cannot be started. */
  readonly verdict: "survived" | "failed" | "no-verdict" | "untried";
  /** How it failed, or why there is no verdict. */
  readonly how: string;
  /** Lines of its log: why it failed, or what it complains of while it lives. */
  readonly evidence: readonly string[];
  readonly blamed: readonly Setting[];
}

/** What a trial found out. */
export interface TrialResult {
  readonly project: Project;
  readonly services: readonly ServiceVerdict[];
  readonly settings: readonly Setting[];
  /** Settings with which every service that has a verdict survives. */
  readonly kept: readonly Setting[];
  /** Settings that change nothing in the copy. */
  readonly without: readonly Setting[];
  /** Settings of services that have no verdict. */
  readonly unjudged: readonly Setting[];
  readonly leftOut: readonly LeftOut[];
  readonly emptied: readonly Emptied[];
  readonly starts: number;
}

type Secrets = readonly (readonly [name: string, value: string])[];

/** How the text report is to look. */
export interface TrialTextOptions {
  readonly style: Style;
  readonly columns: number;
}

const PAINT = { survived: "green", failed: "red", "no-verdict": "yellow", untried: "yellow" } as const;

/** Columns of the longest line of a log that is shown. */
const LONGEST = 300;

/** The result for people: each service with its verdict, its evidence and what is to blame; then what to apply. */
export function formatTrial(result: TrialResult, secrets: Secrets, { style, columns }: TrialTextOptions): string {
  const { services, settings, without, unjudged, leftOut } = result;
  const width = Math.max(...services.map(({ service }) => service.length), 0) + 2;
  const lines = services.flatMap((verdict) => {
    const count = settings.filter(
      (setting) => setting.services.includes(verdict.service) && !without.includes(setting),
    ).length;
    const paint = PAINT[verdict.verdict];
    const [head = "", ...more] = indent(escapeText(fateOf(verdict, count)), width, columns);
    return [
      escapeText(verdict.service).padEnd(width) + style[paint](head.slice(width)),
      ...more.map((line) => style[paint](line)),
      ...verdict.evidence.flatMap((line) => indent(escapeText(shown(line, secrets)), width, columns)),
      ...verdict.blamed.flatMap((setting) => indent(`to blame: ${escapeText(nameOf(setting))}`, width, columns)),
    ];
  });
  const failed = services.filter(({ verdict }) => verdict === "failed").length;
  const lived = services.filter(({ verdict }) => verdict === "survived").length;
  const total = `${lived} of ${counted(services.length, "service")} survived ${counted(settings.length - without.length - unjudged.length, "setting")}${failed === 0 ? "" : `, ${failed} failed`}`;
  const notes = [
    ...leftOut.map(({ service, what }) => `the copy of \`${service}\` does without ${what}`),
    ...emptiedBy(result).map(
      ([service, targets]) =>
        `the copy of \`${service}\` starts with empty ${targets.map((target) => `\`${target}\``).join(", ")}: how the settings meet your data there (its owners, its size, an upgrade) was not seen`,
    ),
    ...(without.length === 0
      ? []
      : [
          `${counted(without.length, "setting")} cannot be tried, since the copy has nothing of the kind: ${[...new Set(without.map(shortName))].join(", ")}`,
        ]),
    ...(unjudged.length === 0
      ? []
      : [
          `nothing is known of ${counted(unjudged.length, "setting")}, since there is no verdict about ${unjudged.length === 1 ? "its" : "their"} service: ${[...new Set(unjudged.map(shortName))].join(", ")}`,
        ]),
  ];
  return `${[
    ...lines,
    style.bold(total),
    ...notes.flatMap((note) => indent(escapeText(note), 0, columns)).map(style.dim),
    ...adviceOf(result).map((line) => escapeText(line)),
  ].join("\n")}\n`;
}

/** Folders with data that a service's copy starts without. */
function emptiedBy({ emptied }: TrialResult): readonly (readonly [service: string, targets: readonly string[]])[] {
  const services = [...new Set(emptied.map(({ service }) => service))];
  return services.map((service) => [
    service,
    [...new Set(emptied.filter((one) => one.service === service).map(({ target }) => target))],
  ]);
}

function fateOf({ verdict, how }: ServiceVerdict, settings: number): string {
  switch (verdict) {
    case "survived":
      return `survived ${counted(settings, "setting")}`;
    case "failed":
      return `failed: ${how}`;
    case "no-verdict":
      return `no verdict: as it is, it ${how}`;
    case "untried":
      return `not tried: ${how}`;
    default:
      return verdict satisfies never;
  }
}

/** A line of a log that may be shown to anybody. */
function shown(line: string, secrets: Secrets): string {
  const masked = secrets.reduce(
    (text, [name, value]) => (value.length > 3 && isSecretName(name) ? text.replaceAll(value, "***") : text),
    maskSecrets(line),
  );
  return masked.length > LONGEST ? `${masked.slice(0, LONGEST)}…` : masked;
}

function nameOf(setting: Setting): string {
  return setting.finding === undefined ? setting.title : `${setting.title} [${setting.finding.rule}]`;
}

/** True for a setting of which the trial tells nothing. */
function isUntried({ without, unjudged }: TrialResult, setting: Setting): boolean {
  return without.includes(setting) || unjudged.includes(setting);
}

function shortName({ finding, title }: Setting): string {
  return finding?.rule ?? title;
}

/** What to do so that everything that was tried survives. */
function adviceOf(result: TrialResult): readonly string[] {
  const { settings, kept } = result;
  const left = settings.filter((setting) => !kept.includes(setting) && !isUntried(result, setting));
  if (settings.length === 0) return ["nothing to try: no fix is left; `--unsafe` tries those that need your judgement"];
  const own = left.filter(({ finding }) => finding === undefined);
  if (own.length > 0) return ["leave out:", ...own.map(({ title }) => `  ${title}`)];
  const commands = commandsOf(result);
  return commands.length === 0 ? [] : ["apply what survived:", ...commands.map((command) => `  ${command}`)];
}

/**
 * `fix` commands that together write the settings that survived. Services with the same rules share one; safe fixes come along by
 * themselves, so that rules are named one by one only where one of them failed.
 */
function commandsOf(result: TrialResult): readonly string[] {
  const { settings, kept } = result;
  if (settings.some(({ finding }) => finding === undefined)) return [];
  const groups = new Map<string, string[]>();
  const services = [...new Set(settings.map(({ finding }) => finding?.service))];
  for (const service of services) {
    const of = (setting: Setting) => setting.finding?.service === service;
    const own = kept.filter(of);
    const lost = settings.filter((setting) => of(setting) && !kept.includes(setting) && !isUntried(result, setting));
    const names = (list: readonly Setting[]) => [...new Set(list.map(shortName))].sort();
    const isUnsafe = ({ finding }: Setting) => finding?.fix?.applicability === "unsafe";
    const unsafe = names(own.filter(isUnsafe));
    const hasLostSafe = lost.some((setting) => !isUnsafe(setting));
    const rules = hasLostSafe
      ? names(own)
          .map((rule) => ` --rule ${rule}`)
          .join("")
      : "";
    if (own.length === 0) continue;
    const options = `${rules}${unsafe.length === 0 ? "" : ` --unsafe=${unsafe.join(",")}`}`;
    const group = groups.get(options) ?? [];
    groups.set(options, group);
    if (service !== undefined) group.push(service);
  }
  if (groups.size === 1) return [...groups.keys()].map((options) => `compose-harden fix --write${options}`);
  return [...groups].map(
    ([options, names]) => `compose-harden fix --write${names.map((name) => ` --service ${name}`).join("")}${options}`,
  );
}

/** The result for programs, as `schemas/trial.json` describes it: settings with their outcome, services with their verdict, what to run. */
export function trialToJson(result: TrialResult, secrets: Secrets, engine: Engine): object {
  const { project, services, settings, kept, leftOut, starts } = result;
  const setting = (one: Setting) => ({
    services: one.services,
    title: one.title,
    ...(one.finding === undefined ? {} : { rule: one.finding.rule, applicability: one.finding.fix?.applicability }),
  });
  return {
    version: 1,
    tool: { name: "compose-harden", version },
    engine: { product: engine.product, version: engine.version },
    project: project.name,
    services: services.map(({ service, verdict, how, evidence, blamed }) => ({
      service,
      verdict,
      ...(how === "" ? {} : { how }),
      evidence: evidence.map((line) => shown(line, secrets)),
      blamed: blamed.map(setting),
    })),
    settings: settings.map((one) => ({
      ...setting(one),
      outcome: isUntried(result, one) ? "untried" : kept.includes(one) ? "survived" : "blamed",
    })),
    leftOut,
    emptied: emptiedBy(result).map(([service, targets]) => ({ service, targets })),
    starts,
    advice: commandsOf(result),
  };
}
