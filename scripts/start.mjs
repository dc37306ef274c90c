// `npm start -- ARGUMENTS`: installs and builds when needed, then runs the program as if it had been called directly.
import { pathToFileURL } from "node:url";
import { ensureProgram } from "./program.mjs";
import { install, isReleased, program, say } from "./workspace.mjs";

try {
  if (!isReleased(program)) {
    await install();
    await ensureProgram();
  }
} catch (error) {
  say(error.message);
  process.exit(2);
}
// npm runs scripts in the root folder; relative paths are meant from where the user stands.
if (process.env.npm_lifecycle_event === "start" && process.env.INIT_CWD !== undefined)
  process.chdir(process.env.INIT_CWD);
process.argv[1] = program;
await import(pathToFileURL(program).href);
