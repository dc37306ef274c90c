import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { type Docker, openDocker, removeTrial, trialMarks } from "@compose-harden/engine";

/** A trial that runs longer than this does not run any more. */
const LONGEST_MS = 24 * 3_600_000;
/** How long a watchdog looks for what a killed trial's `docker` still makes. */
const AFTERMATH_MS = 20_000;

/** The mark of this process's trial: on which machine, by which process, since when. */
export function newMark(): string {
  return [machine(), process.pid, Date.now(), randomBytes(4).toString("hex")].join(".");
}

function machine(): string {
  return hostname().replace(/[^\w-]/g, "-");
}

/** The folder of this machine that belongs to a trial; there only when files are to be shown that do not exist yet. */
export function folderOf(mark: string): string {
  return join(tmpdir(), `compose-harden-trial-${mark}`);
}

/** Removes everything that carries the mark. Returns how many things of the engine it removed. Throws `EngineError`. */
export async function removeAll(docker: Docker, mark: string): Promise<number> {
  rmSync(folderOf(mark), { recursive: true, force: true });
  return await removeTrial(docker, mark);
}

/** Removes what trials left that ended without doing so themselves. Returns how many things it removed. */
export async function removeLeftovers(docker: Docker): Promise<number> {
  let removed = 0;
  for (const mark of await trialMarks(docker)) if (isOver(mark)) removed += await removeAll(docker, mark);
  return removed;
}

/** True if the trial's process has ended; of another machine's, if it is too old to run. */
function isOver(mark: string): boolean {
  const [host, pid, since] = mark.split(".");
  if (Date.now() - Number(since) > LONGEST_MS) return true;
  if (host !== machine()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/**
 * Starts a process of its own that waits for the end of this one and then removes what it left: also after a SIGKILL. Returns
 * what tells it that nothing is left to do.
 */
export function startWatchdog(mark: string): () => void {
  const [, script = ""] = process.argv;
  const child = spawn(process.execPath, [script, "trial-watchdog", mark], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    windowsHide: true,
  });
  child.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  child.unref();
  return () => child.stdin.end("done");
}

/** What the watchdog does: its standard input ends with the process it watches. */
export async function watch(mark: string): Promise<void> {
  let said = "";
  for await (const chunk of process.stdin) said += chunk;
  if (said === "done") return;
  const docker = openDocker();
  for (const end = Date.now() + AFTERMATH_MS; Date.now() < end; ) {
    await removeAll(docker, mark).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
