// Packs the program as the registry would get it and looks at the result from outside: publint, attw, and a real installation.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pnpm, root, say } from "./workspace.mjs";

const folder = mkdtempSync(join(tmpdir(), "compose-harden-pack-"));
let failures = 0;
try {
  const { name, version } = JSON.parse(readFileSync(join(root, "packages/cli/package.json"), "utf8"));
  pnpm(["--filter", name, "pack", "--pack-destination", folder]);
  const tarball = join(folder, `${name}-${version}.tgz`);
  run("publint", join(root, "node_modules/.bin/publint"), ["run", tarball, "--strict"], folder);
  // The package is a program: it exports nothing that could be typed, only its manifest.
  run(
    "attw",
    join(root, "node_modules/.bin/attw"),
    [tarball, "--profile", "node16", "--exclude-entrypoints", "."],
    folder,
  );

  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "private": true }\n');
  run("install", "npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], project);
  const shown = run("run", join(project, "node_modules/.bin", name), ["--version"], project);
  if (shown.trim() !== version)
    fail("run", `\`${name} --version\` printed ${JSON.stringify(shown)}, expected ${version}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exit(failures > 0 ? 1 : 0);

function run(title, command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, npm_config_loglevel: "error" },
  });
  if (status === 0) say(`${title}: ok`);
  else fail(title, error?.message ?? `${stdout}${stderr}`);
  return stdout ?? "";
}

function fail(title, text) {
  failures++;
  say(`${title}: failed\n${text}`);
}
