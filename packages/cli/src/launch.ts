/**
 * Starts the program in the bundled file, where it is packed: Node reads and scans that file before anything runs, and most of the
 * rest of a short run goes into compiling. So the program's text and V8's compiled code are kept in the user's cache directory: the
 * first runs write them, later ones read them. Node's own switch `NODE_DISABLE_COMPILE_CACHE=1` turns this off. Without a usable
 * cache the program runs the same, only later.
 */
import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Script } from "node:vm";
import { EXIT } from "./errors.js";

/** The bundler puts the program, itself a function, into a comment of this one: base64 of Brotli, which no `*` can end. */
declare function packed(): void;

/** The length of its text, set by the bundler. */
declare const PROGRAM_LENGTH: number;

const HEAD = "function packed(){/*";
const TAIL = "*/}";

function start(): void {
  const cache = process.env.NODE_DISABLE_COMPILE_CACHE === "1" ? undefined : cacheFiles();
  const kept = cache && readCache(cache.text);
  const isWhole = kept?.length === PROGRAM_LENGTH;
  // ASCII, as the bundler sees to: one byte a character.
  const text = kept !== undefined && isWhole ? kept.toString("latin1") : unpack();
  const code = cache && readCache(cache.code);
  const script = new Script(text, {
    filename: __filename,
    ...(code === undefined ? {} : { cachedData: code.subarray(0, -1) }),
  });
  const runs = code === undefined || script.cachedDataRejected === true ? 0 : (code.at(-1) ?? 0);
  if (cache !== undefined && !process.argv.slice(2).some((word) => SHORT.test(word))) {
    if (!isWhole) writeCache(cache.text, Buffer.from(text, "latin1"));
    // At the end, so that it holds every function this run needed, and those of earlier ones; one that ended in an error needed few.
    if (runs < LEARNING_RUNS)
      process.once("exit", (status) => {
        if (status !== EXIT.error)
          writeCache(cache.code, Buffer.concat([script.createCachedData(), Buffer.of(runs + 1)]));
      });
  }
  const run = script.runInThisContext() as (...parameters: readonly unknown[]) => void;
  run(require, module, exports, __filename, __dirname);
}

function unpack(): string {
  const { brotliDecompressSync } = require("node:zlib") as typeof import("node:zlib");
  return brotliDecompressSync(Buffer.from(packed.toString().slice(HEAD.length, -TAIL.length), "base64")).toString(
    "latin1",
  );
}

/** Commands with a cache of their own, since each needs other parts of the program; all else shares that of the default one. */
const COMMANDS = ["fix", "explain", "rules", "config", "observe", "verify"];

/**
 * The first runs add to the compiled code, each what it needed and the others did not: their number is its last byte. Later ones
 * leave it alone, since making it takes as long as it saves.
 */
const LEARNING_RUNS = 4;

/** Such runs need so little that a cache made of one would help no other. */
const SHORT = /^(?:-V|--version|-h|--help|help)$/;

/** Names that no other program, Node or processor shares, the code's no other command; undefined where there is no place for a cache. */
function cacheFiles(): { readonly text: string; readonly code: string } | undefined {
  try {
    const { size, mtimeMs } = statSync(__filename);
    const home = process.env.XDG_CACHE_HOME || process.env.LOCALAPPDATA || join(homedir(), ".cache");
    const command = COMMANDS.find((name) => name === process.argv[2]) ?? "check";
    const program = [placeOf(__filename), size, Math.trunc(mtimeMs)].join("-");
    const directory = join(home, "compose-harden");
    return {
      text: join(directory, `program-${program}.bin`),
      code: join(directory, `${command}-${process.version}-${process.arch}-${program}.bin`),
    };
  } catch {
    return undefined;
  }
}

/** A short name for where a program is installed: FNV-1a of its path. */
function placeOf(path: string): string {
  let hash = 0x811c9dc5;
  for (const character of path) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(36);
}

/** Compiled code is run unseen: only a file of this very user, that nobody else could have written, is taken. */
function readCache(path: string): Buffer | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch {
    return undefined;
  }
  try {
    const { uid, mode } = fstatSync(descriptor);
    const isOwn = process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
    return isOwn ? readFileSync(descriptor) : undefined;
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

const MONTH_MS = 30 * 24 * 60 * 60 * 1000;
/** Most bytes kept, for programs at all places together: some ten of them. */
const KEPT_BYTES = 64 * 1024 * 1024;

/** Written whole or not at all. */
function writeCache(path: string, data: Buffer): void {
  try {
    const directory = dirname(path);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    makeRoom(path, data.length);
    const temporary = `${path}.${process.pid}.tmp`;
    writeFileSync(temporary, data, { mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    // A cache that cannot be written is only a slower start.
  }
}

/** What an earlier program at this place left is taken away at once, other things after a month, or when newer ones need the room. */
function makeRoom(path: string, size: number): void {
  const directory = dirname(path);
  const parts = basename(path).split("-").slice(-3);
  const files = readdirSync(directory)
    .map((name) => ({ name, file: join(directory, name), stats: statSync(join(directory, name)) }))
    .filter(({ stats }) => stats.isFile())
    .sort((a, b) => b.stats.mtimeMs - a.stats.mtimeMs);
  let kept = size;
  for (const { name, file, stats } of files) {
    const [place, ...program] = name.split("-").slice(-3);
    const isOutdated = place === parts[0] && program.join() !== parts.slice(1).join();
    const isOld = Date.now() - stats.mtimeMs > MONTH_MS;
    if (isOutdated || isOld || kept + stats.size > KEPT_BYTES) rmSync(file, { force: true });
    else kept += stats.size;
  }
}

start();
