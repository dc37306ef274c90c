import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Copy, copyOf, type Docker, findGuilty, type Outcome, runCopy } from "@compose-harden/engine";
import { applyDiff, applyIntents } from "@compose-harden/fixer";
import { type FileChange, isMap, type Json, type JsonMap, type Project, sameJson } from "@compose-harden/model";
import { discover, load, renderConfig } from "@compose-harden/parser";
import { counted, escapeText, jsonText } from "@compose-harden/report";
import { asked, openEngine } from "../engine.js";
import { EXIT, type ExitCode, UsageError } from "../errors.js";
import { withTexts } from "../files/reader.js";
import type { Host } from "../host.js";
import { ofServicesAndRules } from "../load.js";
import {
  checkRuleNames,
  checkServiceNames,
  type ReadOptions,
  type SelectOptions,
  type SettingsOptions,
  secondsFrom,
} from "../options.js";
import { fixPlan } from "../patch.js";
import { oneProject } from "../read.js";
import { folderOf, newMark, removeAll, removeLeftovers, startWatchdog } from "../trial/remains.js";
import { type Setting, settingsBetween, settingsOf } from "../trial/settings.js";
import { hasImage, isDataFolder, isSmall, kindOf, type Subject, subjectsOf } from "../trial/surroundings.js";
import { unsafeFrom } from "../wanted.js";
import { formatTrial, type ServiceVerdict, type TrialResult, trialToJson } from "./trial-report.js";

/** Options of `trial`. */
export interface TrialOptions extends ReadOptions, SelectOptions, SettingsOptions {
  readonly unsafe?: string;
  readonly overlay?: string;
  readonly patch?: string;
  readonly timeout: string;
  readonly settle: string;
  readonly online?: boolean;
  readonly format: string;
  readonly quiet?: boolean;
}

/** `compose-harden trial`: starts a copy of the stack with the fixes, and says which service fails of which. */
export async function runTrial(
  paths: readonly string[],
  options: TrialOptions,
  host: Host,
  stop: AbortSignal,
): Promise<ExitCode> {
  const timeout = 1000 * secondsFrom("--timeout", options.timeout);
  const settle = 1000 * secondsFrom("--settle", options.settle);
  const wanted = wantedFrom(paths, options, host);
  if (wanted === undefined) return EXIT.error;
  const { docker, engine } = await openEngine(host);
  if (engine.product !== "docker" || engine.os !== "linux") {
    throw new UsageError(`a trial needs Docker with Linux containers, and ${engine.product} on ${engine.os} answers`);
  }
  await asked(() => docker.run(["compose", "version"]));
  const removed = await asked(() => removeLeftovers(docker));
  const say = (text: string): void => {
    if (options.quiet !== true) host.say(`trial: ${text}\n`);
  };
  if (removed > 0) say(`removed ${counted(removed, "thing")} that an earlier trial had left`);
  const mark = newMark();
  const dismiss = startWatchdog(mark);
  try {
    const subjects = await asked(() => subjectsOf(docker, wanted.project));
    const absent = await asked(() => absentImages(docker, wanted));
    const stage = {
      ...wanted,
      docker,
      subjects,
      absent,
      mark,
      timeout,
      settle,
      isOnline: options.online === true,
      stop,
      say,
    };
    const result = await asked(() => tryOut(stage));
    const secrets = secretsOf(wanted.project);
    host.print(
      options.format === "json"
        ? jsonText(trialToJson(result, secrets, engine))
        : formatTrial(result, secrets, host.out),
    );
    if (result.services.some(({ verdict }) => verdict === "failed")) return EXIT.findings;
    return result.services.every(({ verdict }) => verdict === "survived") ? EXIT.ok : EXIT.error;
  } catch (error) {
    if (!stop.aborted) throw error;
    host.say("interrupted: no verdict; nothing of the trial is left\n");
    return EXIT.error;
  } finally {
    await removeAll(docker, mark).then(dismiss, () => undefined);
  }
}

