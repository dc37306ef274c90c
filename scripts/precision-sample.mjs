// `node scripts/precision-sample.mjs [FOLDER] [--counts]`: findings of real projects, drawn with a fixed seed, each with its service's
// block, for a person to judge. The verdicts are kept in test/precision/sheet.json.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root, sources } from "./workspace.mjs";

const folder = mkdtempSync(join(tmpdir(), "compose-harden-precision-"));
try {
  const outfile = join(folder, "main.mjs");
  await build({
    entryPoints: [join(root, "test/precision/main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    alias: sources(),
    define: { "import.meta.dirname": JSON.stringify(join(root, "test/precision")) },
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  const { run } = await import(pathToFileURL(outfile).href);
  run(process.argv.slice(2), (text) => process.stdout.write(text));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
