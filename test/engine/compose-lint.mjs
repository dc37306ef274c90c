// compose-lint, a peer whose fixes are run beside ours.
import { join } from "node:path";
import { say } from "../../scripts/workspace.mjs";
import { cached, run } from "./machine.mjs";

const version = "0.36.2";

/** The program in a virtual environment of its own, or undefined where Python cannot make one: the comparison is left out. */
export async function installComposeLint() {
  try {
    const folder = await cached("compose-lint", version, (unfinished) => {
      say(`installing compose-lint ${version} (once)`);
      run("python3", ["-m", "venv", unfinished]);
      run(join(unfinished, "bin", "pip"), ["install", "--quiet", `compose-lint==${version}`]);
      // Its own starter names the folder it was made in, which is moved afterwards.
      run("sh", [
        "-c",
        'printf \'#!/bin/sh\\nexec "$(dirname "$0")/python3" -m compose_lint "$@"\\n\' >"$1"',
        "sh",
        join(unfinished, "bin", "compose-lint"),
      ]);
    });
    return join(folder, "bin", "compose-lint");
  } catch (error) {
    say(`no comparison with compose-lint: ${error.message.split("\n").at(-1)}`);
    return undefined;
  }
}
