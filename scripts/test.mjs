// `npm test [-- FILTERS]`: installs when needed, then runs the default suite; `--long` runs the long suites instead.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { install, root, say } from "./workspace.mjs";

try {
  await install();
} catch (error) {
  say(error.message);
  process.exit(2);
}
const long = process.argv.includes("--long");
const filters = process.argv.slice(2).filter((argument) => argument !== "--long");
const { status } = spawnSync(process.execPath, [join(root, "node_modules/vitest/vitest.mjs"), "run", ...filters], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, ...(long ? { TEST_LONG: "1" } : {}) },
});
process.exit(status ?? 1);
