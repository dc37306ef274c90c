// `node scripts/conformance.mjs diff [SUITE] | show ID [OUTPUT] | record [probes|corpus]`: the conformance suite by hand.
// `record` needs Go: it builds test/conformance/recorder, which is Docker Compose's own loader behind a line of JSON.
import { importBundled } from "./bundled.mjs";

const { run } = await importBundled("test/conformance/main.ts");
run(process.argv.slice(2));
