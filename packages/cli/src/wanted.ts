import type { Policy } from "@compose-harden/fixer";
import type { Finding, Patch, Project } from "@compose-harden/model";
import { fingerprints } from "@compose-harden/report";
import { displayFromRoot, type Host } from "./host.js";
import type { Loaded } from "./load.js";
import { checkRuleNames, listFrom } from "./options.js";
import { fixPlan, patchAll } from "./patch.js";
import type { Reading } from "./read.js";

/** A patch, with what its findings are called. */
export interface WantedPatch extends Patch {
  /** The fingerprint of one of its findings. */
  printOf(finding: Finding): string;
}

/** Makes one proven patch for the findings of these fingerprints, and no others. */
export type FixWanted = (wanted: ReadonlySet<string>) => Promise<WantedPatch>;

/** Makes patches for some of the findings of a reading. Files are named from the top of the repository in fingerprints. */
export function fixWanted(reading: Reading, policy: Policy, { cwd }: Host): FixWanted {
  const display = displayFromRoot(cwd);
  // A check of an unchanged project is the same every time.
  const known = new WeakMap<Project, ReadonlyMap<Finding, string>>();
  const printsOf = (loaded: Loaded, project: Project): ReadonlyMap<Finding, string> => {
    const before = known.get(project);
    if (before !== undefined) return before;
    const prints = fingerprints(project, reading.selector.select({ ...loaded, project }).findings, display);
    known.set(project, prints);
    return prints;
  };
  return async (wanted) => {
    const isWanted = (print: string) => wanted.has(print);
    const concerned = reading.projects.filter((loaded) =>
      [...printsOf(loaded, loaded.project).values()].some(isWanted),
    );
    const names = new Map<Finding, string>();
    const { patch } = await patchAll(concerned, reading.files, (plan) => {
      const findings = [...printsOf(plan.loaded, plan.project)].filter(([, print]) => isWanted(print));
      for (const [finding, print] of findings) names.set(finding, print);
      return fixPlan(
        plan,
        findings.map(([finding]) => finding),
        policy,
      );
    });
    return { ...patch, printOf: (finding) => names.get(finding) ?? "" };
  };
}

/** Reads `--unsafe`: `*`, or rules and services separated by commas. */
export function unsafeFrom(unsafe: string | undefined, services: readonly string[]): NonNullable<Policy["unsafe"]> {
  if (unsafe === undefined) return false;
  if (unsafe === "*") return true;
  const names = listFrom(unsafe);
  const named = names.filter((name) => services.includes(name));
  const chosen = names.filter((name) => !named.includes(name));
  checkRuleNames(chosen);
  return { rules: chosen, services: named };
}
