import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { buildSchema, graphql } from "graphql";
import { onTestFinished } from "vitest";
import { lineMap } from "../../src/changes.js";
import { exampleOf, requestProblems, responseProblems, routeOf } from "./openapi.js";
import type { GitRepository } from "./repository.js";

/** A comment with its thread, as the server keeps it. */
export interface StoredThread {
  readonly id: string;
  readonly databaseId: number;
  readonly path: string;
  line: number | null;
  startLine: number | null;
  readonly originalLine: number;
  body: string;
  readonly author: string;
  isOutdated: boolean;
  resolvedBy: string | undefined;
}

/** An answer that a test puts in the place of the server's own. */
export type Fault =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly message?: string }
  | "reset"
  /** The request is carried out, and the connection breaks before the answer. */
  | "lost";

/** A server that implements the endpoints the action uses, as GitHub describes them. */
export interface FakeGithub {
  readonly url: string;
  /** Each request as `POST /repos/{owner}/…`, in order. */
  readonly log: readonly string[];
  readonly threads: StoredThread[];
  /** Reports uploaded to code scanning, unpacked. */
  readonly uploads: readonly { readonly ref: string; readonly commit_sha: string; readonly sarif: unknown }[];
  /** What was not as GitHub describes it, in requests and in answers: must stay empty. */
  readonly problems: readonly string[];
  /** Replaces answers; undefined leaves the server's own. */
  fault: (request: { readonly name: string; readonly body: unknown; readonly count: number }) => Fault | undefined;
  /** Account of the token. */
  viewer: string;
  /** The pull request's commits; a new head moves the threads as GitHub does. */
  open(base: string, head: string): void;
  push(head: string): void;
  readonly head: string;
  readonly base: string;
}

const OWNER = "octo-org";
const REPO = "stack";
/** The repository's name as runners give it. */
export const SLUG: string = `${OWNER}/${REPO}`;
/** The pull request's number. */
export const NUMBER = 7;

const schema = buildSchema(readFileSync(fileURLToPath(new URL("schema.graphql", import.meta.url)), "utf8"));

