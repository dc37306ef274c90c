// `node scripts/fresh-machine.mjs [--root DIR] [--without-tests]`: runs the shell blocks of the README and the documentation as they are
// printed, on a machine with nothing but Node and git: a Debian made by debootstrap, entered with chroot. Builds the Dockerfile's image
// on that Debian with an engine of its own, and runs it as the Dockerfile says. Needs Linux, root and debootstrap; says so and does nothing
// elsewhere. DIR keeps the Debian for the next time. `--without-tests` leaves out `npm test` and its like.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { startDaemon } from "../test/engine/daemon.mjs";
import { pnpm, root, say } from "./workspace.mjs";

const { values } = parseArgs({ options: { root: { type: "string" }, "without-tests": { type: "boolean" } } });

/** Pages with blocks for a shell. */
const PAGES = ["README.md", "CONTRIBUTING.md", "docs/ci.md", "docs/cli.md", "docs/formats.md", "docs/estates.md"];
const CERTIFICATES = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "GIT_SSL_CAINFO"];
const IDENTITY = "-c user.name=t -c user.email=t@example.org";
/** What a line needs that such a machine does not have. */
const BEYOND = [
  [/ -i\b| --interactive\b/, "a terminal"],
  [/--verify docker|^docker |compose-harden (?:observe|verify|trial)/, "Docker"],
  [/^\.ci\/run/, "all other tools of the tests"],
  [/^source <\(/, "a shell of its own"],
];

if (process.platform !== "linux" || process.getuid() !== 0 || !has("debootstrap") || !has("apt-get")) {
  say("skipped: a fresh machine needs Linux, root, debootstrap and apt");
  process.exit(0);
}
const machine = values.root ?? mkdtempSync(join(tmpdir(), "compose-harden-machine-"));
mkdirSync(machine, { recursive: true });
// Its root folder is that of a machine: others may enter it.
chmodSync(machine, 0o755);
let failures = 0;
try {
  if (!existsSync(join(machine, "etc/debian_version"))) makeDebian();
  giveNode();
  const archive = imageOf(machine);
  giveClone();
  await tryImage(archive);
  for (const page of PAGES) tryPage(page);
} finally {
  if (values.root === undefined) rmSync(machine, { recursive: true, force: true });
}
say(failures === 0 ? "every block ran as printed" : `${failures} lines failed`);
process.exit(failures === 0 ? 0 : 1);

function has(command) {
  return spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;
}

/** From where this machine takes its packages. */
function makeDebian() {
  const targets = must("apt-get", ["indextargets", "--format", "$(REPO_URI) $(RELEASE)"]).split("\n");
  const [uri, release] = (
    targets.find((line) => line.includes("/debian") && !/security|updates/.test(line)) ?? ""
  ).split(" ");
  must("debootstrap", ["--variant=minbase", "--include=ca-certificates,git", release, machine, uri]);
}

/** Node and npm as they run here, and how this machine reaches the registry. */
function giveNode() {
  const bin = join(machine, "usr/local/bin");
  cpSync(realpathSync(process.execPath), join(bin, "node"));
  if (!existsSync(join(machine, "home/node")))
    must("chroot", [machine, "useradd", "--uid", "1000", "--create-home", "node"]);
  const npm = join(must("npm", ["root", "--global"]).trim(), "npm");
  cpSync(realpathSync(npm), join(machine, "usr/local/lib/node_modules/npm"), { recursive: true, dereference: true });
  for (const name of ["npm", "npx"]) {
    rmSync(join(bin, name), { force: true });
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, join(bin, name));
  }
  const files = [
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/npmrc",
    join(homedir(), ".npmrc"),
    ...CERTIFICATES.map((name) => process.env[name]),
  ];
  for (const file of files) {
    if (file === undefined || !existsSync(file)) continue;
    mkdirSync(dirname(join(machine, file)), { recursive: true });
    cpSync(realpathSync(file), join(machine, file), { recursive: true });
  }
}

