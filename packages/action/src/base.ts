import { basename, join, relative, sep } from "node:path";
import type { Api } from "./client.js";
import type { Repository } from "./event.js";
import { fingerprintsOf, type Host, type Inspection, type InspectOptions, inspect, UsageError } from "./program.js";
import { type ChangedFiles, textAt } from "./pull.js";

/** Files that can belong to a stack or decide about its findings, whatever they are called by those that include them. */
const MAY_MATTER = /\.ya?ml$|\.json$|(?:^|\.)env(?:\.|$)/;

/**
 * The files that a change touched as they were before, by absolute path; undefined for those that were not there. Only files that the
 * checked-out state was read from, and those that may have been read before, are asked for.
 */
export async function textsBefore(
  api: Api,
  repository: Repository,
  { files, base }: ChangedFiles,
  root: string,
  { reading }: Inspection,
): Promise<ReadonlyMap<string, string | undefined>> {
  const texts = new Map<string, string | undefined>();
  const read = new Set(
    [...reading.files.snapshots()].map(({ realPath }) => relative(root, realPath).split(sep).join("/")),
  );
  const matters = (name: string) => read.has(name) || MAY_MATTER.test(basename(name));
  for (const { filename, previous_filename, status } of files) {
    const before = previous_filename ?? filename;
    if (before !== filename && matters(filename)) texts.set(join(root, filename), undefined);
    if (!matters(before)) continue;
    texts.set(
      join(root, before),
      status === "added" || status === "copied" ? undefined : await textAt(api, repository, before, base),
    );
  }
  return texts;
}

/** The fingerprints of what was there before a change: the same look at the same paths, with the files of before. */
export function fingerprintsBefore(
  paths: readonly string[],
  options: InspectOptions,
  host: Host,
  texts: ReadonlyMap<string, string | undefined>,
): ReadonlySet<string> {
  const silent = { ...host, say: () => {} };
  // Each by itself: one that was not there before holds up none of the others.
  const looks = paths.length === 0 ? [[]] : paths.map((path) => [path]);
  const prints = looks.flatMap((look) => {
    try {
      return inspect(look, options, silent, texts).results.flatMap((result) => [
        ...fingerprintsOf(result, host).values(),
      ]);
    } catch (error) {
      // Nothing there to look at, or a configuration that could not be used.
      if (error instanceof UsageError) return [];
      throw error;
    }
  });
  return new Set(prints);
}
