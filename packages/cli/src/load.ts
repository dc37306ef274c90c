import { type Gap, isFoundBy, type Project, type Read } from "@compose-harden/model";
import { discover, load } from "@compose-harden/parser";
import {
  type DisplayPath,
  escapeText,
  formatPlace,
  gapsOf,
  type ReportedFinding,
  type ReportedProject,
  sourcesOf,
} from "@compose-harden/report";
import type { Target } from "./files/find.js";

/** A project that was read, with the target that asked for it. */
export interface Loaded {
  readonly target: Target;
  readonly project: Project;
}

/**
 * Reads the targets. Of files found in a directory, those that another project includes or extends are part of that project and
 * not read a second time; those that are incomplete alone are read over the default file beside them, as
 * `docker compose -f docker-compose.yml -f docker-compose.prod.yml` does.
 */
export function loadTargets(targets: readonly Target[], read: Read): readonly Loaded[] {
  const bases = basesOf(targets);
  return withoutParts(targets, bases, read).map((target) => loadTarget(target, bases, read));
}

/** The default projects, by their directories. */
export type Bases = ReadonlyMap<string, Target>;

/** Finds the default projects among the targets. */
export function basesOf(targets: readonly Target[]): Bases {
  const bases = targets
    .filter(({ entry }) => entry.files === undefined)
    .map((target) => [target.entry.cwd, target] as const);
  return new Map(bases.toReversed());
}

/** Leaves out found files that are part of another project; only projects that may pull in others are read for that. */
export function withoutParts(targets: readonly Target[], bases: Bases, read: Read): readonly Target[] {
  if (targets.length < 2) return targets;
  const wholes = targets.filter((target) => mainFiles(target, read).some((path) => mayPullIn(read(path))));
  const pulledBy = new Map<string, Target[]>();
  for (const whole of wholes) {
    const { target, project } = loadTarget(whole, bases, read);
    const mains = mainFiles(target, read);
    for (const { path } of project.files) {
      if (!mains.includes(path)) pulledBy.set(path, [...(pulledBy.get(path) ?? []), whole]);
    }
  }
  const dropped = new Set<Target>();
  for (const target of targets) {
    if (target.isNamed || !mainFiles(target, read).every((path) => pulledBy.has(path))) continue;
    const mains = mainFiles(target.entry.files === undefined ? target : loadTarget(target, bases, read).target, read);
    // Of two that pull in each other one stays.
    const isPartOf = (whole: Target) => mains.every((path) => pulledBy.get(path)?.includes(whole) === true);
    if (wholes.some((whole) => whole !== target && !dropped.has(whole) && isPartOf(whole))) dropped.add(target);
  }
  return targets.filter((target) => !dropped.has(target));
}

/** Only `include` and `extends` bring in other Compose files; an escape may spell them differently. */
function mayPullIn(result: ReturnType<Read>): boolean {
  return result.kind === "file" && /include|extends|\\[xuU]/.test(result.text);
}

function mainFiles({ entry }: Target, read: Read): readonly string[] {
  return entry.files ?? discover(entry, read).files;
}

/** Reads one target. */
export function loadTarget(target: Target, bases: Bases, read: Read): Loaded {
  const project = load(target.entry, read);
  const { cwd, files } = target.entry;
  const isIncomplete = project.gaps.some(({ kind, reason }) => kind === "refused" && reason === "consistency");
  if (target.isNamed || files === undefined || !isIncomplete) return { target, project };
  const base = bases.get(cwd);
  const main = base === undefined ? undefined : mainFiles(base, read)[0];
  if (main === undefined) return { target, project };
  const entry = { ...target.entry, files: [main, ...files] };
  const over = load(entry, read);
  return over.gaps.length < project.gaps.length ? { target: { ...target, entry }, project: over } : { target, project };
}

/**
 * Of projects that were found in directories, what Docker would start there: a variant (`compose.prod.yaml`) beside the default files is
 * started only by who names it.
 */
export function asStarted(all: readonly Loaded[]): readonly Loaded[] {
  const hasDefault = new Set(
    all.filter(({ target }) => target.entry.files === undefined).map(({ target }) => target.entry.cwd),
  );
  return all.filter(
    ({ target: { isNamed, entry } }) => isNamed || entry.files === undefined || !hasDefault.has(entry.cwd),
  );
}

/** Gaps that leave nothing to rely on: the text is no Compose file at all, or no service could be read. */
export function fatalGaps(project: Pick<ReportedProject, "gaps" | "services">): readonly Gap[] {
  const gaps = gapsOf(project);
  const broken = gaps.filter(({ reason }) => reason === "yaml" || reason === "limit");
  if (broken.length > 0) return broken;
  return project.services.length === 0 ? gaps : [];
}

/** A gap as an error message: `file:line:column: what`. */
export function describeGap(gap: Gap, project: ReportedProject, display: DisplayPath): string {
  const place = gap.at === undefined ? "" : `${formatPlace(gap.at, sourcesOf(project), display)}: `;
  return escapeText(`${place}${gap.message}`);
}

/** How reports call a project: its main files. */
export function labelOf(
  { target, project }: { readonly target: Target; readonly project: Pick<ReportedProject, "files"> },
  display: DisplayPath,
): string {
  const files = target.entry.files ?? project.files.slice(0, 2).map(({ path }) => path);
  return files.length === 0 ? display(target.entry.cwd) : files.map(display).join(" + ");
}

/** Leaves out findings that an earlier project has too: same rule, same text of the same file. */
export function withoutRepeated<F extends ReportedFinding>(
  seen: Set<string>,
  findings: readonly F[],
  keyOf: (finding: F) => string,
): readonly F[] {
  return findings.filter((finding) => {
    const key = keyOf(finding);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Keeps the findings of the chosen services and rules; an empty choice keeps all. */
export function ofServicesAndRules<F extends ReportedFinding>(
  findings: readonly F[],
  services: readonly string[],
  rules: readonly string[],
): readonly F[] {
  return findings.filter(
    (finding) =>
      (services.length === 0 || (finding.service !== undefined && services.includes(finding.service))) &&
      (rules.length === 0 || rules.some((id) => isFoundBy(finding, id))),
  );
}
