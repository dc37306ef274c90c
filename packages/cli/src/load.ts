import type { Finding, Gap, Project, Read } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { type DisplayPath, escapeText, formatPlace, gapsOf, sourcesOf } from "@compose-harden/report";
import type { Target } from "./files/find.js";

/** A project that was read, with the target that asked for it. */
export interface Loaded {
  readonly target: Target;
  readonly project: Project;
}

/**
 * Reads the targets. Files found in a directory that another project includes, extends or lists are part of that project and not
 * read a second time by themselves.
 */
export function loadTargets(targets: readonly Target[], read: Read): readonly Loaded[] {
  const all = targets.map((target) => ({ target, project: load(target.entry, read) }));
  return all.filter(({ target, project }) => {
    if (target.isNamed || target.entry.files === undefined) return true;
    const own = target.entry.files;
    return !all.some((other) => other.project !== project && holdsAll(other.project, own));
  });
}

function holdsAll(project: Project, paths: readonly string[]): boolean {
  return paths.every((path) => project.files.some((file, index) => file.path === path && index > 0));
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
