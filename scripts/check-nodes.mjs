// `node scripts/check-nodes.mjs [VERSION…]`: packs the program and tries the package on every Node that it supports: `npx ./compose-harden.tgz`, and the
// tests of the command line against the packed file. The Nodes come from the registry, as packages that hold the binary.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pnpm, root, say } from "./workspace.mjs";

/** The oldest supported release of each line (`engines` of package.json), and the newest of the others. */
const VERSIONS = process.argv.length > 2 ? process.argv.slice(2) : ["20.19.0", "22", "24"];
const TESTS = ["check", "config", "explain", "fix", "json", "launch", "output"].map(
  (name) => `test/cli/${name}.test.ts`,
);

const folder = mkdtempSync(join(tmpdir(), "compose-harden-nodes-"));
let failures = 0;
try {
  const { name, version } = JSON.parse(readFileSync(join(root, "packages/cli/package.json"), "utf8"));
  pnpm(["--filter", name, "pack", "--pack-destination", folder]);
  const tarball = join(folder, `${name}-${version}.tgz`);
  const { scripts = {} } = JSON.parse(run("tar", ["-xzOf", tarball, "package/package.json"], folder));
  const atInstall = Object.keys(scripts).filter((script) => /^(?:pre|post)?install$|^prepare$/.test(script));
  if (atInstall.length > 0) fail("package", `runs scripts at installation: ${atInstall.join(", ")}`);
  for (const node of VERSIONS) tryOn(node, tarball, version);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failures > 0 ? 1 : 0);

function tryOn(node, tarball, version) {
  const home = join(folder, node);
  const project = join(home, "project");
  mkdirSync(project, { recursive: true });
  const binary = `node-${process.platform}-${process.arch}`;
  run("npm", ["install", "--prefix", home, "--no-audit", "--no-fund", "--loglevel=error", `${binary}@${node}`], home);
  const env = { PATH: `${join(home, "node_modules", binary, "bin")}${delimiter}${process.env.PATH}` };
  const actual = run("node", ["--version"], home, env).trim();
  // npx reads relative names from the nearest folder with a manifest.
  writeFileSync(join(project, "package.json"), '{ "private": true }\n');
  writeFileSync(join(project, "compose.yaml"), "services:\n  web:\n    image: nginx:1.27\n    ports: ['8080:80']\n");
  // By a relative name, as people type it: npx takes an absolute one for a program.
  copyFileSync(tarball, join(project, "package.tgz"));
  const npx = (...args) => run("npx", ["--yes", "./package.tgz", ...args], project, env);
  if (npx("--version").trim() !== version) fail(actual, "`npx FILE --version` does not print the version");
  if (!npx("fix").includes("+    ports: ['127.0.0.1:8080:80']"))
    fail(actual, "`npx FILE fix` does not print the patch");
  const unpacked = join(home, "unpacked");
  mkdirSync(unpacked);
  run("tar", ["-xzf", tarball, "-C", unpacked], home);
  run("node", [join(root, "node_modules/vitest/vitest.mjs"), "run", ...TESTS], root, {
    ...env,
    TEST_PROGRAM: join(unpacked, "package/dist"),
  });
  say(`${actual}: npx and the tests of the command line: ${failures === 0 ? "ok" : "see above"}`);
}

function run(command, args, cwd, env = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, TEST_LONG: "", TEST_RESULTS: "", ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0)
    fail(`${command} ${args.slice(0, 3).join(" ")}`, error?.message ?? `${stdout}${stderr}`.slice(-4000));
  return stdout ?? "";
}

function fail(title, text) {
  failures++;
  say(`${title}: failed\n${text}`);
}
