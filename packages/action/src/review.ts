import { counted, formatMended } from "@compose-harden/report";
import { type Api, reasonOf, statusOf } from "./client.js";
import { type Comment, compare, type Thread } from "./comments.js";
import type { Pull, Repository } from "./event.js";
import { ownThreads, reopenThread, resolveThread } from "./threads.js";

/** Comments of one review; GitHub takes more, and needs long for many. */
const BATCH = 30;
/** How often comments are sent that may or may not have arrived. */
const ROUNDS = 3;

/** What became of the comments. */
export interface Reviewed {
  /** Comments that stand on the pull request now. */
  readonly standing: readonly Comment[];
  readonly created: number;
  readonly updated: number;
  readonly resolved: number;
  /** Comments that now say that they are mended, in threads that this token may not resolve. */
  readonly leftOpen: number;
  /** Why not all could be written; undefined if they were. */
  readonly problem: string | undefined;
}

/** Makes the pull request's threads say what the comments say. Never throws: what failed is told, and annotated instead. */
export async function review(
  api: Api,
  repository: Repository,
  pull: Pull,
  comments: readonly Comment[],
  present: ReadonlySet<string>,
): Promise<Reviewed> {
  const done = { created: 0, updated: 0, resolved: 0, leftOpen: 0 };
  let standing: readonly Comment[] = [];
  try {
    // After a failure on the way nobody knows what arrived: what is there decides.
    for (let round = 1; ; round++) {
      const threads = await ownThreads(api, repository, pull);
      const { create, update, resolve, reopen, kept } = compare(comments, threads, present);
      standing = kept;
      for (const { thread, body } of update) {
        await edit(api, repository, thread, body);
        done.updated++;
      }
      for (const thread of reopen) await attempt(() => reopenThread(api, thread));
      let failure: unknown;
      for (let start = 0; start < create.length && failure === undefined; start += BATCH) {
        const batch = create.slice(start, start + BATCH);
        try {
          const written = await write(api, repository, pull, batch);
          standing = [...standing, ...written];
          done.created += written.length;
        } catch (error) {
          if (statusOf(error) !== undefined && (statusOf(error) ?? 0) < 500) throw error;
          failure = error;
        }
      }
      if (failure !== undefined) {
        if (round >= ROUNDS) throw failure;
        continue;
      }
      for (const thread of resolve) {
        // Where one is refused, all are.
        if (done.leftOpen === 0 && (await attempt(() => resolveThread(api, thread)))) done.resolved++;
        else if (await mend(api, repository, thread)) done.leftOpen++;
      }
      return { ...done, standing, problem: undefined };
    }
  } catch (error) {
    return { ...done, standing, problem: reasonOf(error) };
  }
}

/** One review with all comments. A line that GitHub does not take would refuse them all: then each is sent by itself. */
async function write(
  api: Api,
  { owner, repo }: Repository,
  pull: Pull,
  comments: readonly Comment[],
): Promise<readonly Comment[]> {
  const place = { owner, repo, pull_number: pull.number, commit_id: pull.headSha };
  try {
    await api.request("POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews", {
      ...place,
      event: "COMMENT",
      body: `compose-harden: ${counted(comments.length, "comment")} on the changed lines`,
      comments: comments.map(placed),
    });
    return comments;
  } catch (error) {
    if (statusOf(error) !== 422) throw error;
  }
  const written: Comment[] = [];
  for (const comment of comments) {
    try {
      await api.request("POST /repos/{owner}/{repo}/pulls/{pull_number}/comments", { ...place, ...placed(comment) });
      written.push(comment);
    } catch (error) {
      if (statusOf(error) !== 422) throw error;
    }
  }
  return written;
}

function placed({ path, line, startLine, body }: Comment) {
  const side = "RIGHT" as const;
  return { path, body, line, side, ...(startLine === undefined ? {} : { start_line: startLine, start_side: side }) };
}

async function edit(api: Api, { owner, repo }: Repository, { commentId }: Thread, body: string): Promise<void> {
  await api.request("PATCH /repos/{owner}/{repo}/pulls/comments/{comment_id}", {
    owner,
    repo,
    comment_id: commentId,
    body,
  });
}

/**
 * Says in the comment what its open thread does not: a token that may comment may resolve only with `contents: write`, which is more than
 * most workflows give (https://github.com/github/gh-aw/issues/35726). False if an earlier run said so.
 */
async function mend(api: Api, repository: Repository, thread: Thread): Promise<boolean> {
  const body = formatMended(thread.body);
  if (thread.body.trimEnd() === body.trimEnd()) return false;
  await edit(api, repository, thread, body);
  return true;
}

/** False if it may not be done. */
async function attempt(change: () => Promise<void>): Promise<boolean> {
  try {
    await change();
    return true;
  } catch {
    return false;
  }
}