interface Wanted {
  readonly project: Project;
  readonly settings: readonly Setting[];
  /** Files that the settings name and that do not exist yet. */
  readonly created: readonly FileChange[];
}

/** The project and what is to be tried on it. Undefined: the user has been told what cannot be read. */
function wantedFrom(paths: readonly string[], options: TrialOptions, host: Host): Wanted | undefined {
  if (options.overlay !== undefined && options.patch !== undefined) {
    throw new UsageError("`--overlay` and `--patch` each say what to try: leave out one");
  }
  checkRuleNames(options.rule ?? []);
  const reading = oneProject(paths, options, host);
  if (reading === undefined) return undefined;
  const { loaded, files, selector } = reading;
  const { project, target } = loaded;
  const services = project.services.map(({ name }) => name);
  checkServiceNames(options.service ?? [], services);
  const { entry } = target;
  if (options.overlay !== undefined) {
    const overlay = resolve(host.cwd, options.overlay);
    if (files.read(overlay).kind !== "file")
      throw new UsageError(`\`--overlay ${escapeText(options.overlay)}\`: no such file`);
    const all = entry.files ?? discover(entry, files.read).files;
    const without = { ...entry, files: all.filter((file) => file !== overlay) };
    const before = load(without, files.read);
    const after = load({ ...without, files: [...without.files, overlay] }, files.read);
    return {
      project: before,
      settings: settingsBetween(before.data, readable(after, options.overlay).data),
      created: [],
    };
  }
  if (options.patch !== undefined) {
    const found = files.read(resolve(host.cwd, options.patch));
    if (found.kind !== "file") throw new UsageError(`\`--patch ${escapeText(options.patch)}\`: no such file`);
    const undiffed = applyDiff(found.text, host.cwd, files.read);
    if (!undiffed.ok) throw new UsageError(`\`--patch ${escapeText(options.patch)}\`: ${escapeText(undiffed.problem)}`);
    const read = withTexts(files.read, undiffed.texts);
    const created = [...undiffed.texts]
      .filter(([path]) => files.read(path).kind === "missing")
      .map(([path, after]) => ({ path, before: undefined, after }));
    const after = readable(load(entry, read), options.patch);
    return { project, settings: settingsBetween(project.data, after.data), created };
  }
  const { findings } = selector.select(loaded);
  const chosen = ofServicesAndRules(findings, options.service ?? [], options.rule ?? []);
  const patch = fixPlan({ loaded, project, read: files.read }, chosen, {
    unsafe: unsafeFrom(options.unsafe, services),
  });
  const created = patch.changes.filter(({ before }) => before === undefined);
  return { project, settings: settingsOf(patch), created };
}

function readable(project: Project, name: string): Project {
  const gap = project.gaps.find(({ kind }) => kind === "refused");
  if (gap !== undefined)
    throw new UsageError(`\`${escapeText(name)}\`: Docker refuses the result: ${escapeText(gap.message)}`);
  return project;
}

/** Images that the settings bring and that would have to be pulled. */
async function absentImages(docker: Docker, { project, settings }: Wanted): Promise<ReadonlySet<string>> {
  const before = new Set(project.services.map(({ image }) => image?.value));
  const absent = new Set<string>();
  for (const intent of settings.flatMap(({ intents }) => intents)) {
    if (intent.op !== "set" || intent.path[2] !== "image" || typeof intent.value !== "string") continue;
    if (!before.has(intent.value) && !(await hasImage(docker, intent.value))) absent.add(intent.value);
  }
  return absent;
}

interface Stage extends Wanted {
  readonly docker: Docker;
  /** Images that only the settings name and that the engine does not have: the copy stays with the ones it has. */
  readonly absent: ReadonlySet<string>;
  readonly subjects: ReadonlyMap<string, Subject>;
  readonly mark: string;
  readonly timeout: number;
  readonly settle: number;
  readonly isOnline: boolean;
  readonly stop: AbortSignal;
  say(text: string): void;
}

