import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { parse } from "yaml";
import { ensureAction } from "../../../scripts/program.mjs";
import type { GitRepository } from "./github/repository.js";
import { type FakeGithub, NUMBER, SLUG } from "./github/server.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const events = JSON.parse(readFileSync(fileURLToPath(new URL("github/events.json", import.meta.url)), "utf8"));
const manifest: { readonly inputs: Readonly<Record<string, { readonly default?: string }>> } = parse(
  readFileSync(join(root, "action.yml"), "utf8"),
);

let copy = "";

// A copy, so that a build meanwhile does not change it under a test.
beforeAll(async () => {
  await ensureAction();
  copy = mkdtempSync(join(tmpdir(), "compose-harden-action-bundle-"));
  for (const file of ["package.json", "action.js"]) cpSync(join(root, "packages/action/dist", file), join(copy, file));
}, 120_000);
afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** What a run left behind. */
export interface Ran {
  readonly code: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly workspace: string;
}

/** What a step of a workflow looks like to the action. */
export interface Step {
  readonly inputs?: Readonly<Record<string, string>>;
  /** Where the repository is checked out. */
  readonly workspace: string;
  readonly eventName?: string;
  readonly event?: unknown;
  readonly sha?: string;
  readonly ref?: string;
  readonly github?: FakeGithub;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the bundle as GitHub's runner does: its environment, its files, its event. */
export async function step({
  inputs = {},
  workspace,
  eventName = "push",
  event = {},
  sha,
  ref,
  github,
  env = {},
}: Step): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), "compose-harden-runner-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, text = "") => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const given = Object.entries(manifest.inputs).map(([name, info]) => {
    const fallback = info.default === "${{ github.token }}" ? "ghs_made_up_token" : (info.default ?? "");
    return [`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`, inputs[name] ?? fallback] as const;
  });
  for (const name of Object.keys(inputs)) if (!(name in manifest.inputs)) throw new Error(`no input ${name}`);
  const output = file("output");
  const summary = file("summary");
  const child = spawn(process.execPath, [join(copy, "action.js")], {
    cwd: workspace,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_WORKSPACE: workspace,
      GITHUB_REPOSITORY: SLUG,
      GITHUB_EVENT_NAME: eventName,
      GITHUB_EVENT_PATH: file("event.json", JSON.stringify(event)),
      GITHUB_SHA: sha,
      GITHUB_REF: ref,
      GITHUB_API_URL: github?.url ?? "http://127.0.0.1:9",
      GITHUB_GRAPHQL_URL: `${github?.url ?? "http://127.0.0.1:9"}/graphql`,
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_ENV: file("env"),
      GITHUB_PATH: file("path"),
      GITHUB_STATE: file("state"),
      GITHUB_TOKEN: "ghs_not_for_files",
      RUNNER_TEMP: folder,
      RUNNER_OS: "Linux",
      ...Object.fromEntries(given),
      ...env,
    },
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (log += text));
  const code = await new Promise<number | null>((done) => child.on("close", done));
  return {
    code,
    log,
    outputs: outputsIn(readFileSync(output, "utf8")),
    summary: readFileSync(summary, "utf8"),
    workspace,
  };
}

/** `NAME<<DELIMITER`, the value, the delimiter. */
function outputsIn(text: string): Readonly<Record<string, string>> {
  const found = [...text.matchAll(/^([^\n]*?)<<(ghadelimiter_\S+)\n([\s\S]*?)\n?\2\n/gm)];
  return Object.fromEntries(found.map(([, name, , value]) => [name ?? "", value ?? ""]));
}

/** The repository as `actions/checkout` leaves it for a pull request: the merge of its head into its base. */
export function checkout(
  repository: GitRepository,
  github: FakeGithub,
): { readonly workspace: string; readonly sha: string } {
  const workspace = mkdtempSync(join(tmpdir(), "compose-harden-workspace-"));
  onTestFinished(() => rmSync(workspace, { recursive: true, force: true }));
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.autocrlf=false", ...args], {
      cwd: workspace,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  git("clone", "-q", "--no-checkout", repository.folder, ".");
  git("checkout", "-q", "--detach", github.base);
  git("merge", "-q", "--no-ff", "-m", "merge", github.head);
  return { workspace, sha: git("rev-parse", "HEAD").trim() };
}

/** One run for the pull request as it stands. */
export async function runPull(
  repository: GitRepository,
  github: FakeGithub,
  inputs: Readonly<Record<string, string>> = {},
  more: Partial<Step> = {},
): Promise<Ran> {
  const { workspace, sha } = checkout(repository, github);
  return step({ ...pullEvent(github), workspace, sha, inputs, github, ...more });
}

/** The event of a push to the pull request, as GitHub sends it. */
export function pullEvent(github: FakeGithub): Pick<Step, "event" | "eventName" | "ref"> {
  const { pull_request: sample } = events;
  const { pull_request: pull } = sample;
  return {
    eventName: "pull_request",
    ref: `refs/pull/${NUMBER}/merge`,
    event: {
      ...sample,
      number: NUMBER,
      pull_request: {
        ...pull,
        number: NUMBER,
        head: { ...pull.head, sha: github.head },
        base: { ...pull.base, sha: github.base },
      },
    },
  };
}

/** The event of a push to a branch. */
export function pushEvent(before: string, after: string): Pick<Step, "event" | "eventName" | "ref" | "sha"> {
  return { eventName: "push", ref: "refs/heads/main", sha: after, event: { ...events.push, before, after } };
}
