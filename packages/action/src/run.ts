import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import * as core from "@actions/core";
import { entriesOf, escapeText, PLAIN } from "@compose-harden/report";
import { fingerprintsBefore, textsBefore } from "./base.js";
import { type Api, connect, reasonOf } from "./client.js";
import { upload } from "./code-scanning.js";
import { comment } from "./commenting.js";
import { checkedOut, type Occasion, occasionFrom } from "./event.js";
import { type Environment, hostFor, optionsFrom } from "./host.js";
import { type Inputs, inputsFrom } from "./inputs.js";
import {
  destinationsFrom,
  displayFromRoot,
  EXIT,
  exitCodeOf,
  formatReport,
  type Host,
  type Inspection,
  type InspectOptions,
  inspect,
  version,
  withoutKnown,
  writeReports,
} from "./program.js";
import { type ChangedFiles, filesOfPull, filesOfRange, mergeBase } from "./pull.js";
import { annotate, failureOf, setOutputs, summarize } from "./results.js";

/** What one run works with. */
interface Run {
  readonly inputs: Inputs;
  readonly options: InspectOptions;
  readonly host: Host;
  /** Where the repository is checked out. */
  readonly root: string;
  readonly remote: Remote | undefined;
}

/** GitHub, and what it started the run for. */
interface Remote extends Occasion {
  readonly api: Api;
}

/** Runs the action in this process, as a runner started it. */
export async function run(env: Environment): Promise<void> {
  const started = new Date();
  const inputs = inputsFrom((name) => core.getInput(name));
  const root = realpathSync(env.GITHUB_WORKSPACE ?? process.cwd());
  const host = hostFor(resolve(root, inputs.workingDirectory), env, started);
  const current: Run = { inputs, options: optionsFrom(inputs), host, root, remote: remoteFor(inputs, env) };
  const { sarifFile, outputs } = inputs;
  const destinations = destinationsFrom(sarifFile === undefined ? outputs : [...outputs, `sarif=${sarifFile}`], host);

  const all = inspect(inputs.paths, current.options, host);
  const changed = await changedFiles(current);
  const inspection = await onlyNew(all, changed, current);
  const source = sourceOf(inspection);
  const look = { style: PLAIN, columns: 100 };
  process.stdout.write(await formatReport("text", source, host, look));

  const display = displayFromRoot(host.cwd);
  const entries = entriesOf(inspection.results, display);
  const reviewed =
    changed !== undefined && inputs.comments && current.remote?.pull !== undefined
      ? await comment(
          {
            inspection,
            entries,
            present: new Set(entriesOf(all.results, display).map(({ fingerprint }) => fingerprint)),
            isAllNew: inspection !== all,
            changed,
          },
          { ...current.remote, pull: current.remote.pull, host, root },
          inputs,
        )
      : undefined;
  annotate(entries, reviewed, inputs);
  await writeReports(destinations, source, host);
  const sarifId = inputs.uploadSarif ? await toCodeScanning(all, current, started) : undefined;
  if (inputs.summary) await summarize(await formatReport("markdown", source, host, look), env.GITHUB_STEP_SUMMARY);

  const code = exitCodeOf(inspection, current.options);
  setOutputs({ results: inspection.results, code, reviewed, sarifFile, sarifId });
  if (code !== EXIT.ok) core.setFailed(failureOf(inspection.results, code));
}

function remoteFor({ token }: Inputs, env: Environment): Remote | undefined {
  const occasion = occasionFrom(env);
  if (token === undefined || occasion === undefined || occasion.isForge) return undefined;
  return {
    ...occasion,
    api: connect({ token, url: occasion.url, version, env, say: (text) => core.info(escapeText(text)) }),
  };
}

function sourceOf({ results, reading }: Inspection) {
  return { results, projects: reading.projects, files: reading.files };
}

/** What the change touches; undefined where there is none, where nobody asks, or where GitHub does not tell. */
async function changedFiles({ inputs, remote, root }: Run): Promise<ChangedFiles | undefined> {
  if (remote === undefined || !(inputs.onlyNew || (inputs.comments && remote.pull !== undefined))) return undefined;
  const { api, repository, pull, range } = remote;
  try {
    if (pull === undefined) return range === undefined ? undefined : await filesOfRange(api, repository, range);
    const changed = await filesOfPull(api, repository, pull);
    // Where not the merge but the branch itself is checked out, it is to be compared with where it began.
    const isBranch = inputs.onlyNew && checkedOut(root) === pull.headSha;
    return isBranch ? { ...changed, base: await mergeBase(api, repository, pull) } : changed;
  } catch (error) {
    core.notice(`GitHub does not tell what this change touches: ${reasonOf(error)}`);
    return undefined;
  }
}

/** Only what the change brought, where that is asked for and can be told; otherwise the same inspection. */
async function onlyNew(all: Inspection, changed: ChangedFiles | undefined, current: Run): Promise<Inspection> {
  const { inputs, options, host, root, remote } = current;
  if (!inputs.onlyNew) return all;
  if (changed === undefined || !changed.isWhole || remote === undefined) {
    core.notice("`only-new`: there is nothing to compare with, so that everything is shown");
    return all;
  }
  try {
    const texts = await textsBefore(remote.api, remote.repository, changed, root, all);
    return withoutKnown(all, fingerprintsBefore(inputs.paths, options, host, texts), "there before this change", host);
  } catch (error) {
    core.notice(`\`only-new\`: the state before cannot be read, so that everything is shown: ${reasonOf(error)}`);
    return all;
  }
}

/** Uploads all findings: code scanning tells old from new by itself, and closes what a report does not hold. */
async function toCodeScanning(all: Inspection, { inputs, host, root, remote }: Run, started: Date) {
  if (remote === undefined) {
    core.notice("nothing is uploaded to code scanning: there is no token, or no code scanning");
    return undefined;
  }
  const { api, repository, pull } = remote;
  const isBranch = pull !== undefined && checkedOut(root) === pull.headSha;
  const { id, problem } = await upload(api, repository, {
    sarif: await formatReport("sarif", sourceOf(all), host, { style: PLAIN, columns: 100 }),
    category: inputs.sarifCategory,
    sha: isBranch ? pull.headSha : remote.sha,
    ref: isBranch ? `refs/pull/${pull.number}/head` : remote.ref,
    root,
    started,
  });
  if (problem !== undefined) core.notice(`code scanning: ${problem}`);
  return id;
}
