import { printsIn } from "@compose-harden/report";
import type { Api } from "./client.js";
import type { Thread } from "./comments.js";
import type { Pull, Repository } from "./event.js";

const THREADS = `query ($owner: String!, $repo: String!, $number: Int!, $after: String) {
  viewer { login }
  repository(owner: $owner, name: $repo) {
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id
          path
          line
          startLine
          isOutdated
          isResolved
          resolvedBy { login }
          comments(first: 1) { nodes { databaseId body viewerDidAuthor } }
        }
      }
    }
  }
}`;

interface Page {
  readonly viewer: { readonly login: string };
  readonly repository: {
    readonly pullRequest: {
      readonly reviewThreads: {
        readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
        readonly nodes: readonly (ThreadNode | null)[] | null;
      };
    } | null;
  } | null;
}

interface ThreadNode {
  readonly id: string;
  readonly path: string;
  readonly line: number | null;
  readonly startLine: number | null;
  readonly isOutdated: boolean;
  readonly isResolved: boolean;
  readonly resolvedBy: { readonly login: string } | null;
  readonly comments: {
    readonly nodes:
      | readonly ({
          readonly databaseId: number | null;
          readonly body: string;
          readonly viewerDidAuthor: boolean;
        } | null)[]
      | null;
  };
}

/** The threads of a pull request that this program began with this token's account: what others write is never taken for ours. */
export async function ownThreads(api: Api, { owner, repo }: Repository, pull: Pull): Promise<readonly Thread[]> {
  const threads: Thread[] = [];
  for (let after: string | null = null; ; ) {
    const page: Page = await api.graphql<Page>(THREADS, { owner, repo, number: pull.number, after });
    const found = page.repository?.pullRequest?.reviewThreads;
    for (const node of found?.nodes ?? []) {
      const [comment] = node?.comments.nodes ?? [];
      const isOurs = comment?.viewerDidAuthor === true && printsIn(comment.body) !== undefined;
      if (node === null || !isOurs || comment.databaseId === null) continue;
      const { id, path, line, startLine, isOutdated, isResolved, resolvedBy } = node;
      const isResolvedByUs = resolvedBy?.login === page.viewer.login;
      const { databaseId, body } = comment;
      threads.push({ id, commentId: databaseId, path, line, startLine, isOutdated, isResolved, isResolvedByUs, body });
    }
    if (found?.pageInfo.hasNextPage !== true || found.pageInfo.endCursor === null) return threads;
    after = found.pageInfo.endCursor;
  }
}

/** Resolves a thread. */
export async function resolveThread(api: Api, { id }: Thread): Promise<void> {
  await api.graphql(`mutation ($id: ID!) { resolveReviewThread(input: { threadId: $id }) { thread { isResolved } } }`, {
    id,
  });
}

/** Opens a thread again. */
export async function reopenThread(api: Api, { id }: Thread): Promise<void> {
  await api.graphql(
    `mutation ($id: ID!) { unresolveReviewThread(input: { threadId: $id }) { thread { isResolved } } }`,
    {
      id,
    },
  );
}
