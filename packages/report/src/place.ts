import type { Finding, Hop, Origin, Position, SourceRange } from "@compose-harden/model";
import type { DisplayPath, ReportedProject } from "./result.js";
import { isSecretName } from "./secrets.js";

/** The files of a project, with quick answers about places in them. */
export interface Sources {
  /** The text of a file; undefined for one that was not read. */
  textOf(path: string): string | undefined;
  /** Line and column of an offset, both from 1; 1:1 in a file that was not read. */
  positionAt(path: string, offset: number): Position;
  /** True for `.env` and `env_file:` files. */
  isEnvFile(path: string): boolean;
  /** Spans of a file that hold values of variables whose names say that they are secrets. */
  secretsIn(path: string): readonly SourceRange[];
}

/** Sources of a project; lines are counted once per file, when first asked for. */
export function sourcesOf(project: ReportedProject): Sources {
  const envFiles = new Set(project.envFiles.map(({ path }) => path));
  const texts = new Map([...project.envFiles, ...project.files].map(({ path, text }) => [path, text]));
  const secrets = project.services
    .flatMap(({ environment }) => [...environment.items])
    .flatMap(([name, { origin }]) => (origin !== undefined && isSecretName(name) ? [origin.value] : []));
  const starts = new Map<string, readonly number[]>();
  const startsOf = (path: string): readonly number[] => {
    const known = starts.get(path) ?? lineStarts(texts.get(path) ?? "");
    starts.set(path, known);
    return known;
  };
  return {
    secretsIn: (path) => secrets.filter(({ file }) => file === path),
    textOf: (path) => texts.get(path),
    isEnvFile: (path) => envFiles.has(path) && !project.files.some((file) => file.path === path),
    positionAt: (path, offset) => {
      if (!texts.has(path)) return { line: 1, column: 1 };
      const lines = startsOf(path);
      let [low, high] = [0, lines.length - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((lines[middle] ?? 0) <= offset) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: offset - (lines[low] ?? 0) + 1 };
    },
  };
}

function lineStarts(text: string): readonly number[] {
  return [0, ...Array.from(text.matchAll(/\r\n|\n|\r/g), (end) => end.index + end[0].length)];
}

/** What to underline for a finding: the value, or the key alone where the value is empty, a mapping or several lines long. */
export function spanOf(origin: Origin, sources: Sources): SourceRange {
  const { value, key } = origin;
  const text = (sources.textOf(value.file) ?? "").slice(value.start, value.end).trimEnd();
  return text === "" || /^\{|[\n\r]/.test(text) ? (key ?? value) : value;
}

/** `file:line:column`, as editors and terminals make links of it. */
export function formatPlace(range: SourceRange, sources: Sources, display: DisplayPath): string {
  const { line, column } = sources.positionAt(range.file, range.start);
  return `${display(range.file)}:${line}:${column}`;
}

const HOP_NAMES: Readonly<Record<Hop["kind"], string>> = {
  alias: "alias",
  "merge-key": "merge key",
  extends: "extends",
  include: "include",
  override: "override",
};

/**
 * How a value came from where it was written to where it takes effect; empty when it was written there. Override files
 * are left out: the place itself names the file.
 */
export function formatHops(origin: Origin, sources: Sources, display: DisplayPath): string {
  return origin.via
    .filter((hop) => hop.kind !== "override")
    .map((hop) => `${HOP_NAMES[hop.kind]} at ${formatPlace(hop.at, sources, display)}`)
    .join(", then ");
}

/** Findings in an order that depends on their content only: place, then rule. */
export function byPlace(a: Finding, b: Finding): number {
  const left = a.origin.value;
  const right = b.origin.value;
  if (left.file !== right.file) return left.file < right.file ? -1 : 1;
  return left.start - right.start || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);
}
