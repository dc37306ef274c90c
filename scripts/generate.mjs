// `npm run generate [-- --check]`: runs every `packages/*/generate/*.ts` and `scripts/generate/*.ts`, in the order of their paths.
// Each exports `generate(root): Promise<Map<path, text>>` (paths relative to the root); only files that differ are written.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { importBundled } from "./bundled.mjs";
import { filesBelow, packages, root, say } from "./workspace.mjs";

const check = process.argv.includes("--check");
const generators = filesBelow([...packages.map((name) => `packages/${name}/generate`), "scripts/generate"])
  .map((file) => file.path)
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"));
let stale = 0;
for (const generator of generators) {
  const { generate } = await importBundled(generator);
  if (generate === undefined) continue;
  for (const [path, text] of await generate(root)) {
    if (read(join(root, path)) === text) continue;
    stale++;
    say(`${check ? "out of date" : "written"}: ${path}`);
    if (check) continue;
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
process.exit(check && stale > 0 ? 1 : 0);

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
