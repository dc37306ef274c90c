// `node scripts/precision-sample.mjs [FOLDER] [--counts]`: findings of real projects, drawn with a fixed seed, each with its service's
// block, for a person to judge. The verdicts are kept in test/precision/sheet.json.
import { importBundled } from "./bundled.mjs";

const { run } = await importBundled("test/precision/main.ts");
run(process.argv.slice(2), (text) => process.stdout.write(text));
