import type { Edit, Origin, Read, ReadResult, SourceFile } from "@compose-harden/model";
import {
  isSecretName,
  namedMembersOf,
  type ReportedFinding,
  type ReportedProject,
  type ReportedService,
  type ReportedSuppressed,
} from "@compose-harden/report";
import type { Target } from "../files/find.js";
import { fatalGaps, type Loaded } from "../load.js";
import { safeEdits } from "../patch.js";
import type { Facts, Selected, Selector } from "../select.js";

/** A project with what was found in it; holds no more than reports need, so that many fit into memory. */
export interface Outcome {
  readonly target: Target;
  readonly project: ReportedProject & { readonly directory: string };
  /** True when nothing of the project can be relied on. */
  readonly isUnreadable: boolean;
  readonly findings: readonly ReportedFinding[];
  readonly suppressed: readonly ReportedSuppressed[];
  readonly remarks: Selected["remarks"];
  /** What the rules were told about files besides their text. */
  readonly facts: Facts;
  /** Edits of a safe fix, planned when first asked for. */
  readonly editsOf: (finding: ReportedFinding) => readonly Edit[] | undefined;
  /** What was planned so far, by the index of the finding; null where there are no edits. */
  readonly planned: ReadonlyMap<number, readonly Edit[] | null>;
}

/** Plans edits when they are asked for, and remembers them beside those that are known. */
export function planning(
  findings: readonly ReportedFinding[],
  plan: (index: number) => readonly Edit[] | undefined,
  known: Iterable<readonly [number, readonly Edit[] | null]> = [],
): Pick<Outcome, "editsOf" | "planned"> {
  const planned = new Map(known);
  return {
    planned,
    editsOf: (finding) => {
      const index = findings.indexOf(finding);
      if (finding.fix?.applicability !== "safe" || index < 0) return undefined;
      const edits = planned.has(index) ? planned.get(index) : (plan(index) ?? null);
      planned.set(index, edits ?? null);
      return edits ?? undefined;
    },
  };
}

/** All paths that were asked for, and what stood there. */
export type Trace = ReadonlyMap<string, ReadResult>;

/** A reader that remembers what it was asked; each file is read once. */
export function tracing(read: Read): { readonly read: Read; readonly trace: Trace } {
  const trace = new Map<string, ReadResult>();
  return {
    trace,
    read: (path) => {
      const known = trace.get(path) ?? read(path);
      trace.set(path, known);
      return known;
    },
  };
}

/** Checks a project that was read. */
export function checkLoaded(loaded: Loaded, read: Read, selector: Selector): Outcome {
  const { target, project } = loaded;
  const isUnreadable = fatalGaps(project).length > 0;
  const { findings, suppressed, remarks, facts } = isUnreadable
    ? { findings: [], suppressed: [], remarks: [], facts: new Map() }
    : selector.select(loaded, read);
  const all = [...findings, ...suppressed.map(({ finding }) => finding)];
  return {
    target,
    project: {
      name: project.name,
      directory: project.directory,
      entry: { cwd: target.entry.cwd, ...(target.entry.files === undefined ? {} : { files: target.entry.files }) },
      files: project.files,
      envFiles: project.envFiles,
      services: project.services.map(({ name, image, environment }) =>
        service(
          name,
          image?.value,
          [...environment.items].flatMap(([key, { origin }]) => (origin === undefined ? [] : [[key, origin] as const])),
        ),
      ),
      gaps: project.gaps,
      data: namedMembersOf(project.data, all),
    },
    isUnreadable,
    findings,
    suppressed,
    remarks,
    facts,
    ...planning(findings, (index) => {
      const finding = findings[index];
      return finding === undefined ? undefined : safeEdits(loaded, read, finding);
    }),
  };
}

/** What reports show of a service: of its variables only where secrets stand, never what they are. */
export function service(
  name: string,
  image: string | undefined,
  variables: readonly (readonly [string, Origin])[],
): ReportedService {
  const secrets = variables.filter(([key]) => isSecretName(key));
  const path = ["services", name, "environment"];
  return {
    name,
    image: image === undefined ? undefined : { value: image },
    environment: {
      path,
      origins: [],
      items: new Map(
        secrets.map(([key, origin]) => [key, { value: null, raw: null, path: [...path, key], origin }] as const),
      ),
    },
  };
}

/** The files of a trace, by their paths. */
export function filesOf(paths: readonly string[], trace: Trace): readonly SourceFile[] {
  return paths.flatMap((path) => {
    const result = trace.get(path);
    return result?.kind === "file" ? [{ path, text: result.text }] : [];
  });
}