async function tryOut(stage: Stage): Promise<TrialResult> {
  const { project, settings, docker, subjects, timeout, settle, stop, say } = stage;
  const standIns = writeCreated(stage);
  let starts = 0;
  let patience = timeout;
  const copy = (parts: readonly Setting[]): Copy =>
    copyWith(stage, parts, `trial-${stage.mark.split(".").at(-1)}-${starts}`, standIns);
  const plain = copy([]);
  const full = copy(settings);
  const without = settings.filter((setting) => isSame(copy(settings.filter((other) => other !== setting)), full));
  const tried = settings.filter((setting) => !without.includes(setting));
  const start = async (
    parts: readonly Setting[],
    before: ReadonlyMap<string, Outcome>,
  ): Promise<ReadonlyMap<string, Outcome>> => {
    starts++;
    const began = Date.now();
    const watching = {
      timeout: patience,
      settle,
      portsOf: (service: string) => subjects.get(service)?.ports ?? [],
      publishedBy: (service: string) => subjects.get(service)?.published ?? [],
      before: (service: string) => before.get(service),
    };
    const outcomes = await runCopy(docker, copy(parts), watching, stop);
    // What has not come up long after the time that it takes without the settings does not come up.
    if (before.size === 0) patience = Math.min(timeout, 3 * (Date.now() - began) + 15_000);
    return outcomes;
  };

  say(`the stack as it is, ${counted(Object.keys(servicesOf(plain)).length, "service")}`);
  const baseline = await start([], new Map());
  const isWell = (outcome: Outcome | undefined) => outcome?.state === "lives" || outcome?.state === "completed";
  const judged = inOrder(plain).filter((service) => isWell(baseline.get(service)));
  const seen = new Map<string, Outcome>();
  const attempt = async (parts: readonly Setting[]): Promise<readonly string[]> => {
    const outcomes = parts.length === 0 ? baseline : await start(parts, baseline);
    const failing = judged.filter((service) => !isWell(outcomes.get(service)));
    for (const [service, outcome] of outcomes)
      if (!seen.has(service) || failing.includes(service)) seen.set(service, outcome);
    say(
      `${left(parts, tried)}: ${failing.length === 0 ? "all live" : `${failing.join(", ")} ${failing.length === 1 ? "fails" : "fail"}`}`,
    );
    // One that only waits for another does not fail of its own settings.
    return failing.toSorted((a, b) => Number(isWaiting(outcomes, a)) - Number(isWaiting(outcomes, b)));
  };
  const failing = tried.length === 0 ? [] : await attempt(tried);
  const first = new Map(seen);
  const { guilty, kept, unexplained } = await findGuilty(tried, failing, attempt);

  const verdicts = Object.keys(servicesOf(plain)).map((service): ServiceVerdict => {
    const before = baseline.get(service);
    if (!judged.includes(service)) {
      const how = before === undefined ? "is not started" : before.how;
      return { service, verdict: "no-verdict", how, evidence: evidenceOf(before, undefined), blamed: [] };
    }
    const blamed = guilty.filter((one) => one.service === service).flatMap(({ parts }) => parts);
    const outcome = first.get(service);
    if (blamed.length > 0 || unexplained.includes(service)) {
      const failure = isWell(outcome) ? seen.get(service) : outcome;
      return { service, verdict: "failed", how: failure?.how ?? "", evidence: evidenceOf(failure, before), blamed };
    }
    return { service, verdict: "survived", how: "", evidence: complaintsOf(outcome, before), blamed };
  });
  const untried = [...plain.untried].map(
    ([service, how]): ServiceVerdict => ({ service, verdict: "untried", how, evidence: [], blamed: [] }),
  );
  const isJudged = ({ services }: Setting) => services.every((service) => judged.includes(service));
  return {
    project,
    services: [...verdicts, ...untried],
    settings,
    kept: [...kept.filter((setting) => isJudged(setting) || isSafe(setting)), ...without.filter(isSafe)],
    without,
    unjudged: tried.filter((setting) => !isJudged(setting)),
    leftOut: plain.leftOut,
    emptied: plain.emptied,
    starts,
  };
}

