// `npm run generate [-- --check]`: runs every `packages/*/generate/*.ts` and `scripts/generate/*.ts`, in the order of their paths.
// Each exports `generate(root): Promise<Map<path, text>>` (paths relative to the root); only files that differ are written.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { filesBelow, packages, root, say, sources } from "./workspace.mjs";

const check = process.argv.includes("--check");
const generators = filesBelow([...packages.map((name) => `packages/${name}/generate`), "scripts/generate"])
  .map((file) => file.path)
  .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"));
let stale = 0;
for (const generator of generators) {
  const { generate } = await load(generator);
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

/** Generators are TypeScript and may read the sources of the packages, so each is bundled before it runs. */
async function load(generator) {
  // A name of its own for each: a module is imported once.
  const outfile = join(root, dirname(generator), `.${basename(generator)}.${process.pid}.mjs`);
  try {
    await build({
      entryPoints: [join(root, generator)],
      outfile,
      bundle: true,
      platform: "node",
      target: "node20.19",
      format: "esm",
      alias: sources(),
      banner: {
        js: 'import { createRequire as $createRequire } from "node:module"; const require = $createRequire(import.meta.url);',
      },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(outfile, { force: true });
  }
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
