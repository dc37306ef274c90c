// `npm run test:engine [-- FILTERS]`: runs the tests that need a container engine beside one that the suite starts for itself.
// `npm run test:engine -- --shell [COMMAND…]` opens a shell, or runs a command, at the place where the tests run.
//
// The tests and the engine live in namespaces of their own (network, mounts, processes): no port, socket, container or firewall rule of the
// machine is seen or touched, and the kernel ends everything with the last process that started it, also after a SIGKILL.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureProgram } from "../../scripts/program.mjs";
import { install, root, say } from "../../scripts/workspace.mjs";
import { buildCompose } from "./compose.mjs";
import { installComposeLint } from "./compose-lint.mjs";
import { buildImages } from "./images.mjs";
import { cache, prepareMachine, run, Unavailable } from "./machine.mjs";

const name = `compose-harden-${process.pid}`;
const folder = join(cache, "runs", String(process.pid));
const filters = process.argv.slice(2);
const vitest = [process.execPath, join(root, "node_modules/vitest/vitest.mjs"), "run"];

try {
  await install();
  await ensureProgram();
} catch (error) {
  say(error.message);
  process.exit(2);
}
process.exitCode = await main();

async function main() {
  let spaces;
  try {
    spaces = await prepare();
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    say(`the engine suite is skipped: ${error.message}`);
    return await finished([...vitest, ...filters], { TEST_ENGINE: "1", TEST_ENGINE_SKIP: error.message });
  }
  try {
    return await finished(["setpriv", "--pdeathsig", "KILL", "unshare", ...spaces], {
      TEST_ENGINE: "1",
      COMPOSE_HARDEN_RUN: name,
      COMPOSE_HARDEN_RUN_FOLDER: folder,
      DOCKER_CONFIG: join(folder, "config"),
      DOCKER_HOST: undefined,
      DOCKER_CONTEXT: undefined,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    removeGroups((group) => group === name);
  }
}

/** Everything that needs the network happens here, before the tests lose it. */
async function prepare() {
  prepareMachine();
  removeLeftovers();
  const [compose, images] = await both(buildCompose(), buildImages(name));
  const composeLint = await installComposeLint();
  mkdirSync(join(folder, "config", "cli-plugins"), { recursive: true });
  symlinkSync(join(compose, "docker-compose"), join(folder, "config", "cli-plugins", "docker-compose"));
  copyData(join(images, "data"), join(folder, "data"));
  const inside = fileURLToPath(new URL("inside.mjs", import.meta.url));
  const command =
    filters[0] === "--shell" ? (filters.length > 1 ? filters.slice(1) : ["bash"]) : [...vitest, ...filters];
  if (composeLint !== undefined) process.env.COMPOSE_HARDEN_COMPOSE_LINT = composeLint;
  return ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", process.execPath, inside, ...command];
}

/** A copy of an engine's data: layers are never written to again, so that links to their files are enough. */
function copyData(from, to) {
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    const how = ["overlay2", "vfs"].includes(name) ? "-al" : "-a";
    run("cp", [how, join(from, name), join(to, name)]);
  }
}

/** Both results, or the first error once both have ended. */
async function both(...promises) {
  await Promise.allSettled(promises);
  return await Promise.all(promises);
}

async function finished([command, ...args], variables) {
  const env = { ...process.env, ...variables };
  for (const [key, value] of Object.entries(env)) if (value === undefined) delete env[key];
  const child = spawn(command, args, { cwd: root, stdio: "inherit", env });
  // A signal to this process alone reaches the tests too; one from the keyboard reaches everybody.
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  process.on("SIGINT", () => {});
  return await new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve(code ?? 1));
  });
}

/** Folders and control groups of runs that were killed. */
function removeLeftovers() {
  const isRunning = (pid) => existsSync(`/proc/${pid}`);
  const runs = join(cache, "runs");
  for (const pid of existsSync(runs) ? readdirSync(runs) : []) {
    if (!isRunning(pid)) rmSync(join(runs, pid), { recursive: true, force: true });
  }
  removeGroups((group) => /^compose-harden-\d+$/.test(group) && !isRunning(group.slice("compose-harden-".length)));
}

function removeGroups(isOurs) {
  const top = "/sys/fs/cgroup";
  const remove = (path) => {
    try {
      for (const entry of readdirSync(path, { withFileTypes: true }))
        if (entry.isDirectory()) remove(join(path, entry.name));
      rmdirSync(path);
    } catch {
      // Still in use, or not ours to remove: it holds no process and costs nothing.
    }
  };
  const parents = existsSync(join(top, "cgroup.controllers"))
    ? [top]
    : readdirSync(top).map((controller) => join(top, controller));
  for (const parent of parents) for (const group of readdirSync(parent).filter(isOurs)) remove(join(parent, group));
}
