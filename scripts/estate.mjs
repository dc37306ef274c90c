// `node scripts/estate.mjs [--projects N] [--shards N] [--folder DIR] [--formats json,sarif] [--program FILE]`: makes an estate of N projects (default 50,000)
// in DIR (default: a temporary folder, removed at the end), checks it in one run and in parts, puts the parts together, and compares bytes.
// Prints seconds and the most memory of every run. Exit code 1 if anything differs.
import { spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { ensureProgram } from "./program.mjs";
import { program as bundled } from "./workspace.mjs";

const { values } = parseArgs({
  options: {
    projects: { type: "string", default: "50000" },
    shards: { type: "string", default: "8" },
    folder: { type: "string" },
    formats: { type: "string", default: "json,sarif" },
    program: { type: "string" },
  },
});
const count = Number(values.projects);
const shards = Number(values.shards);
const formats = values.formats.split(",");
const work = values.folder ?? mkdtempSync(join(tmpdir(), "compose-harden-estate-"));
const estate = join(work, "estate");
function run() {
  if (!existsSync(estate)) timed("make", () => makeEstate(estate, count));
  writeFileSync(join(work, "memory.cjs"), MEMORY);
  console.log(`${count} projects, ${shards} parts, Node ${process.version}`);
  console.log(`${"run".padEnd(24)}${"seconds".padStart(9)}${"MiB".padStart(8)}${"report MiB".padStart(12)}`);
  check("whole", []);
  for (let part = 1; part <= shards; part++) check(`part-${part}`, ["--shard", `${part}/${shards}`]);
  let isSame = true;
  for (const format of formats) {
    const parts = Array.from({ length: shards }, (_, i) => report(`part-${i + 1}`, format));
    measure(`merge ${format}`, ["merge", ...parts, "--output", report("merged", format)], [report("merged", format)]);
    const same = sameBytes(report("merged", format), report("whole", format));
    console.log(`${format}: ${same ? "the same bytes as one run" : "NOT the same as one run"}`);
    isSame &&= same;
  }
  for (const round of ["first", "second"]) check(`kept, ${round} run`, [], { XDG_CACHE_HOME: join(work, "cache") });
  return isSame;
}

function report(name, format) {
  return join(work, `${name}.${format}`);
}

function check(name, more, env) {
  const outputs = formats.flatMap((format) => ["--output", `${format}=${report(name, format)}`]);
  const args = ["check", "--quiet", "--no-env", ...(env === undefined ? ["--no-cache"] : []), ...more, ...outputs];
  measure(
    name,
    args,
    formats.map((format) => report(name, format)),
    env,
  );
}

function measure(name, args, made, env = {}) {
  for (const path of made) rmSync(path, { force: true });
  const start = process.hrtime.bigint();
  const { status, stderr } = spawnSync(process.execPath, ["--require", join(work, "memory.cjs"), program, ...args], {
    cwd: estate,
    encoding: "utf8",
    env: { ...process.env, ...env, MEMORY_FILE: join(work, "memory") },
    maxBuffer: 1024 * 1024 * 1024,
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  // 2 as well: some projects of the estate are broken.
  if (!made.every((path) => existsSync(path))) throw new Error(`${args.join(" ")}: exit code ${status}\n${stderr}`);
  const memory = Number(readFileSync(join(work, "memory"), "utf8")) / 1024;
  const size = made.reduce((sum, path) => sum + statSync(path).size, 0) / 1024 / 1024;
  console.log(
    `${name.padEnd(24)}${seconds.toFixed(1).padStart(9)}${memory.toFixed(0).padStart(8)}${size.toFixed(1).padStart(12)}`,
  );
}

/** The most memory a process had, in KiB. */
const MEMORY = `process.on("exit", () => require("node:fs").writeFileSync(process.env.MEMORY_FILE, String(process.resourceUsage().maxRSS)));`;

function timed(name, make) {
  const start = Date.now();
  make();
  console.log(`${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

function sameBytes(a, b) {
  if (statSync(a).size !== statSync(b).size) return false;
  const files = [a, b].map((path) => openSync(path, "r"));
  const chunks = files.map(() => Buffer.alloc(1 << 20));
  try {
    for (;;) {
      const [read] = files.map((file, i) => readSync(file, chunks[i]));
      if (read === 0) return true;
      if (!chunks[0].subarray(0, read).equals(chunks[1].subarray(0, read))) return false;
    }
  } finally {
    for (const file of files) closeSync(file);
  }
}

/** Projects as people write them, each put together from variations by its number, so that every run makes the same ones. */
function makeEstate(root, projects) {
  const write = (path, text) => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  for (const [index, text] of SHARED.entries()) write(`shared/part-${index}.yaml`, text);
  for (let number = 0; number < projects; number++) {
    const folder = `team-${String(number % 97).padStart(2, "0")}/app-${String(number).padStart(5, "0")}`;
    const pick = (list, salt) => list[mixed(number * 31 + salt) % list.length];
    const services = Array.from({ length: 1 + (mixed(number) % 3) }, (_, i) => pick(SERVICES, i + 1)(i, number));
    const head = pick(HEADS, 11);
    write(
      `${folder}/${pick(["compose.yaml", "compose.yaml", "docker-compose.yml"], 12)}`,
      `${head}services:\n${services.join("")}`,
    );
    if (number % 5 === 0) write(`${folder}/.env`, `TAG=${number % 9}.${number % 7}\nBIND=127.0.0.1\n`);
    if (number % 7 === 0)
      write(`${folder}/compose.override.yaml`, "services:\n  s0:\n    environment:\n      LOG_LEVEL: debug\n");
    if (number % 23 === 0) write(`${folder}/compose.prod.yaml`, "services:\n  s0:\n    restart: always\n");
    if (number % 401 === 0) write(`${folder}/broken.compose.yaml`, "services:\n  a: &x [*x\n");
  }
}

function mixed(number) {
  let value = Math.imul(number + 1, 0x9e3779b1) >>> 0;
  value = Math.imul(value ^ (value >>> 15), 0x85ebca6b) >>> 0;
  return (value ^ (value >>> 13)) >>> 0;
}

const HEADS = [
  "",
  "",
  "name: app\n",
  'version: "3.8"\n',
  "include: [../../shared/part-0.yaml]\n",
  "x-log: &log\n  logging: {options: {max-size: 10m}}\n",
];
const SHARED = [
  "services:\n  proxy:\n    image: traefik:3.1\n    ports: ['80:80', '443:443']\n    volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']\n",
  "services:\n  base:\n    image: redis:7.2\n    ports: ['6379:6379']\n",
];
const SERVICES = [
  (i, n) => `  s${i}:\n    image: nginx:1.27\n    ports: ["${8000 + (n % 900)}:80"]\n`,
  (i) =>
    `  s${i}:\n    image: postgres:17.2\n    environment:\n      POSTGRES_PASSWORD: \${DB_PASSWORD:?}\n    volumes: ['./data:/var/lib/postgresql/data']\n`,
  (i) => `  s${i}:\n    image: "ghcr.io/example/app:\${TAG:-latest}"\n    privileged: true # for now\n`,
  (i) => `  s${i}:\n    extends: {file: ../../shared/part-1.yaml, service: base}\n    mem_limit: 256m\n`,
  (i) =>
    `  s${i}:\n    image: redis:7.4\n    read_only: true\n    cap_drop: [ALL]\n    security_opt: [no-new-privileges:true]\n    ports: ["\${BIND:-0.0.0.0}:6379:6379"]\n`,
  (i, n) =>
    `  s${i}:\n    build: .\n    command: ["serve", "--port", "${n % 65536}"]\n    network_mode: host # compose-harden-ignore host-network: as agreed\n`,
];

if (values.program === undefined) await ensureProgram();
const program = values.program ?? bundled;
try {
  process.exitCode = run() ? 0 : 1;
} finally {
  if (values.folder === undefined) rmSync(work, { recursive: true, force: true });
}