/** What needs no trial. */
function isSafe({ finding }: Setting): boolean {
  return finding?.fix?.applicability !== "unsafe";
}

function isWaiting(outcomes: ReadonlyMap<string, Outcome>, service: string): boolean {
  return outcomes.get(service)?.state === "waits";
}

/** What an attempt leaves out, in words. */
function left(parts: readonly Setting[], all: readonly Setting[]): string {
  const missing = all.filter((setting) => !parts.includes(setting));
  const [only] = missing;
  if (only === undefined) return `with ${counted(all.length, "setting")}`;
  if (parts.length === 0) return "without settings";
  return missing.length === 1 ? `without ${nameOf(only)}` : `with ${parts.length} of ${all.length} settings`;
}

function nameOf({ finding, services, title }: Setting): string {
  return finding === undefined ? title : `${finding.rule} of ${services.join(", ") || "the project"}`;
}

/** Lines that a service writes with the settings and not without. */
function complaintsOf(outcome: Outcome | undefined, before: Outcome | undefined): readonly string[] {
  const known = new Set((before?.complaints ?? []).map(withoutNumbers));
  return [...new Set(outcome?.complaints ?? [])].filter((line) => !known.has(withoutNumbers(line))).slice(0, 3);
}

function evidenceOf(outcome: Outcome | undefined, before: Outcome | undefined): readonly string[] {
  const complaints = complaintsOf(outcome, before);
  return complaints.length > 0 ? complaints : (outcome?.lastWords ?? []).slice(-2);
}

function withoutNumbers(line: string): string {
  return line.replace(/\d+/g, "0");
}

function copyWith(stage: Stage, parts: readonly Setting[], name: string, standIns: ReadonlyMap<string, string>): Copy {
  const { project, subjects, mark, isOnline, absent } = stage;
  const data: Json = applyIntents(
    project.data,
    parts.flatMap(({ intents }) => intents),
  );
  const rendered = renderConfig({ ...project, data });
  const config: JsonMap = rendered.ok ? rendered.config : {};
  return copyOf(config, {
    name,
    mark,
    isOnline,
    kindOf,
    isSmall,
    isData: (service, target) => isDataFolder(target, subjects.get(service)?.data ?? []),
    imageOf: (service, named) => {
      const image = subjects.get(service)?.image;
      return image === undefined || named === "" || absent.has(named) ? image : named;
    },
    standIn: (path) => standIns.get(path),
  });
}

/** Writes files that a fix would create where the copy can see them. */
function writeCreated({ created, mark }: Stage): ReadonlyMap<string, string> {
  const standIns = new Map<string, string>();
  if (created.length === 0) return standIns;
  mkdirSync(folderOf(mark), { mode: 0o700 });
  for (const [index, { path, after, mode = 0o644 }] of created.entries()) {
    const place = join(folderOf(mark), `${index}-${basename(path)}`);
    writeFileSync(place, after, { mode });
    standIns.set(path, place);
  }
  return standIns;
}

function servicesOf({ config }: Copy): JsonMap {
  return isMap(config.services) ? config.services : {};
}

function isSame(a: Copy, b: Copy): boolean {
  return sameJson(a.config, b.config);
}

/** The services of a copy, those first that others depend on. */
function inOrder(copy: Copy): readonly string[] {
  const services = servicesOf(copy);
  const order: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (order.includes(name) || path.includes(name)) return;
    const service = services[name];
    const needs = isMap(service) && isMap(service.depends_on) ? Object.keys(service.depends_on) : [];
    for (const other of needs) visit(other, [...path, name]);
    order.push(name);
  };
  for (const name of Object.keys(services)) visit(name, []);
  return order;
}

/** Values that must not be printed when a log holds them. */
function secretsOf(project: Project): readonly (readonly [name: string, value: string])[] {
  return project.services.flatMap(({ environment }) =>
    [...environment.items].map(([name, { value }]): readonly [string, string] => [name, value ?? ""]),
  );
}
