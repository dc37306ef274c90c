// Runs a TypeScript module of `test/`, or a generator, outside the tests: bundled from the sources, with its own folder in `import.meta.dirname`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root, sources } from "./workspace.mjs";

/** What the module at a path, relative to the root, exports. */
export async function importBundled(path) {
  const folder = mkdtempSync(join(tmpdir(), "compose-harden-script-"));
  try {
    const outfile = join(folder, "main.mjs");
    await build({
      entryPoints: [join(root, path)],
      outfile,
      bundle: true,
      platform: "node",
      target: "node20.19",
      format: "esm",
      alias: sources(),
      define: { "import.meta.dirname": JSON.stringify(dirname(join(root, path))) },
      // Its name is no other import's.
      banner: {
        js: 'import { createRequire as $createRequire } from "node:module"; const require = $createRequire(import.meta.url);',
      },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
