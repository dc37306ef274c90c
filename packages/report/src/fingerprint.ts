import type { Json, Path } from "@compose-harden/model";
import { formatPath, isMap, valueAt } from "@compose-harden/model";
import type { DisplayPath, ReportedFinding, ReportedProject } from "./result.js";

/**
 * What identifies a finding across edits of its file, 16 hexadecimal digits: rule, file, service and attribute, list members
 * by their content. Lines, columns, indentation, quoting and the order of lists do not count, and neither does where the
 * repository is checked out. Findings alike in all of that are numbered in reading order. Values of environment, labels and commands do not enter, so that no secret can
 * be guessed from it.
 */
export function fingerprints<F extends ReportedFinding>(
  project: Pick<ReportedProject, "data">,
  findings: readonly F[],
  display: DisplayPath,
): ReadonlyMap<F, string> {
  const seen = new Map<string, number>();
  const result = new Map<F, string>();
  for (const finding of findings) {
    const identity = JSON.stringify([
      finding.rule,
      display(finding.origin.value.file),
      finding.service ?? null,
      formatPath(nameMembers(project, finding.path, display)),
    ]);
    const number = seen.get(identity) ?? 0;
    seen.set(identity, number + 1);
    result.set(finding, fnv1a(`${identity}${number === 0 ? "" : `#${number}`}`));
  }
  return result;
}

const NAMED = new Set(["ports", "volumes", "tmpfs", "devices", "cap_add", "cap_drop", "security_opt", "group_add"]);

function nameMembers(project: Pick<ReportedProject, "data">, path: Path, display: DisplayPath): Path {
  return path.map((step, index) => {
    if (typeof step !== "number") return step;
    const list = path[index - 1];
    if (typeof list !== "string" || !NAMED.has(list)) return step;
    const member = valueAt(project.data, path.slice(0, index + 1));
    if (!isMap(member)) return String(member);
    const entries = Object.entries(member).map(([key, value]) => [
      key,
      isHostPath(key, value) ? display(value) : value,
    ]);
    return JSON.stringify(entries.sort());
  });
}

/** Docker's loader makes paths of mounts absolute. */
function isHostPath(key: string, value: Json): value is string {
  return key === "source" && typeof value === "string" && /^(?:\/|[A-Za-z]:[\\/])/.test(value);
}

/** Of a project's data only what fingerprints of these findings look at; all else is left out. */
export function namedMembersOf(data: Json, findings: readonly ReportedFinding[]): Json {
  const tree: Draft = new Map();
  for (const { path } of findings) {
    for (const [index, step] of path.entries()) {
      const list = path[index - 1];
      if (typeof step !== "number" || typeof list !== "string" || !NAMED.has(list)) continue;
      const parents = path.slice(0, index).reduce((here: Draft, name) => {
        const next = here.get(name);
        if (next instanceof Map) return next;
        const made: Draft = new Map();
        here.set(name, made);
        return made;
      }, tree);
      parents.set(step, valueAt(data, path.slice(0, index + 1)) ?? null);
    }
  }
  return jsonOf(tree);
}

type Draft = Map<string | number, Draft | Json>;

/** Numbers make a list, with null where nobody looks. */
function jsonOf(draft: Draft): Json {
  const entries = [...draft].map(([step, value]) => [step, value instanceof Map ? jsonOf(value) : value] as const);
  const isListLike = entries.length > 0 && entries.every(([step]) => typeof step === "number");
  if (!isListLike) return Object.fromEntries(entries);
  const list: Json[] = Array.from({ length: Math.max(...entries.map(([step]) => Number(step))) + 1 }, () => null);
  for (const [step, value] of entries) list[Number(step)] = value;
  return list;
}

/** FNV-1a with 64 bits over UTF-16 units, 16 hexadecimal digits (http://www.isthe.com/chongo/tech/comp/fnv/). */
export function fnv1a(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  }
  return value.toString(16).padStart(16, "0");
}
