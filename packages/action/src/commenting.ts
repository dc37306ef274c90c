import * as core from "@actions/core";
import type { Finding, SourceRange } from "@compose-harden/model";
import { counted, type Entry, secretsOf, sourcesOf } from "@compose-harden/report";
import { type DiffFile, shownLines } from "./changes.js";
import { type Api, reasonOf } from "./client.js";
import { commentsFor, concerned } from "./comments.js";
import type { Pull, Repository } from "./event.js";
import type { Inputs } from "./inputs.js";
import { displayFromRoot, fixWanted, type Host, type Inspection, unsafeFrom } from "./program.js";
import { type ChangedFiles, diffOf, isNewest } from "./pull.js";
import { type Reviewed, review } from "./review.js";
import { type Suggestions, suggest } from "./suggestions.js";

/** What comments are about. */
export interface Subject {
  readonly inspection: Inspection;
  readonly entries: readonly Entry[];
  /** Fingerprints of all findings, those from before the change too. */
  readonly present: ReadonlySet<string>;
  readonly isAllNew: boolean;
  readonly changed: ChangedFiles;
}

/** Where comments go. */
export interface Place {
  readonly api: Api;
  readonly repository: Repository;
  readonly pull: Pull;
  readonly host: Host;
  /** Where the repository is checked out. */
  readonly root: string;
}

/** Comments on a pull request, with suggestions; undefined if there are none to be. Never throws: what fails is told. */
export async function comment(subject: Subject, place: Place, inputs: Inputs): Promise<Reviewed | undefined> {
  const { api, repository, pull, root } = place;
  const { entries, isAllNew, changed, present } = subject;
  try {
    if (!(await isNewest(api, repository, pull))) {
      core.notice("the pull request has a newer commit: its own run comments");
      return undefined;
    }
    const diff = await diffOf(api, repository, changed, root, new Set(entries.map(({ file }) => file)));
    const material = { entries, diff, isAllNew };
    const found = inputs.suggestions ? await suggestionsFor(subject, concerned(material), diff, place, inputs) : NONE;
    const comments = commentsFor({ ...material, ...found });
    const left = comments.length - inputs.maxComments;
    if (left > 0) core.notice(`${left} more comments than \`max-comments\`: annotations and summary tell the rest`);
    const reviewed = await review(api, repository, pull, comments.slice(0, inputs.maxComments), present);
    const { standing, created, updated, resolved, leftOpen, problem } = reviewed;
    if (problem !== undefined) core.notice(`not all comments could be written, annotations tell the rest: ${problem}`);
    if (leftOpen > 0)
      core.notice(
        `${counted(leftOpen, "comment")} marked as mended; to resolve threads, GitHub wants the permission \`contents: write\``,
      );
    core.info(`comments: ${standing.length} standing, ${created} new, ${updated} changed, ${resolved} resolved`);
    return reviewed;
  } catch (error) {
    core.notice(`no comments on the pull request, annotations instead: ${reasonOf(error)}`);
    return undefined;
  }
}

const NONE: Suggestions = { suggestions: [], withheld: new Map() };

/** Rules about secrets in clear text: the lines they speak of are shown in no suggestion. */
const SECRET_RULE = /^(?!secret-as-variable$).*(?:secret|password|key|token)/;

async function suggestionsFor(
  { inspection }: Subject,
  entries: readonly Entry[],
  diff: ReadonlyMap<string, DiffFile>,
  { host }: Place,
  { unsafe }: Inputs,
): Promise<Suggestions> {
  const { reading, results } = inspection;
  const services = reading.projects.flatMap(({ project }) => project.services.map(({ name }) => name));
  const display = displayFromRoot(host.cwd);
  const secretLines = new Set(
    results.flatMap(({ project, findings, suppressed }) => {
      const sources = sourcesOf(project);
      const secret = [...findings, ...suppressed.map(({ finding }) => finding)].filter(({ rule }) =>
        SECRET_RULE.test(rule),
      );
      return secret.flatMap(placesOf).flatMap((range) => linesOfRange(range, sources));
    }),
  );
  const { suggestions, withheld } = await suggest(
    new Set(entries.flatMap(({ finding, fingerprint }) => (finding?.fix === undefined ? [] : [fingerprint]))),
    {
      fix: fixWanted(reading, { unsafe: unsafeFrom(unsafe, services) }, host),
      isShown: (path, first, last) => {
        const file = diff.get(display(path));
        return file !== undefined && shownLines(file, first, last) !== undefined;
      },
      secrets: results.flatMap(({ project }) => secretsOf(project)),
      isSecretLine: (path, line) => secretLines.has(`${path}:${line}`),
    },
  );
  return { suggestions: suggestions.map((one) => ({ ...one, path: display(one.path) })), withheld };
}

function placesOf({ origin, related }: Finding): readonly SourceRange[] {
  return [origin, ...related.map((other) => other.origin)].map(({ value }) => value);
}

function linesOfRange({ file, start, end }: SourceRange, sources: ReturnType<typeof sourcesOf>): readonly string[] {
  const first = sources.positionAt(file, start).line;
  const last = sources.positionAt(file, Math.max(start, end - 1)).line;
  return Array.from({ length: last - first + 1 }, (_, index) => `${file}:${first + index}`);
}
