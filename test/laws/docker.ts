import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Entry, Json } from "@compose-harden/model";
import { isList, isMap } from "@compose-harden/model";

const SOURCE = join(import.meta.dirname, "../../../shared/loading/oracle");

/** True where Docker's own loader can be built: with Go, and with the program that wraps it. */
export const hasDockerLoader: boolean =
  existsSync(SOURCE) && spawnSync("go", ["version"], { stdio: "ignore" }).status === 0;

/** Docker's own loader in a process of its own. */
export interface DockerLoader {
  /** The canonical project of all profiles with all resources; undefined when Docker refuses it. */
  load(entry: Entry): Promise<Json | undefined>;
  stop(): void;
}

/** Builds and starts Docker's own loader. */
export function startDockerLoader(): DockerLoader {
  const program = join(mkdtempSync(join(tmpdir(), "compose-harden-oracle-")), "oracle");
  execFileSync("go", ["build", "-o", program, "."], { cwd: SOURCE, stdio: "inherit" });
  let process: ChildProcess | undefined;
  let waiting: ((line: string | undefined) => void) | undefined;
  const start = (): ChildProcess => {
    const child = spawn(program, ["-stdin", "-outputs", "all"], { stdio: ["pipe", "pipe", "inherit"] });
    createInterface({ input: child.stdout }).on("line", (line) => waiting?.(line));
    // It ends itself when a project takes too long.
    child.on("exit", () => {
      if (process === child) process = undefined;
      waiting?.(undefined);
    });
    return child;
  };
  return {
    load: async (entry) => {
      process ??= start();
      const answer = new Promise<string | undefined>((resolve) => {
        waiting = resolve;
      });
      const request = { dir: entry.cwd, files: entry.files ?? [], env: entry.env ?? {}, outputs: ["all"] };
      process.stdin?.write(`${JSON.stringify(request)}\n`);
      const line = await answer;
      const outcome = line === undefined ? undefined : JSON.parse(line).outputs?.all;
      return outcome?.ok ? undoubled(outcome.project) : undefined;
    },
    stop: () => {
      process?.kill();
    },
  };
}

/** Docker prints `$` twice, so that its output can be read again. */
function undoubled(value: Json): Json {
  if (typeof value === "string") return value.replaceAll("$$", "$");
  if (isList(value)) return value.map(undoubled);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, undoubled(item)]));
}
