import { readFileSync } from "node:fs";
import { join } from "node:path";
import { blobSha, type ChangedFile, type DiffFile, type Hunk, hunksBetween, hunksOfPatch, lineMap } from "./changes.js";
import type { Api } from "./client.js";
import type { Occasion, Pull, Repository } from "./event.js";

/** More files GitHub does not list. */
const MOST_FILES = 3000;
/** Of a comparison of two commits. */
const MOST_COMPARED = 300;

/** Files that a change touched; `isWhole` is false if GitHub left some out. */
export interface ChangedFiles {
  readonly files: readonly ChangedFile[];
  /** The commit that holds the files as they were before. */
  readonly base: string;
  readonly isWhole: boolean;
}

/** The files of a pull request. */
export async function filesOfPull(api: Api, { owner, repo }: Repository, pull: Pull): Promise<ChangedFiles> {
  const files = await api.paginate("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", {
    owner,
    repo,
    pull_number: pull.number,
    per_page: 100,
  });
  return { files, base: pull.baseSha, isWhole: files.length < MOST_FILES };
}

/** The files that differ between two commits, as seen from where their histories part. */
export async function filesOfRange(
  api: Api,
  { owner, repo }: Repository,
  { base, head }: NonNullable<Occasion["range"]>,
): Promise<ChangedFiles> {
  const { data } = await api.request("GET /repos/{owner}/{repo}/compare/{basehead}", {
    owner,
    repo,
    basehead: `${base}...${head}`,
    per_page: 1,
  });
  const files = data.files ?? [];
  return { files, base: data.merge_base_commit.sha, isWhole: files.length < MOST_COMPARED };
}

/** The commit where a pull request parted from its base branch. */
export async function mergeBase(api: Api, repository: Repository, pull: Pull): Promise<string> {
  const { base } = await filesOfRange(api, repository, { base: pull.baseSha, head: pull.headSha });
  return base;
}

/** True while the pull request's newest commit is the one that this run looks at. */
export async function isNewest(api: Api, { owner, repo }: Repository, pull: Pull): Promise<boolean> {
  const { data } = await api.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
    owner,
    repo,
    pull_number: pull.number,
  });
  return data.head.sha === pull.headSha;
}

/** The text of a file in a commit; undefined where there is none. */
export async function textAt(
  api: Api,
  { owner, repo }: Repository,
  path: string,
  ref: string,
): Promise<string | undefined> {
  try {
    const { data } = await api.request("GET /repos/{owner}/{repo}/contents/{path}", {
      owner,
      repo,
      path,
      ref,
      mediaType: { format: "raw" },
    });
    return textOf(data);
  } catch (error) {
    if (error instanceof Error && "status" in error && error.status === 404) return undefined;
    throw error;
  }
}

async function blobText(api: Api, { owner, repo }: Repository, sha: string): Promise<string> {
  const { data } = await api.request("GET /repos/{owner}/{repo}/git/blobs/{file_sha}", { owner, repo, file_sha: sha });
  return Buffer.from(data.content, data.encoding === "base64" ? "base64" : "utf8").toString("utf8");
}

/** Raw content comes as text or as bytes, as its type says. */
function textOf(data: unknown): string {
  if (typeof data === "string") return data;
  if (data instanceof ArrayBuffer) return Buffer.from(data).toString("utf8");
  throw new TypeError("GitHub answered with something else than the content of a file");
}

/**
 * The diff of those changed files that reports name, by their names from the top of the repository. `root` is where the
 * repository is checked out: often a merge of the pull request with its base branch, in which lines stand elsewhere.
 */
export async function diffOf(
  api: Api,
  repository: Repository,
  { files, base }: ChangedFiles,
  root: string,
  names: ReadonlySet<string>,
): Promise<ReadonlyMap<string, DiffFile>> {
  const diff = new Map<string, DiffFile>();
  for (const file of files) {
    const { filename, sha, status } = file;
    if (!names.has(filename) || status === "removed" || sha === null) continue;
    const here = bytesAt(join(root, filename));
    if (here === undefined) continue;
    const isSame = blobSha(here) === sha;
    const there = isSame ? here.toString("utf8") : await blobText(api, repository, sha);
    diff.set(filename, {
      name: filename,
      hunks: await hunksOf(api, repository, file, base, there),
      lineThere: isSame ? (line) => line : lineMap(here.toString("utf8"), there),
    });
  }
  return diff;
}

async function hunksOf(
  api: Api,
  repository: Repository,
  { filename, previous_filename, status, patch }: ChangedFile,
  base: string,
  text: string,
): Promise<readonly Hunk[]> {
  if (patch !== undefined) return hunksOfPatch(patch);
  // GitHub leaves out the diffs of large files, and there is none where a file only got another name.
  const before = status === "added" ? undefined : await textAt(api, repository, previous_filename ?? filename, base);
  return hunksBetween(before, text);
}

function bytesAt(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
