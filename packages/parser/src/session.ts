import type { Gap, Origin, Path, Read, SourceFile, SourceRange } from "@compose-harden/model";
import { cleanPath } from "@compose-harden/model";
import { parseSyntax } from "./syntax/parse.js";
import type { SyntaxTree } from "./syntax/tree.js";
import type { Problem, Report } from "./tree/problem.js";
import type { Lookup } from "./values/decoded.js";

/** Variables by name. */
export type Environment = ReadonlyMap<string, string>;

/** Looks names up in an environment. */
export function lookupIn(environment: Environment): Lookup {
  return (name) => environment.get(name);
}

/** What one load shares: the files it read, what it could not read, what it warned of. */
export interface Session {
  /** Directory that relative paths of files to read start from. */
  readonly cwd: string;
  readonly home: string | undefined;
  /** Compose files in the order they were first read. */
  readonly files: Map<string, SourceFile>;
  readonly envFiles: Map<string, SourceFile>;
  readonly gaps: Gap[];
  readonly warnings: Set<string>;
  /** Where a top-level `version` was written, which the model does not keep. */
  readonly versions: Origin[];
  readonly warn: (message: string) => void;
  /** Something Docker refuses. */
  readonly report: Report;
  /** Something Docker may read and this program did not. */
  readonly giveUp: Report;
  /** Takes the size of a tree that is to be copied; false, and reported, when copies have become too many. */
  readonly afford: (size: number, at: SourceRange | undefined) => boolean;
  /** What stands at a path; asked at most once each. */
  readonly look: Read;
  readonly absolute: (path: string) => string;
  /** A Compose file's tree; undefined, and reported as `reason`, when it cannot be read. */
  readonly open: (path: string, reason: Gap["reason"], at: SourceRange | undefined) => SyntaxTree | undefined;
}

/** What `extends` and `include` may copy in one load. */
const MAX_COPIES = 1_000_000;

/** Begins a load. */
export function openSession(cwd: string, home: string | undefined, read: Read): Session {
  const files = new Map<string, SourceFile>();
  const trees = new Map<string, SyntaxTree>();
  const seen = new Map<string, ReturnType<Read>>();
  const gaps: Gap[] = [];
  const reported = new Set<string>();
  const told = new Set<string>();
  const warnings = new Set<string>();

  function add(kind: Gap["kind"], problem: Problem): void {
    // Stages look at the same values again after every document: each problem is named once. A limit counts for all.
    const { at } = problem;
    const everywhere = problem.reason === "limit" || at === undefined;
    const place = everywhere ? String(problem.path) : `${at.file}:${at.start}`;
    const identity = `${problem.message}@${place}`;
    if (reported.has(identity)) return;
    // What an earlier stage said of a value, a later one need not say again in other words.
    if (problem.reason === "semantic" && !everywhere && told.has(place)) return;
    told.add(place);
    reported.add(identity);
    gaps.push({ kind, ...problem });
  }

  function absolute(path: string): string {
    return path.startsWith("/") ? cleanPath(path) : cleanPath(`${cwd}/${path}`);
  }

  function look(path: string): ReturnType<Read> {
    let result = seen.get(path);
    if (result === undefined) {
      result = read(path);
      seen.set(path, result);
    }
    return result;
  }

  const report: Report = (problem) => add("refused", problem);

  function open(path: string, reason: Gap["reason"], at: SourceRange | undefined): SyntaxTree | undefined {
    const full = absolute(path);
    const known = trees.get(full);
    if (known !== undefined) return known;
    const result = look(full);
    if (result.kind !== "file") {
      report({ reason, message: unreadable(path, result), ...(at === undefined ? {} : { at }) });
      return undefined;
    }
    files.set(full, { path: full, text: result.text });
    const tree = parseSyntax(full, result.text);
    trees.set(full, tree);
    for (const { message, start, end } of tree.problems) {
      report({ reason: "yaml", message, at: { file: full, start, end } });
    }
    return tree;
  }

  const giveUp: Report = (problem) => add("unread", problem);

  let copied = 0;
  function afford(size: number, at: SourceRange | undefined): boolean {
    copied += size;
    if (copied <= MAX_COPIES) return true;
    giveUp(problemAt("limit", `services are copied from each other to more than ${MAX_COPIES} values`, at));
    return false;
  }

  return {
    cwd,
    home,
    files,
    envFiles: new Map(),
    gaps,
    warnings,
    versions: [],
    warn: (message) => {
      warnings.add(message);
    },
    report,
    giveUp,
    afford,
    look,
    absolute,
    open,
  };
}

/** Why a path gave no text. */
export function unreadable(path: string, result: Exclude<ReturnType<Read>, { kind: "file" }>): string {
  switch (result.kind) {
    case "missing":
      return `\`${path}\` does not exist`;
    case "directory":
      return `\`${path}\` is a directory`;
    case "unreadable":
      return `\`${path}\` cannot be read: ${result.reason}`;
    default:
      return result satisfies never;
  }
}

/** A problem with its place, when there is one. */
export function problemAt(reason: Gap["reason"], message: string, at: SourceRange | undefined, path?: Path): Problem {
  return { reason, message, ...(at === undefined ? {} : { at }), ...(path === undefined ? {} : { path }) };
}
