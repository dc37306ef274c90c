// `node scripts/conformance.mjs diff [SUITE] | show ID [OUTPUT] | record [probes|corpus]`: the conformance suite by hand.
// `record` needs Go: it builds test/conformance/recorder, which is Docker Compose's own loader behind a line of JSON.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { root, sources } from "./workspace.mjs";

const folder = join(root, "test/conformance");
const outfile = join(folder, `.${process.pid}.mjs`);
try {
  await build({
    entryPoints: [join(folder, "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    alias: sources(),
    define: { "import.meta.dirname": JSON.stringify(folder) },
  });
  const { run } = await import(pathToFileURL(outfile).href);
  run(process.argv.slice(2));
} finally {
  rmSync(outfile, { force: true });
}
