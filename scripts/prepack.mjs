// Before the program is packed: a fresh bundle, and the README that the registry shows (ignored by git there).
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "./bundle.mjs";
import { root } from "./workspace.mjs";

await bundle();
copyFileSync(join(root, "README.md"), join(root, "packages/cli/README.md"));
