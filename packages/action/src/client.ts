import { setTimeout as sleep } from "node:timers/promises";
import { Octokit } from "@octokit/core";
import { type PaginateInterface, paginateRest } from "@octokit/plugin-paginate-rest";
import { EnvHttpProxyAgent, fetch as proxied } from "undici";

const Paginating = Octokit.plugin(paginateRest);

/** GitHub's API for one repository, as far as the action uses it. */
export type Api = Octokit & { readonly paginate: PaginateInterface };

/** How to reach the API, and how long to wait for it. */
export interface Connection {
  readonly token: string;
  /** `GITHUB_API_URL`. */
  readonly url: string;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Says why nothing happens for a while. */
  say(text: string): void;
}

/** Longest time that one run waits for rate limits and failures, all together, in seconds. */
const PATIENCE = 120;
/** Attempts for one request. */
const ATTEMPTS = 4;
/** Milliseconds until a request that nobody answers is given up. */
const TIMEOUT = 30_000;

/**
 * An API that waits, for a bounded time, when GitHub asks to (429, and 403 for a rate limit), and tries again what failed on
 * the way (5xx, broken connections). A request that creates something is not sent twice unless it was refused: whoever sends it
 * looks first at what is there.
 */
export function connect({ token, url, version, env, say }: Connection): Api {
  const api = new Paginating({
    auth: token,
    baseUrl: url,
    userAgent: `compose-harden/${version}`,
    log: { debug: () => {}, info: () => {}, warn: say, error: say },
    ...(usesProxy(env) ? { request: { fetch: throughProxy() } } : {}),
  });
  let patience = PATIENCE;
  api.hook.wrap("request", async (request, options) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await request({ ...options, request: { ...options.request, signal: AbortSignal.timeout(TIMEOUT) } });
      } catch (error) {
        const wait = waitFor(error, attempt, isSafe(options));
        if (wait === undefined || attempt >= ATTEMPTS || wait > patience) throw error;
        patience -= wait;
        say(`${options.method} ${options.url}: ${reasonOf(error)}; trying again in ${wait} s`);
        await sleep(wait * 1000);
      }
    }
  });
  return api;
}

/** True where sending twice does the same as sending once. */
function isSafe({ method, url }: { readonly method: string; readonly url: string }): boolean {
  return method === "GET" || method === "PATCH" || url.endsWith("/graphql");
}

/** Seconds to wait before another attempt; undefined: there is no use in one. */
function waitFor(error: unknown, attempt: number, isSafeAgain: boolean): number | undefined {
  const status = statusOf(error);
  const headers = headersOf(error);
  const asked = Number(headers["retry-after"]);
  if (status === 429 || (status === 403 && isRateLimit(error))) {
    if (Number.isFinite(asked)) return Math.max(1, asked);
    const reset = Number(headers["x-ratelimit-reset"]);
    if (headers["x-ratelimit-remaining"] === "0" && Number.isFinite(reset))
      return Math.max(1, Math.ceil(reset - Date.now() / 1000));
    // A secondary limit without a time: at least a minute, says GitHub.
    return 60;
  }
  const isBroken = status === undefined || status >= 500;
  return isBroken && isSafeAgain ? (Number.isFinite(asked) ? Math.max(1, asked) : 2 ** (attempt - 1)) : undefined;
}

function isRateLimit(error: unknown): boolean {
  const headers = headersOf(error);
  return (
    headers["retry-after"] !== undefined ||
    headers["x-ratelimit-remaining"] === "0" ||
    /rate limit/i.test(error instanceof Error ? error.message : "")
  );
}

function headersOf(error: unknown): Readonly<Record<string, unknown>> {
  const response = isObject(error) ? error.response : undefined;
  const headers = isObject(response) ? response.headers : undefined;
  return isObject(headers) ? headers : {};
}

/** The status of an answer; undefined where there was none. Octokit calls a broken connection 500. */
export function statusOf(error: unknown): number | undefined {
  if (!isObject(error) || !isObject(error.response)) return undefined;
  return typeof error.status === "number" ? error.status : undefined;
}

/** An error in a few words, without the address of its documentation. */
export function reasonOf(error: unknown): string {
  const status = statusOf(error);
  const text = error instanceof Error ? error.message.split(/ - https?:|\n/)[0] : String(error);
  return status === undefined ? `no answer (${text})` : `${status} ${text}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Node's own `fetch` knows no proxy before version 24. */
function usesProxy(env: Connection["env"]): boolean {
  return ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"].some((name) => (env[name] ?? "") !== "");
}

function throughProxy(): typeof proxied {
  const dispatcher = new EnvHttpProxyAgent();
  return (input, init) => proxied(input, { ...init, dispatcher });
}
