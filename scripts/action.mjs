// What a runner starts (`action.yml`): the bundled action, installed and built on first use where it does not come with the clone.
import { createRequire } from "node:module";
import { action, install, isReleased, say } from "./workspace.mjs";

if (!isReleased(action)) {
  try {
    await install();
    const { ensureAction } = await import("./program.mjs");
    await ensureAction();
  } catch (error) {
    say(
      `${error.message}\nthis revision holds sources only, and building it needs npm on the path: use the tag of a release`,
    );
    process.exit(1);
  }
}
createRequire(import.meta.url)(action);
