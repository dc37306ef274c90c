import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { ensureAction } from "../../../scripts/program.mjs";
import { cached, isInstalled } from "../../../test/engine/machine.mjs";
import { type FakeGithub, SLUG } from "./github/server.js";

/** A runner program that runs workflows on this machine: https://github.com/nektos/act. */
const VERSION = "v0.2.89";

const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The path of act, built from its Go module once; otherwise why there is none. */
export async function findAct(): Promise<{ readonly path: string } | { readonly lack: string }> {
  if (process.platform === "win32") return { lack: "needs a shell" };
  if (!isInstalled("go")) return { lack: "needs Go, to build act" };
  try {
    const folder = await cached("act", VERSION, (unfinished: string) => {
      execFileSync("go", ["install", `github.com/nektos/act@${VERSION}`], {
        env: { ...process.env, GOBIN: unfinished },
        stdio: "pipe",
      });
    });
    return { path: join(folder, "act") };
  } catch (error) {
    return { lack: `act cannot be built: ${String(error)}` };
  }
}

/** The action as the tag of a release holds it: sources, and the bundle beside them. */
export async function releasedAction(): Promise<string> {
  await ensureAction();
  const folder = mkdtempSync(join(tmpdir(), "compose-harden-released-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of [
    "action.yml",
    "package.json",
    "scripts",
    "packages/action/package.json",
    "packages/action/dist",
  ]) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  return folder;
}

/** A workflow, and what GitHub starts it for. */
export interface Job {
  readonly act: string;
  /** Text of the workflow. */
  readonly workflow: string;
  /** Where the repository is checked out. */
  readonly workspace: string;
  readonly action: string;
  readonly eventName: string;
  readonly event: unknown;
  readonly github: FakeGithub;
  readonly env?: Readonly<Record<string, string>>;
}

/** A line of act's log, as far as it is read. */
interface Line {
  readonly msg?: string;
  /** Set for what a step printed. */
  readonly raw_output?: boolean;
  /** Set for workflow commands, outputs and the summary. */
  readonly command?: string;
  readonly kvPairs?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly arg?: string;
  readonly content?: string;
  readonly jobResult?: string;
}

/** What a run of a workflow left behind. */
export interface WorkflowRun {
  readonly result: string | undefined;
  /** What the steps printed; if the job did not come to its end, what act said too. */
  readonly log: string;
  readonly annotations: readonly Line[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Runs the workflow on this machine, without containers; what is used of GitHub is asked of the local server. */
export async function runWorkflow(job: Job): Promise<WorkflowRun> {
  const home = mkdtempSync(join(tmpdir(), "compose-harden-act-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const write = (name: string, text: string) => {
    writeFileSync(join(home, name), text);
    return join(home, name);
  };
  const { url } = job.github;
  const env = { GITHUB_API_URL: url, GITHUB_GRAPHQL_URL: `${url}/graphql`, GITHUB_REPOSITORY: SLUG, ...job.env };
  const args = [
    ...[job.eventName, "--json", ...["ubuntu-latest", "docker"].flatMap((name) => ["-P", `${name}=-self-hosted`])],
    ...["--workflows", write("workflow.yml", job.workflow)],
    ...["--eventpath", write("event.json", JSON.stringify(job.event))],
    ...["--local-repository", `OWNER/compose-harden@v0.1.0=${job.action}`],
    ...["--secret", "GITHUB_TOKEN=ghs_made_up_token"],
    ...Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
  ];
  const child = spawn(job.act, args, {
    cwd: job.workspace,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: home, XDG_CACHE_HOME: join(home, "cache") },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  await new Promise((done) => child.on("close", done));
  const lines = output.split("\n").flatMap((line) => (line === "" ? [] : [parsed(line)]));
  const result = lines.find(({ jobResult }) => jobResult !== undefined)?.jobResult;
  const named = (command: string) => lines.filter((line) => line.command === command);
  return {
    result,
    log: lines.map(({ msg = "", raw_output }) => (result === undefined || raw_output === true ? msg : "")).join(""),
    annotations: lines.filter(({ command = "" }) => ["error", "warning", "notice"].includes(command)),
    outputs: Object.fromEntries(named("set-output").map(({ name = "", arg = "" }) => [name, arg])),
    summary: named("summary")
      .map(({ content = "" }) => content)
      .join("\n"),
  };
}

function parsed(line: string): Line {
  try {
    return JSON.parse(line);
  } catch {
    return { msg: `${line}\n` };
  }
}
