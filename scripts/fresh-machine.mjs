// `node scripts/fresh-machine.mjs [--root DIR] [--without-tests]`: runs the shell blocks of the README and the documentation as they are
// printed, on a machine with nothing but Node and git: a Debian made by debootstrap, entered with chroot. Needs Linux, root and debootstrap;
// says so and does nothing elsewhere. DIR keeps the Debian for the next time. `--without-tests` leaves out the README's `npm test`.
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
import { pnpm, root, say } from "./workspace.mjs";

const { values } = parseArgs({ options: { root: { type: "string" }, "without-tests": { type: "boolean" } } });

/** Pages with blocks for a shell. */
const PAGES = ["README.md", "docs/cli.md", "docs/formats.md", "docs/estates.md"];
/** What the Dockerfile sets up: no root, no rights to gain, nothing to write to. */
const CONTAINED =
  "exec setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs --bounding-set=-all env -u HOME NODE_DISABLE_COMPILE_CACHE=1 GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'";
const CERTIFICATES = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "GIT_SSL_CAINFO"];
const IDENTITY = "-c user.name=t -c user.email=t@example.org";
/** What a line needs that such a machine does not have. */
const BEYOND = [
  [/ -i\b| --interactive\b/, "a terminal"],
  [/--verify docker|compose-harden (?:observe|verify|trial)/, "Docker"],
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
  giveClone();
  tryAsContainer();
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

/** The program as the Dockerfile runs it; what that builds needs a registry of images, and is not built here. */
function tryAsContainer() {
  const place = freshStack();
  const readOnly = 'mount --bind "$0" "$0"; mount -o remount,ro,bind "$0"; ';
  inside("Dockerfile", `${CONTAINED} compose-harden check --changed-since origin/main`, place, [0], readOnly);
  inside("Dockerfile", `${CONTAINED} compose-harden check`, place, [1], readOnly);
  inside("Dockerfile", `${CONTAINED} compose-harden fix --write`, place, [2], readOnly);
}

/** Each line of a page's blocks; findings are no failure. */
function tryPage(page) {
  const text = readFileSync(join(root, page), "utf8");
  for (const [, block] of text.matchAll(/```sh\n(.*?)```/gs)) {
    const isForClone = block.includes("npm ");
    const place = isForClone ? "/clone" : freshStack();
    for (const line of block.split("\n").filter((part) => part !== "" && !part.startsWith("#"))) {
      const [, lack] = BEYOND.find(([pattern]) => pattern.test(line)) ?? [];
      const isLeftOut = line === "npm test" && values["without-tests"] === true;
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
    `git init -q -b main && git add -A && git ${IDENTITY} commit -qm x && git update-ref refs/remotes/origin/main HEAD && for part in 1 3 4 5 6 7 8; do compose-harden check -q --shard $part/8 --output json=part-$part.json || true; done`,
    "/stack",
  );
  return "/stack";
}

function inside(title, line, directory, codes = [0], before = "") {
  const kept = Object.entries(process.env).filter(
    ([name]) => CERTIFICATES.includes(name) || /^npm_config_(?:registry|cafile|proxy|https)|_proxy$/i.test(name),
  );
  const start = Date.now();
  const { status, stdout, stderr } = spawnSync(
    "unshare",
    [
      "--mount",
      "--pid",
      "--fork",
      "sh",
      "-c",
      `${before}mount -t proc proc "$0/proc"; mount --rbind /dev "$0/dev"; exec chroot "$0" bash -c "cd $1 && $2"`,
      machine,
      directory,
      line,
    ],
    {
      encoding: "utf8",
      maxBuffer: 256 * 1024 * 1024,
      env: {
        ...Object.fromEntries(kept),
        PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        HOME: "/root",
        CI: "true",
        NO_COLOR: "1",
      },
    },
  );
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  if (codes.includes(status)) return say(`${title}: ${line.slice(0, 100)}: ok (${seconds} s)`);
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
