import { CommanderError } from "commander";
import { EXIT, type ExitCode, UsageError } from "./errors.js";
import { version } from "./generated/version.js";
import type { Host } from "./host.js";
import { type GlobalOptions, makeProgram, withExplicitValues } from "./program.js";
import { screenOf } from "./terminal.js";

/** Runs the command line of this process. */
async function main(): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  try {
    const program = makeProgram(makeHost, (result) => {
      code = result;
    });
    await program.parseAsync(withExplicitValues(process.argv.slice(2)), { from: "user" });
    return code;
  } catch (error) {
    return explainFailure(error);
  }
}

function makeHost({ color }: GlobalOptions): Host {
  const env = definedOnly(process.env);
  return {
    cwd: process.cwd(),
    today: localDate(new Date()),
    env,
    isTerminal: process.stdin.isTTY === true && process.stderr.isTTY === true,
    print: (text) => process.stdout.write(text),
    say: (text) => process.stderr.write(text),
    out: screenOf(process.stdout, { flag: color, env }),
    err: screenOf(process.stderr, { flag: color, env }),
  };
}

function definedOnly(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function localDate(now: Date): string {
  const pad = (number: number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
}

/** A mistake gets one line; anything else is a bug and shows its stack. */
function explainFailure(error: unknown): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.error;
  if (error instanceof UsageError) {
    process.stderr.write(`error: ${error.message}\n`);
    return EXIT.error;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `${stack}\n\nThis is a bug in compose-harden ${version} (Node ${process.version}), not in your files. Please report it to its\nissue tracker with the lines above and, if you can share it, the Compose file.\n`,
  );
  return EXIT.error;
}

// A reader that stops early (`| head`) is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
}

void main().then((code) => {
  process.exitCode = code;
});
