// `node scripts/side-by-side.mjs [FOLDER] [--compose-lint PROGRAM] [--kics PROGRAM --assets FOLDER]`: what other linters find in
// the Compose files below FOLDER (../shared/corpus), and whether it is found here too; a table by rule with the reason for each
// difference. The programs come from elsewhere (`pip install compose-lint`; `go build` of KICS's module, `cmd/console`, whose
// `assets` folder holds its queries); the name of a JSON report does in their place.
// Exit 1 when a finding of theirs is neither found nor explained: look at it, then write a rule, or a line in
// test/peers/explained.json.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { importBundled } from "./bundled.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "compose-lint": { type: "string" }, kics: { type: "string" }, assets: { type: "string", default: "" } },
});
const folder = resolve(positionals[0] ?? "../shared/corpus");
const reports = {
  ...(values["compose-lint"] === undefined ? {} : { "compose-lint": reportOf(values["compose-lint"], composeLint) }),
  ...(values.kics === undefined ? {} : { KICS: reportOf(values.kics, kics) }),
};
const { run } = await importBundled("test/peers/main.ts");
process.exitCode = run(folder, reports, (text) => process.stdout.write(text)) ? 0 : 1;
if (values["compose-lint"]?.endsWith(".json") === false)
  process.stdout.write(composeLintFixes(resolve(values["compose-lint"])));

function reportOf(name, run) {
  return name.endsWith(".json") ? readFileSync(name, "utf8") : run(resolve(name));
}

/** Each file by itself, as it stands. */
function composeLint(program) {
  const options = ["check", "--format", "json", "--no-merge-overrides", "--allow-partial-coverage", "-q"];
  return output(program, [...options, ...composeFiles()]);
}

/** How many of its findings it offers to mend. Its SARIF reports hold 5,000 findings at most, so it is asked in parts. */
function composeLintFixes(program) {
  const files = composeFiles();
  const options = ["check", "--format", "sarif", "--no-merge-overrides", "--allow-partial-coverage", "-q"];
  let [found, fixed] = [0, 0];
  for (let start = 0; start < files.length; start += 40) {
    const { runs } = JSON.parse(output(program, [...options, ...files.slice(start, start + 40)]));
    const results = runs.flatMap((run) => run.results);
    found += results.length;
    fixed += results.filter((result) => (result.fixes?.length ?? 0) > 0).length;
  }
  return `\ncompose-lint offers a fix for ${fixed} of ${found} findings (${((100 * fixed) / found).toFixed(1)} %).\n`;
}

/** Its Compose queries; its search for secrets in any text is not one of them. */
function kics(program) {
  const out = mkdtempSync(join(tmpdir(), "compose-harden-kics-"));
  const assets = ["--queries-path", resolve(values.assets, "queries/dockerCompose")];
  assets.push("--libraries-path", resolve(values.assets, "libraries"));
  try {
    const report = ["--output-path", out, "--output-name", "kics", "--report-formats", "json"];
    output(program, [
      "scan",
      "--path",
      ".",
      "--type",
      "DockerCompose",
      "--disable-secrets",
      "--ci",
      ...assets,
      ...report,
    ]);
    return readFileSync(join(out, "kics.json"), "utf8");
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function output(program, args) {
  const { stdout, error } = spawnSync(program, args, { cwd: folder, encoding: "utf8", maxBuffer: 2 ** 30 });
  if (error !== undefined) throw error;
  return stdout;
}

function composeFiles() {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ya?ml$/i.test(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => /^\s*["']?services["']?\s*:/m.test(readFileSync(join(folder, path), "utf8")))
    .sort();
}