/** Starts the server for a repository; it stops after the test. */
export async function fakeGithub(repository: GitRepository): Promise<FakeGithub> {
  const log: string[] = [];
  const problems: string[] = [];
  const uploads: { ref: string; commit_sha: string; sarif: unknown }[] = [];
  const state = { base: "", head: "", nextId: 1000 };
  let self: FakeGithub;

  const server = createServer(async (request, response) => {
    const text = await bodyOf(request);
    const address = new URL(request.url ?? "/", `http://${request.headers.host}`);
    const method = request.method ?? "GET";
    const body = text === "" ? undefined : JSON.parse(text);
    const path = address.pathname;
    const route = path === "/graphql" ? undefined : routeOf(method, path);
    const name = path === "/graphql" ? "POST /graphql" : (route?.name ?? `${method} ${path}`);
    log.push(name);
    if (!/^(?:token|bearer) \S+$/i.test(request.headers.authorization ?? "")) problems.push(`${name}: no token`);
    if (!/^compose-harden\//.test(request.headers["user-agent"] ?? "")) problems.push(`${name}: no user agent`);
    if (route === undefined && path !== "/graphql") problems.push(`${name}: GitHub has no such endpoint`);
    if (route !== undefined) problems.push(...requestProblems(route, address.searchParams, body));
    const fault = self.fault({ name, body, count: log.filter((other) => other === name).length });
    if (fault === "reset") {
      request.socket.destroy();
      return;
    }
    if (fault !== undefined && fault !== "lost") {
      send(response, fault.status, { message: fault.message ?? "made up" }, fault.headers);
      return;
    }
    try {
      const answer =
        route === undefined
          ? await query(body)
          : answerOf(route.name, route.values, address, body, request.headers.accept ?? "");
      if (fault === "lost") {
        request.socket.destroy();
        return;
      }
      if (route !== undefined && answer.type === undefined)
        problems.push(...responseProblems(route, answer.status, answer.body));
      send(response, answer.status, answer.body, answer.headers, answer.type);
    } catch (error) {
      problems.push(`${name}: the server failed: ${String(error)}`);
      send(response, 500, { message: "the server failed" });
    }
  });

  interface Answer {
    readonly status: number;
    readonly body: unknown;
    readonly headers?: Readonly<Record<string, string>>;
    readonly type?: string;
  }

  function answerOf(
    name: string,
    values: Readonly<Record<string, string>>,
    address: URL,
    body: unknown,
    accept: string,
  ): Answer {
    const missing = { status: 404, body: { message: "Not Found", documentation_url: "https://docs.github.com/rest" } };
    if (values.owner !== OWNER || values.repo !== REPO) return missing;
    switch (name) {
      case "GET /repos/{owner}/{repo}/pulls/{pull_number}": {
        if (Number(values.pull_number) !== NUMBER) return missing;
        const pull = exampleOf(name);
        return {
          status: 200,
          body: {
            ...pull,
            number: NUMBER,
            // The published example has teams without a member that the schema requires.
            requested_teams: [],
            head: { ...(pull.head as object), sha: state.head },
            base: { ...(pull.base as object), sha: state.base },
          },
        };
      }
      case "GET /repos/{owner}/{repo}/pulls/{pull_number}/files":
        return paged(files(), address);
      case "GET /repos/{owner}/{repo}/compare/{basehead}": {
        const [base = "", head = ""] = (values.basehead ?? "").split("...");
        const example = exampleOf(name);
        const merge = example.merge_base_commit as object;
        const start = repository.git("merge-base", base, head).trim();
        return {
          status: 200,
          body: {
            ...example,
            merge_base_commit: { ...merge, sha: start },
            files: filesBetween(base, head).slice(0, 300),
          },
        };
      }
      case "GET /repos/{owner}/{repo}/contents/{path}": {
        const text = repository.text(address.searchParams.get("ref") ?? "main", values.path ?? "");
        if (text === undefined) return missing;
        if (!/raw/.test(accept)) throw new Error("only raw contents are served");
        return { status: 200, body: text, type: "application/vnd.github.raw+json; charset=utf-8" };
      }
      case "GET /repos/{owner}/{repo}/git/blobs/{file_sha}": {
        const content = Buffer.from(repository.git("cat-file", "blob", values.file_sha ?? "")).toString("base64");
        return { status: 200, body: { ...exampleOf(name), sha: values.file_sha, encoding: "base64", content } };
      }
      case "POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews": {
        const {
          comments = [],
          commit_id,
          body: text,
        } = body as { comments?: Placed[]; commit_id: string; body: string };
        if (commit_id !== state.head || text === "" || !comments.every(isShown)) return refused(name);
        for (const comment of comments) begin(comment);
        return { status: 200, body: { ...exampleOf(name), body: text, commit_id } };
      }
      case "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments": {
        const comment = body as Placed;
        if (!isShown(comment)) return refused(name);
        const { databaseId } = begin(comment);
        return { status: 201, body: { ...exampleOf(name), id: databaseId, body: comment.body, path: comment.path } };
      }
      case "PATCH /repos/{owner}/{repo}/pulls/comments/{comment_id}": {
        const thread = self.threads.find(({ databaseId }) => databaseId === Number(values.comment_id));
        if (thread === undefined) return missing;
        thread.body = (body as { body: string }).body;
        return {
          status: 200,
          body: { ...exampleOf(name), id: thread.databaseId, body: thread.body, path: thread.path },
        };
      }
      case "POST /repos/{owner}/{repo}/code-scanning/sarifs": {
        const { ref, commit_sha, sarif } = body as { ref: string; commit_sha: string; sarif: string };
        uploads.push({ ref, commit_sha, sarif: JSON.parse(gunzipSync(Buffer.from(sarif, "base64")).toString()) });
        return { status: 202, body: { id: "47177e22-5596-11eb-80a1-c1e54ef945c6", url: "https://api.github.com/x" } };
      }
      case "GET /repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}":
        return { status: 200, body: { processing_status: "complete", analyses_url: "https://api.github.com/x" } };
      default:
        throw new Error(`no answer for ${name}`);
    }
  }

  function files() {
    return filesBetween(state.base, state.head);
  }

  function filesBetween(base: string, head: string) {
    const example = exampleOf("GET /repos/{owner}/{repo}/pulls/{pull_number}/files");
    const { patch: _, ...rest } = example;
    return repository.diff(base, head).map((entry) => ({ ...rest, ...entry }));
  }

  interface Placed {
    readonly path: string;
    readonly body: string;
    readonly line: number;
    readonly side: string;
    readonly start_line?: number;
    readonly start_side?: string;
  }

  /** GitHub takes comments on lines that the diff shows, several of one hunk. */
  function isShown({ path, line, start_line = line, side, body, start_side = side }: Placed): boolean {
    if (body.trim() === "" || body.length > 65_536 || side !== "RIGHT" || start_side !== "RIGHT") return false;
    if (start_line !== line && start_line > line) return false;
    const patch = repository.diff(state.base, state.head).find(({ filename }) => filename === path)?.patch;
    if (patch === undefined) return false;
    return [...patch.matchAll(/^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gm)].some(([, start, count]) => {
      const first = Number(start);
      return first <= start_line && line < first + Number(count ?? 1);
    });
  }

  function begin({ path, body, line, start_line }: Placed): StoredThread {
    const databaseId = state.nextId++;
    const thread: StoredThread = {
      id: `PRRT_${databaseId}`,
      databaseId,
      path,
      line,
      startLine: start_line ?? null,
      originalLine: line,
      body,
      author: self.viewer,
      isOutdated: false,
      resolvedBy: undefined,
    };
    self.threads.push(thread);
    return thread;
  }

  async function query(body: { readonly query: string; readonly variables: Record<string, unknown> }): Promise<Answer> {
    const shown = (thread: StoredThread) => ({
      ...thread,
      isResolved: thread.resolvedBy !== undefined,
      resolvedBy: thread.resolvedBy === undefined ? null : { login: thread.resolvedBy },
      comments: () => ({
        nodes: [{ databaseId: thread.databaseId, body: thread.body, viewerDidAuthor: thread.author === self.viewer }],
      }),
    });
    const change = (id: string, by: string | undefined) => {
      const thread = self.threads.find((one) => one.id === id);
      if (thread === undefined) throw new Error(`no thread ${id}`);
      thread.resolvedBy = by;
      return { thread: shown(thread) };
    };
    const result = await graphql({
      schema,
      source: body.query,
      variableValues: body.variables,
      rootValue: {
        viewer: { login: self.viewer },
        repository: ({ owner, name }: { owner: string; name: string }) =>
          owner === OWNER && name === REPO
            ? {
                pullRequest: ({ number }: { number: number }) =>
                  number === NUMBER
                    ? {
                        reviewThreads: ({ first, after }: { first: number; after?: string }) => {
                          if (first > 100) throw new Error("at most 100 threads a page");
                          const start = after === undefined || after === null ? 0 : Number(after);
                          const end = start + first;
                          return {
                            nodes: self.threads.slice(start, end).map(shown),
                            pageInfo: { hasNextPage: end < self.threads.length, endCursor: String(end) },
                          };
                        },
                      }
                    : null,
              }
            : null,
        resolveReviewThread: ({ input }: { input: { threadId: string } }) => change(input.threadId, self.viewer),
        unresolveReviewThread: ({ input }: { input: { threadId: string } }) => change(input.threadId, undefined),
      },
    });
    if (result.errors !== undefined) problems.push(...result.errors.map(({ message }) => `GraphQL: ${message}`));
    return { status: 200, body: result };
  }

  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(
    () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  );
  self = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    log,
    threads: [],
    uploads,
    problems,
    fault: () => undefined,
    viewer: "github-actions[bot]",
    open: (base, head) => {
      state.base = base;
      state.head = head;
    },
    push: (head) => {
      for (const thread of self.threads) move(thread, repository, state.head, head);
      state.head = head;
    },
    get head() {
      return state.head;
    },
    get base() {
      return state.base;
    },
  };
  return self;
}

