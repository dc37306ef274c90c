// `node scripts/tag-release.mjs`: tags the checked-out commit as the release of its version, on a commit of its own that also holds the
// bundled program and action: hook and action then run from a clone of the tag with nothing but Node. `--push` pushes the tag, and takes
// one that is there already for done: the release workflow runs it after each publishing.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { action, install, program, root, say } from "./workspace.mjs";

const { version } = JSON.parse(readFileSync(join(root, "packages/cli/package.json"), "utf8"));
const tag = `v${version}`;
const folder = mkdtempSync(join(tmpdir(), "compose-harden-release-"));
const pushes = process.argv.includes("--push");
try {
  if (pushes && git("tag", "--list", tag) !== "") say(`${tag} is there already`);
  else tagRelease(await bundled());
} catch (error) {
  say(error.message);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Makes both bundles from what is committed; the folders they are in. */
async function bundled() {
  if (git("status", "--porcelain") !== "") throw new Error("commit your changes first: a release is what is committed");
  if (git("tag", "--list", tag) !== "") throw new Error(`there is a tag ${tag} already`);
  await install();
  const { bundle, bundleAction } = await import("./bundle.mjs");
  await bundle();
  await bundleAction();
  return [dirname(program), dirname(action)];
}

function tagRelease(folders) {
  // An index of its own: the work tree and the branch stay as they are.
  const index = { GIT_INDEX_FILE: join(folder, "index") };
  git(["read-tree", "HEAD"], index);
  git(["add", "--force", "--", ...folders], index);
  const tree = git(["write-tree"], index);
  const commit = git("commit-tree", tree, "-p", "HEAD", "-m", `release ${version}`);
  git("tag", "-a", tag, "-m", `compose-harden ${version}`, commit);
  if (pushes) git("push", "origin", tag);
  say(`${tag} is ${commit}${pushes ? ", and pushed" : `: push it with \`git push origin ${tag}\``}`);
}

function git(...words) {
  const [args, env] = Array.isArray(words[0]) ? words : [words, {}];
  const { status, stdout, stderr, error } = spawnSync("git", args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...env },
  });
  if (error !== undefined || status !== 0) throw new Error(error?.message ?? `git ${args[0]}: ${stderr.trim()}`);
  return stdout.trim();
}
