import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, onTestFinished } from "vitest";

/** `TEST_PROGRAM` is a folder with the program of a package, to test that one instead. */
const dist = process.env.TEST_PROGRAM || fileURLToPath(new URL("../../packages/cli/dist", import.meta.url));

/** The bundled program as users run it; a copy, so that a build meanwhile does not change it under a long test. */
export const program: string = copyOf("compose-harden.js");

function copyOf(name: string): string {
  const directory = mkdtempSync(join(tmpdir(), "compose-harden-program-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  for (const file of ["package.json", name]) {
    cpSync(join(dist, file), join(directory, file), { preserveTimestamps: true });
  }
  return join(directory, name);
}

/** Compiled code goes here, not to the home of whoever runs the tests. */
const cache: string = fileURLToPath(new URL("../../node_modules/.cache/compose-harden", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** Runs the program without the caller's environment, so that no variable of this machine counts. */
export function run(args: readonly string[], { cwd, input, env, timeout = 60_000 }: RunOptions = {}): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    input: input ?? "",
    env: { PATH: process.env.PATH ?? "", XDG_CACHE_HOME: cache, ...env },
    encoding: "utf8",
    timeout,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { code: status, out: stdout, err: stderr };
}

/** A directory with the given files, removed after the test; names may hold `/`. */
export function folder(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), "compose-harden-test-"));
  onTestFinished(() => {
    chmodSync(directory, 0o700);
    rmSync(directory, { recursive: true, force: true });
  });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}

/** A small stack with one safe finding and some unsafe ones. */
export const OPEN_STACK = `services:
  web:
    image: nginx:1.27
    ports:
      - "8080:80"
`;
