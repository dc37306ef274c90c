import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { type Api, reasonOf } from "./client.js";
import type { Repository } from "./event.js";

/** What code scanning is told. */
export interface Upload {
  /** The report as JSON. */
  readonly sarif: string;
  readonly category: string | undefined;
  readonly sha: string;
  readonly ref: string;
  /** Where the repository is checked out. */
  readonly root: string;
  readonly started: Date;
}

/** What became of an upload. */
export interface Uploaded {
  readonly id: string | undefined;
  /** Why it failed, or is not done yet. */
  readonly problem: string | undefined;
}

/** GitHub's limit for the packed report, in bytes. https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning */
const MAX_BYTES = 10 * 1024 * 1024;
/** Looks at the state, and seconds between them. */
const LOOKS = 12;
const BETWEEN = 5;

/** Uploads a report and waits, for a bounded time, until code scanning has read it. Never throws. */
export async function upload(api: Api, { owner, repo }: Repository, what: Upload): Promise<Uploaded> {
  const packed = gzipSync(withCategory(what.sarif, what.category));
  if (packed.length > MAX_BYTES) {
    const size = (packed.length / 1024 / 1024).toFixed(1);
    return { id: undefined, problem: `the packed report has ${size} MiB, and code scanning takes 10` };
  }
  let id: string | undefined;
  try {
    const { data } = await api.request("POST /repos/{owner}/{repo}/code-scanning/sarifs", {
      owner,
      repo,
      commit_sha: what.sha,
      ref: what.ref,
      sarif: packed.toString("base64"),
      checkout_uri: pathToFileURL(what.root).href,
      started_at: what.started.toISOString(),
      tool_name: "compose-harden",
    });
    id = data?.id;
    return { id, problem: id === undefined ? undefined : await outcomeOf(api, { owner, repo }, id) };
  } catch (error) {
    return { id, problem: reasonOf(error) };
  }
}

async function outcomeOf(api: Api, { owner, repo }: Repository, id: string): Promise<string | undefined> {
  for (let look = 1; look <= LOOKS; look++) {
    const { data } = await api.request("GET /repos/{owner}/{repo}/code-scanning/sarifs/{sarif_id}", {
      owner,
      repo,
      sarif_id: id,
    });
    if (data.processing_status === "complete") return undefined;
    if (data.processing_status === "failed") return `code scanning refused it: ${(data.errors ?? []).join("; ")}`;
    if (look < LOOKS) await sleep(BETWEEN * 1000);
  }
  return `code scanning has not read it after ${(LOOKS - 1) * BETWEEN} s`;
}

/** Of several reports for one commit, code scanning keeps one for each category. */
function withCategory(sarif: string, category: string | undefined): string {
  if (category === undefined) return sarif;
  const log: { readonly runs: readonly object[] } = JSON.parse(sarif);
  const automationDetails = { id: `${category.replace(/\/*$/, "")}/` };
  return JSON.stringify({ ...log, runs: log.runs.map((run) => ({ ...run, automationDetails })) });
}
