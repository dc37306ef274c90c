import { join } from "node:path";
import { isList, isMap, type Read } from "@compose-harden/model";
import {
  type DisplayPath,
  fingerprints,
  jsonText,
  type ReportedFinding,
  type ReportedProject,
  type ReportedSuppressed,
} from "@compose-harden/report";
import { UsageError } from "../errors.js";
import { relativeTo } from "./find.js";

/** The name of a baseline where the configuration names none. */
export const BASELINE_NAME = "compose-harden.baseline.json";

const FORMAT = "compose-harden-baseline";

/** One known finding; only the fingerprint counts, the rest is for whoever reads the file. */
interface Known {
  readonly fingerprint: string;
  readonly rule: string;
  readonly file: string;
  readonly service?: string;
  readonly message: string;
}

/** Findings known when it was written: they do not fail a run. */
export interface Baseline {
  readonly path: string;
  readonly fingerprints: ReadonlySet<string>;
}

/** Reads a baseline; a missing one is empty. */
export function readBaseline(path: string, read: Read, display: DisplayPath): Baseline {
  const result = read(path);
  if (result.kind === "missing") return { path, fingerprints: new Set() };
  const broken = () =>
    new UsageError(`\`${display(path)}\` is no baseline: write a new one with \`--update-baseline\``);
  if (result.kind !== "file") throw broken();
  let data: unknown;
  try {
    data = JSON.parse(result.text);
  } catch {
    throw broken();
  }
  const root = data as Parameters<typeof isMap>[0];
  if (!isMap(root) || root.format !== FORMAT || root.version !== 1 || !isList(root.findings)) throw broken();
  const known = root.findings.map((entry) => (isMap(entry) ? entry.fingerprint : undefined));
  if (!known.every((fingerprint) => typeof fingerprint === "string")) throw broken();
  return { path, fingerprints: new Set(known) };
}

/** Parts findings into new ones and those the baseline knows; `seen` gathers the fingerprints that still occur. */
export function applyBaseline<F extends ReportedFinding>(
  project: Pick<ReportedProject, "data">,
  findings: readonly F[],
  baseline: Baseline,
  seen: Set<string>,
): { readonly findings: readonly F[]; readonly suppressed: readonly ReportedSuppressed<F>[] } {
  if (baseline.fingerprints.size === 0) return { findings, suppressed: [] };
  const prints = fingerprints(project, findings, displayIn(baseline.path));
  const isKnown = (finding: F) => {
    const print = prints.get(finding) ?? "";
    if (!baseline.fingerprints.has(print)) return false;
    seen.add(print);
    return true;
  };
  const known = new Set(findings.filter(isKnown));
  return {
    findings: findings.filter((finding) => !known.has(finding)),
    suppressed: [...known].map((finding) => ({ finding, by: "baseline", reason: "known since the baseline" })),
  };
}

/** The text of a baseline of these findings: sorted, one fingerprint once, so that its diff is small. */
export function formatBaseline(
  path: string,
  projects: readonly { readonly project: ReportedProject; readonly findings: readonly ReportedFinding[] }[],
): string {
  const display = displayIn(path);
  const known = new Map<string, Known>();
  for (const { project, findings } of projects) {
    for (const [finding, fingerprint] of fingerprints(project, findings, display)) {
      const { rule, service, message, origin } = finding;
      const file = display(origin.value.file);
      known.set(fingerprint, { fingerprint, rule, file, ...(service === undefined ? {} : { service }), message });
    }
  }
  const order = ({ file, service = "", rule, fingerprint }: Known) => [file, service, rule, fingerprint].join("\0");
  const findings = [...known.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return jsonText({ format: FORMAT, version: 1, findings });
}

/** Fingerprints name files from where the baseline is, so that it holds wherever the program runs. */
function displayIn(path: string): DisplayPath {
  return relativeTo(join(path, ".."));
}