/** After a push a thread goes where its lines went, and is outdated where they are gone. */
function move(thread: StoredThread, repository: GitRepository, from: string, to: string): void {
  if (thread.line === null) return;
  const before = repository.text(from, thread.path) ?? "";
  const after = repository.text(to, thread.path) ?? "";
  const map = lineMap(before, after);
  const [line, startLine] = [map(thread.line), thread.startLine === null ? null : map(thread.startLine)];
  if (line === undefined || startLine === undefined) {
    thread.line = null;
    thread.startLine = null;
    thread.isOutdated = true;
  } else {
    thread.line = line;
    thread.startLine = startLine;
  }
}

/** The two endpoints tell of the same mistake in different shapes. */
function refused(name: string) {
  const text = "Line could not be resolved";
  return {
    status: 422,
    body: {
      message: "Unprocessable Entity",
      errors: name.endsWith("/reviews") ? [text] : [{ code: "custom", message: text }],
      documentation_url: "https://docs.github.com/rest",
    },
  };
}

function paged(items: readonly unknown[], address: URL) {
  const size = Math.min(100, Number(address.searchParams.get("per_page") ?? 30));
  const page = Number(address.searchParams.get("page") ?? 1);
  const next = new URL(address);
  next.searchParams.set("page", String(page + 1));
  const link = `<${address.origin}${next.pathname}${next.search}>; rel="next"`;
  const hasMore = page * size < items.length;
  return {
    status: 200,
    body: items.slice((page - 1) * size, page * size),
    headers: hasMore ? { link } : {},
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  type = "application/json; charset=utf-8",
): void {
  response.writeHead(status, { "content-type": type, ...headers });
  response.end(typeof body === "string" && !type.startsWith("application/json") ? body : JSON.stringify(body));
}
