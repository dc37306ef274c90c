import { type Finding, formatPath, type Intent, isMap, type Json, type Patch, sameJson } from "@compose-harden/model";

/** One change that a trial can leave out: a fix, or an attribute that an overlay or a diff changes. */
export interface Setting {
  /** Services whose containers it concerns. */
  readonly services: readonly string[];
  /** What it does: the fix's title, or the attribute. */
  readonly title: string;
  readonly intents: readonly Intent[];
  /** The finding whose fix it is. */
  readonly finding: Finding | undefined;
}

/** The fixes that a patch applies. */
export function settingsOf({ applied }: Patch): readonly Setting[] {
  const settings = applied.map(({ finding }) => {
    const intents = finding.fix?.intents ?? [];
    return { services: servicesIn(intents), title: finding.fix?.title ?? finding.rule, intents, finding };
  });
  return settings.toSorted((a, b) => suspicion(a) - suspicion(b));
}

/** The attributes that differ between two states of a project. */
export function settingsBetween(before: Json, after: Json): readonly Setting[] {
  const settings: Setting[] = [];
  const compare = (path: readonly string[], old: Json | undefined, now: Json | undefined, depth: number): void => {
    if (sameJson(old, now)) return;
    if (depth > 0 && isMap(now) && (old === undefined || isMap(old))) {
      const keys = new Set([...Object.keys(old ?? {}), ...Object.keys(now)]);
      for (const key of keys) compare([...path, key], old?.[key], now[key], depth - 1);
      return;
    }
    const intents: readonly Intent[] = [now === undefined ? { op: "unset", path } : { op: "set", path, value: now }];
    settings.push({ services: servicesIn(intents), title: `\`${formatPath(path)}\``, intents, finding: undefined });
  };
  // Sections, names, attributes.
  const sections = new Set([...keysOf(before), ...keysOf(after)]);
  for (const section of sections) {
    if (section === "name") continue;
    compare([section], isMap(before) ? before[section] : undefined, isMap(after) ? after[section] : undefined, 2);
  }
  return settings.toSorted((a, b) => suspicion(a) - suspicion(b));
}

function keysOf(data: Json): readonly string[] {
  return isMap(data) ? Object.keys(data) : [];
}

function servicesIn(intents: readonly Intent[]): readonly string[] {
  return [
    ...new Set(intents.flatMap(({ path }) => (path[0] === "services" && path[1] !== undefined ? [path[1]] : []))),
  ];
}

/** What stops services most often is left out first. */
const SUSPECTS = ["read_only", "user", "cap_drop", "mem_limit", "deploy", "tmpfs", "security_opt", "pids_limit"];

function suspicion({ intents }: Setting): number {
  const ranks = intents.map(({ path }) => SUSPECTS.indexOf(path[2] ?? "")).filter((rank) => rank >= 0);
  return Math.min(SUSPECTS.length, ...ranks);
}
