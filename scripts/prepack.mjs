// Before the program is packed: a fresh bundle, and the files that belong to every package (ignored by git there).
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { bundle } from "./bundle.mjs";
import { root } from "./workspace.mjs";

await bundle();
for (const file of ["README.md", "LICENSE"]) copyFileSync(join(root, file), join(root, "packages/cli", file));