/** This repository as a clone of it, the package as a user installs it, and a repository with stacks to try it on. */
function giveClone() {
  const names = must("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], root).split("\0");
  rmSync(join(machine, "clone"), { recursive: true, force: true });
  for (const name of names) {
    if (name !== "" && existsSync(join(root, name)))
      cpSync(join(root, name), join(machine, "clone", name), { recursive: true });
  }
  pnpm(["--filter", "compose-harden", "pack", "--pack-destination", join(machine, "root")]);
  const tarball = readdirSync(join(machine, "root")).find((name) => name.endsWith(".tgz"));
  inside(
    "install",
    `npm install --global --loglevel=error /root/${tarball} && git init -q /clone && git -C /clone add -A && git -C /clone ${IDENTITY} commit -qm x`,
    "/",
  );
}

/** The Debian with its Node, as an image's files. */
function imageOf(folder) {
  const archive = join(mkdtempSync(join(tmpdir(), "compose-harden-image-")), "node.tar");
  must("tar", [
    "-C",
    folder,
    "-cf",
    archive,
    ...["clone", "stack", "proc", "dev"].map((name) => `--exclude=./${name}`),
    ".",
  ]);
  return archive;
}

/** Builds the image by the command at the head of the Dockerfile, and runs it by the other one there. */
async function tryImage(archive) {
  const folder = dirname(archive);
  try {
    if (!has("dockerd") || !has("docker")) return say("Dockerfile: skipped, needs a container engine");
    const text = readFileSync(join(root, "Dockerfile"), "utf8");
    const [, build, start] = /(docker build .*?) && (docker run .*? compose-harden) check/.exec(
      text.replaceAll("\n# ", " "),
    );
    const [, base] = /^ARG NODE_IMAGE=(\S+)$/m.exec(text);
    const group = `compose-harden-${process.pid}`;
    const daemon = await startDaemon({ folder, data: join(folder, "data"), network: false, group });
    try {
      const docker = (title, command, place, codes = [0]) =>
        tried(title, command, codes, "sh", ["-c", command], {
          cwd: join(machine, place),
          env: { ...process.env, DOCKER_HOST: daemon.host, DOCKER_BUILDKIT: "0", PWD: join(machine, place) },
        });
      const variables = CERTIFICATES.flatMap((name) =>
        process.env[name] === undefined ? [] : [`ENV ${name}=${process.env[name]}`],
      );
      must("docker", ["-H", daemon.host, "import", ...variables.flatMap((line) => ["--change", line]), archive, base]);
      // The engine has no network of its own; building needs one.
      docker("Dockerfile", build.replace("docker build", "docker build --quiet --network host"), "clone");
      const place = freshStack();
      docker("Dockerfile", `${start} check --changed-since origin/main`, place);
      docker("Dockerfile", `${start} check`, place, [1]);
      docker("Dockerfile", `${start} fix --write`, place, [2]);
      docker("Dockerfile", `${start.replace(":ro", "")} fix --write`, place);
      docker("Dockerfile", `git -c safe.directory='*' diff --exit-code`, place, [1]);
    } finally {
      await daemon.stop();
      // Where containers without a network were.
      spawnSync("umount", [join(folder, "run/exec/netns/default")]);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each line of a page's blocks; findings are no failure. Pages name the first version, which is this one until it is published. */
function tryPage(page) {
  const { version } = JSON.parse(readFileSync(join(root, "packages/cli/package.json"), "utf8"));
  const text = readFileSync(join(root, page), "utf8").replaceAll("compose-harden@0.1.0", `compose-harden@${version}`);
  for (const [, block] of text.matchAll(/```sh\n(.*?)```/gs)) {
    const isForClone = block.includes("npm ");
    const place = isForClone ? "/clone" : freshStack();
    for (const line of block.split("\n").filter((part) => part !== "" && !part.startsWith("#"))) {
      const [, lack] = BEYOND.find(([pattern]) => pattern.test(line)) ?? [];
      const isLeftOut = /^npm (?:test|run)\b/.test(line) && values["without-tests"] === true;
      if (lack !== undefined || isLeftOut) say(`${page}: ${line}: skipped, needs ${lack ?? "time"}`);
      else inside(page, line, place, isForClone ? [0] : [0, 1]);
    }
  }
}

/** A repository as the pages speak of: a stack with findings, and its main branch. */
function freshStack() {
  const place = join(machine, "stack");
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  writeFileSync(
    join(place, "compose.yaml"),
    'services:\n  web:\n    image: nginx:1.27\n    ports:\n      - "8080:80"\n  db:\n    image: redis:7.4\n',
  );
  inside(
    "stack",
    `npm install --no-save --loglevel=error /root/*.tgz && printf 'node_modules\n' >.git-ignored && git init -q -b main && mv .git-ignored .git/info/exclude && git add -A && git ${IDENTITY} commit -qm x && git update-ref refs/remotes/origin/main HEAD && for part in 1 3 4 5 6 7 8; do compose-harden check -q --shard $part/8 --output json=part-$part.json || true; done`,
    "/stack",
  );
  return "/stack";
}

function inside(title, line, directory, codes = [0]) {
  const kept = Object.entries(process.env).filter(
    ([name]) => CERTIFICATES.includes(name) || /^npm_config_(?:registry|cafile|proxy|https)|_proxy$/i.test(name),
  );
  const enter = 'mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"; exec chroot "$0" bash -c "cd $1 && $2"';
  tried(title, line, codes, "unshare", ["--mount", "--pid", "--fork", "sh", "-c", enter, machine, directory, line], {
    env: {
      ...Object.fromEntries(kept),
      PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
      HOME: "/root",
      CI: "true",
      NO_COLOR: "1",
    },
  });
}

/** Runs a command, and tells how it went and what tests said of themselves. */
function tried(title, line, codes, command, args, options) {
  const start = Date.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
    ...options,
  });
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  const tests = /^ *Tests .*$/m.exec(stdout)?.[0].trim();
  if (codes.includes(status))
    return say(`${title}: ${line.slice(0, 100)}: ok (${seconds} s${tests === undefined ? "" : `; ${tests}`})`);
  failures++;
  say(`${title}: ${line}: exit code ${status}\n${`${stdout}${stderr}`.slice(-3000)}`);
}

function must(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return stdout;
  say(`\`${command} ${args[0]}\` failed: ${error?.message ?? stderr}${stdout.slice(-1000)}`);
  process.exit(1);
}
