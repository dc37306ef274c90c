import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe } from "vitest";

/** Why there is no engine to test with, or undefined. */
const missing =
  process.env.COMPOSE_HARDEN_RUN === undefined
    ? (process.env.TEST_ENGINE_SKIP ?? "runs by `npm run test:engine`")
    : undefined;

/** Tests that need the suite's own container engine; skipped by name, with the reason, where there is none. */
export function describeEngine(name: string, body: () => void): void {
  if (missing === undefined) describe(name, body);
  else describe.skip(`${name} (skipped: ${missing})`, body);
}

/** What a command printed on both streams, and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command while others run, two minutes at most. */
export function command(name: string, args: readonly string[], cwd?: string): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(name, args, { cwd, encoding: "utf8", timeout: 120_000, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === "number" ? error.code : 124, stdout, stderr });
    });
  });
}

/** Runs a command and waits, two minutes at most. */
export function attempt(command: string, args: readonly string[], cwd?: string): Outcome {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    timeout: 120_000,
    maxBuffer: 2 ** 26,
  });
  return { code: status ?? 124, stdout, stderr };
}

/** What `docker` prints for these arguments; throws if it fails. */
export function docker(...args: readonly string[]): string {
  return execFileSync("docker", args, {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    stdio: ["ignore", "pipe", "pipe"],
  }).trim();
}

/** Names of everything that Docker keeps: containers, networks and volumes, for a comparison of before and after. */
export function kept(): readonly string[] {
  return [
    ...docker("ps", "-a", "--format", "container {{.Names}}").split("\n"),
    ...docker("network", "ls", "--format", "network {{.Name}}").split("\n"),
    ...docker("volume", "ls", "--format", "volume {{.Name}}").split("\n"),
  ]
    .filter((line) => line !== "")
    .sort();
}

/** A Compose project in a temporary folder. */
export interface Stack {
  readonly folder: string;
  /** `docker compose` in the folder; throws if it fails. */
  compose(...args: readonly string[]): string;
  /** `docker compose` in the folder, whatever comes of it. */
  attempt(...args: readonly string[]): Outcome;
  /** The container of a service. */
  container(service: string): string;
  /** Stops and removes everything of the project and the folder. */
  remove(): void;
}

/** Writes the files of a project (path → text, `compose.yaml` among them); nothing is started. */
export function stack(files: Readonly<Record<string, string>>): Stack {
  const folder = mkdtempSync(join(tmpdir(), "stack-"));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const compose = (...args: readonly string[]) => attempt("docker", ["compose", ...args], folder);
  return {
    folder,
    attempt: compose,
    compose(...args) {
      const { code, stdout, stderr } = compose(...args);
      if (code !== 0) throw new Error(`docker compose ${args.join(" ")}: exit code ${code}\n${stdout}${stderr}`);
      return stdout.trim();
    },
    container(service) {
      return this.compose("ps", "-a", "-q", service);
    },
    remove() {
      compose("down", "--volumes", "--remove-orphans", "--timeout", "2");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
