import type { Finding, Gap, Project, Read } from "@compose-harden/model";
import { discover, load } from "@compose-harden/parser";
import { type DisplayPath, escapeText, formatPlace, gapsOf, sourcesOf } from "@compose-harden/report";
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
  const all = targets.map((target) => loadTarget(target, targets, read));
  if (all.length < 2) return all;
  const mains = new Map(all.map((loaded) => [loaded, loaded.target.entry.files ?? mainFiles(loaded.target, read)]));
  const isPartOf = (part: Loaded, whole: Loaded) =>
    part !== whole &&
    (mains.get(part) ?? []).every(
      (path) => whole.project.files.some((file) => file.path === path) && mains.get(whole)?.includes(path) === false,
    );
  const dropped = new Set<Loaded>();
  for (const loaded of all) {
    // Of two that pull in each other one stays.
    const wholes = all.filter((other) => !dropped.has(other) && isPartOf(loaded, other));
    if (!loaded.target.isNamed && wholes.length > 0) dropped.add(loaded);
  }
  return all.filter((loaded) => !dropped.has(loaded));
}

function mainFiles(target: Target, read: Read): readonly string[] {
  return discover(target.entry, read).files;
}

function loadTarget(target: Target, targets: readonly Target[], read: Read): Loaded {
  const project = load(target.entry, read);
  const { cwd, files } = target.entry;
  const isIncomplete = project.gaps.some(({ kind, reason }) => kind === "refused" && reason === "consistency");
  if (target.isNamed || files === undefined || !isIncomplete) return { target, project };
  const base = targets.find(({ entry }) => entry.cwd === cwd && entry.files === undefined);
  const main = base === undefined ? undefined : mainFiles(base, read)[0];
  if (main === undefined) return { target, project };
  const entry = { ...target.entry, files: [main, ...files] };
  const over = load(entry, read);
  return over.gaps.length < project.gaps.length ? { target: { ...target, entry }, project: over } : { target, project };
}

/** Gaps that leave nothing to rely on: the text is no Compose file at all, or no service could be read. */
export function fatalGaps(project: Project): readonly Gap[] {
  const gaps = gapsOf(project);
  const broken = gaps.filter(({ reason }) => reason === "yaml" || reason === "limit");
  if (broken.length > 0) return broken;
  return project.services.length === 0 ? gaps : [];
}

/** A gap as an error message: `file:line:column: what`. */
export function describeGap(gap: Gap, project: Project, display: DisplayPath): string {
  const place = gap.at === undefined ? "" : `${formatPlace(gap.at, sourcesOf(project), display)}: `;
  return escapeText(`${place}${gap.message}`);
}

/** How reports call a project: its main files. */
export function labelOf({ target, project }: Loaded, display: DisplayPath): string {
  const files = target.entry.files ?? project.files.slice(0, 2).map(({ path }) => path);
  return files.length === 0 ? display(target.entry.cwd) : files.map(display).join(" + ");
}

/** Leaves out findings that an earlier project has too: same rule, same text of the same file. */
export function withoutRepeated(seen: Set<string>, findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ rule, message, origin: { value } }) => {
    const key = JSON.stringify([rule, message, value.file, value.start, value.end]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** Keeps the findings of the chosen services and rules; an empty choice keeps all. */
export function ofServicesAndRules(
  findings: readonly Finding[],
  services: readonly string[],
  rules: readonly string[],
): readonly Finding[] {
  return findings.filter(
    ({ service, rule }) =>
      (services.length === 0 || (service !== undefined && services.includes(service))) &&
      (rules.length === 0 || rules.includes(rule)),
  );
}
