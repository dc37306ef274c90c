import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A repository by its names. */
export interface Repository {
  readonly owner: string;
  readonly repo: string;
}

/** A pull request, as the event tells of it. */
export interface Pull {
  readonly number: number;
  readonly headSha: string;
  readonly baseSha: string;
}

/** What a run is about. */
export interface Occasion {
  readonly repository: Repository;
  /** The commit and ref that the run is for; of a pull request its merge. */
  readonly sha: string;
  readonly ref: string;
  /** Set for pull requests. */
  readonly pull: Pull | undefined;
  /** First commit before the change and last one of it, of a push or a merge group. */
  readonly range: { readonly base: string; readonly head: string } | undefined;
  /** `GITHUB_API_URL`. */
  readonly url: string;
  /** True on Forgejo and Gitea: their API has neither review threads nor code scanning. */
  readonly isForge: boolean;
}

/** Reads what the runner tells about the run; undefined outside of a runner. */
export function occasionFrom(env: Readonly<Record<string, string | undefined>>): Occasion | undefined {
  const [owner, repo] = (env.GITHUB_REPOSITORY ?? "").split("/");
  if (owner === undefined || owner === "" || repo === undefined || repo === "") return undefined;
  const event = readEvent(env.GITHUB_EVENT_PATH);
  const pull = at(event, "pull_request");
  const number = at(pull, "number");
  const headSha = textAt(pull, "head", "sha");
  const baseSha = textAt(pull, "base", "sha");
  return {
    repository: { owner, repo },
    sha: env.GITHUB_SHA ?? "",
    ref: env.GITHUB_REF ?? "",
    pull:
      typeof number === "number" && headSha !== undefined && baseSha !== undefined
        ? { number, headSha, baseSha }
        : undefined,
    range: rangeOf(event),
    url: env.GITHUB_API_URL ?? "https://api.github.com",
    isForge: env.GITEA_ACTIONS === "true" || env.FORGEJO_ACTIONS === "true",
  };
}

function rangeOf(event: unknown): Occasion["range"] {
  const group = at(event, "merge_group");
  const base = textAt(group, "base_sha") ?? textAt(event, "before");
  const head = textAt(group, "head_sha") ?? textAt(event, "after");
  // A branch that was just made has nothing before it.
  const isCommit = (sha: string | undefined): sha is string =>
    sha !== undefined && /^[0-9a-f]{40,64}$/.test(sha) && !/^0+$/.test(sha);
  return isCommit(base) && isCommit(head) ? { base, head } : undefined;
}

function readEvent(path: string | undefined): unknown {
  if (path === undefined || path === "") return undefined;
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

function at(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && key in value ? Reflect.get(value, key) : undefined;
}

function textAt(value: unknown, ...keys: readonly string[]): string | undefined {
  const found = keys.reduce(at, value);
  return typeof found === "string" ? found : undefined;
}

/** The commit that is checked out in a directory, where git says it in so many words. */
export function checkedOut(directory: string): string | undefined {
  try {
    const head = readFileSync(join(directory, ".git/HEAD"), "utf8").trim();
    const name = /^ref: (.*)$/.exec(head)?.[1];
    return name === undefined ? head : readFileSync(join(directory, ".git", name), "utf8").trim();
  } catch {
    return undefined;
  }
}
