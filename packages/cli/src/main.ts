import { escapeText } from "@compose-harden/report";
import { CommanderError } from "commander";
import { EXIT, type ExitCode, UsageError } from "./errors.js";
import { version } from "./generated/version.js";
import type { Host } from "./host.js";
import { type GlobalOptions, makeProgram, withExplicitValues } from "./program.js";
import { mayBeTerminal, outputStream } from "./stream.js";
import { screenOf } from "./terminal.js";

const output = outputStream(1);
const errors = outputStream(2);

/** Runs the command line of this process. */
async function main(): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  try {
    const program = makeProgram(
      makeHost,
      { writeOut: output.write, writeErr: (text) => errors.write(harmless(text)) },
      (result) => {
        code = result;
      },
    );
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
    // Asked only where it matters: few commands do, and each answer takes time.
    get isTerminal() {
      return mayBeTerminal(0) && process.stdin.isTTY === true && errors.isTTY;
    },
    print: output.write,
    say: errors.write,
    get out() {
      return screenOf(output, { flag: color, env });
    },
    get err() {
      return screenOf(errors, { flag: color, env });
    },
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
    errors.write(`error: ${harmless(error.message)}\n`);
    return EXIT.error;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  errors.write(
    `${harmless(stack)}\n\nThis is a bug in compose-harden ${version} (Node ${process.version}), not in your files. Please report it to its\nissue tracker with the lines above and, if you can share it, the Compose file.\n`,
  );
  return EXIT.error;
}

/** What was typed comes back in messages, and a script may have taken it from anywhere. */
function harmless(text: string): string {
  return text.split("\n").map(escapeText).join("\n");
}

void main().then((code) => {
  process.exitCode = code;
});
