import * as core from "@actions/core";
import { escapeText } from "@compose-harden/report";
import { InputError } from "./inputs.js";
import { UsageError, version } from "./program.js";
import { run } from "./run.js";

run(process.env).catch((error: unknown) => {
  if (error instanceof UsageError || error instanceof InputError) core.setFailed(escapeText(error.message));
  else {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stdout.write(`${stack.split("\n").map(escapeText).join("\n")}\n`);
    core.setFailed(
      `a bug in compose-harden ${version} (Node ${process.version}), not in your files: please report the lines above`,
    );
  }
  core.setOutput("exit-code", 2);
});
