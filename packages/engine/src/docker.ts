import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { EngineError, failureIn, isRelay, lastLine } from "./errors.js";

/** What one call printed and how it ended. */
export interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code; 137 when a signal ended it. */
  readonly code: number;
}

/** How to make one call. */
export interface CallOptions {
  /** Milliseconds until the call is given up; default: that of the engine. */
  readonly timeout?: number;
  /** Ends the call early: the user's Ctrl-C. */
  readonly signal?: AbortSignal;
  /** Text for its standard input. */
  readonly input?: string;
  /** The directory it runs in. */
  readonly cwd?: string;
}

/** The user's own `docker` command line: contexts, `DOCKER_HOST` and ssh work as in the user's shell. */
export interface Docker {
  /** Calls `docker`, whatever exit code it ends with. Throws `EngineError` when there is no engine, no permission or no time left. */
  ask(args: readonly string[], options?: CallOptions): Promise<Answer>;
  /** What `docker` prints. Throws `EngineError` also when it ends with an error. */
  run(args: readonly string[], options?: CallOptions): Promise<string>;
  /** As `ask`, but hands over standard output line by line as it comes, and keeps none of it. */
  lines(args: readonly string[], onLine: (line: string) => void, options?: CallOptions): Promise<Answer>;
  /** As `lines`, for bytes: `consume` reads standard output, and may stop before its end. */
  stream(
    args: readonly string[],
    consume: (stdout: AsyncIterable<Buffer>) => Promise<void>,
    options?: CallOptions,
  ): Promise<Answer>;
}

/** Which program to call, and how long to wait. */
export interface DockerOptions {
  /** The program; default `docker`. */
  readonly command?: string;
  /** Its environment; default: that of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until a call is given up; default 60,000. */
  readonly timeout?: number;
}

/** No list of containers is as long as this; something else is talking. */
const MAX_BYTES: number = 512 * 1024 * 1024;
/** After the polite signal, before the other one; milliseconds. */
const GRACE: number = 2000;

/** The engine behind the `docker` command line. Nothing is called yet. */
export function openDocker({ command = "docker", env, timeout = 60_000 }: DockerOptions = {}): Docker {
  const stream: Docker["stream"] = async (args, consume, options = {}) => {
    const call = { command, args, env, timeout, ...options };
    const { stderr, code } = await start(call, consume);
    const failure = code === 0 ? undefined : failureIn(stderr);
    const isCertain = failure?.failure === "missing" || !isRelay(args);
    if (failure !== undefined && (isCertain || !(await isAlive()))) throw failure;
    return { stdout: "", stderr, code };
  };
  const isAlive = async (): Promise<boolean> => {
    const version = ["version", "--format", "{{.Server.Version}}"];
    const ignore = async (stdout: AsyncIterable<Buffer>): Promise<void> => {
      for await (const _ of stdout);
    };
    return (await start({ command, args: version, env, timeout }, ignore)).code === 0;
  };
  const lines: Docker["lines"] = (args, onLine, options) =>
    stream(args, (stdout) => eachLine(stdout, onLine, nameOf(command, args)), options);
  const ask: Docker["ask"] = async (args, options) => {
    const printed: string[] = [];
    const answer = await lines(args, (line) => printed.push(line), options);
    return { ...answer, stdout: printed.join("\n") };
  };
  const run: Docker["run"] = async (args, options) => {
    const { code, stdout, stderr } = await ask(args, options);
    if (code === 0) return stdout;
    throw new EngineError("failed", `\`${nameOf(command, args)}\` failed: ${lastLine(stderr) || `exit code ${code}`}`);
  };
  return { ask, run, lines, stream };
}

interface Call extends CallOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly timeout: number;
}

async function start(
  call: Call,
  consume: (stdout: AsyncIterable<Buffer>) => Promise<void>,
): Promise<Omit<Answer, "stdout">> {
  const { command, args, env, timeout, signal, input, cwd } = call;
  const name = nameOf(command, args);
  if (signal?.aborted === true) throw new EngineError("stopped", `\`${name}\` was interrupted`);
  const child = spawn(command, args, {
    stdio: ["pipe", "pipe", "pipe"],
    ...(env === undefined ? {} : { env }),
    ...(cwd === undefined ? {} : { cwd }),
    windowsHide: true,
  });
  const end = endOf(child, command);
  let giveUp: EngineError | undefined;
  const stop = (failure: EngineError): void => {
    if (giveUp !== undefined) return;
    giveUp = failure;
    child.kill("SIGTERM");
    setTimeout(() => {
      child.kill("SIGKILL");
      // What it started may still hold the pipes open.
      child.stdout.destroy();
      child.stderr.destroy();
    }, GRACE).unref();
  };
  const late = (): void =>
    stop(new EngineError("timeout", `\`${name}\` gave no answer within ${timeout / 1000} seconds`));
  const interrupted = (): void => stop(new EngineError("stopped", `\`${name}\` was interrupted`));
  const timer = setTimeout(late, timeout);
  signal?.addEventListener("abort", interrupted, { once: true });
  try {
    // A program that ends early does not read its input.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    const [code, stderr] = await Promise.all([end, tailOf(child.stderr), consume(child.stdout)]);
    if (giveUp !== undefined) throw giveUp;
    return { stderr, code };
  } catch (error) {
    throw giveUp ?? error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", interrupted);
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
  }
}

function endOf(child: ChildProcess, command: string): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => reject(cannotStart(command, error)));
    child.once("close", (code) => resolve(code ?? 137));
  });
}

function cannotStart(command: string, { code, message }: NodeJS.ErrnoException): EngineError {
  return code === "ENOENT"
    ? new EngineError("missing", `\`${command}\` is not installed, or not on the PATH`)
    : new EngineError("missing", `\`${command}\` cannot be run: ${code ?? message}`);
}

async function eachLine(stream: AsyncIterable<Buffer>, onLine: (line: string) => void, name: string): Promise<void> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let rest = "";
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new EngineError("failed", `\`${name}\` printed more than ${MAX_BYTES} bytes`);
    const parts = decoder.decode(chunk, { stream: true }).split("\n");
    const last = parts.pop() ?? "";
    for (const part of parts) {
      onLine(rest + part);
      rest = "";
    }
    rest += last;
  }
  rest += decoder.decode();
  if (rest !== "") onLine(rest);
}

/** Errors come last; what a chatty program says before is not kept. */
async function tailOf(stream: Readable): Promise<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let text = "";
  for await (const chunk of stream as AsyncIterable<Buffer>)
    text = (text + decoder.decode(chunk, { stream: true })).slice(-64 * 1024);
  return text + decoder.decode();
}

/** The call as messages name it: its verbs, without the arguments. */
function nameOf(command: string, args: readonly string[]): string {
  const verbs = args.slice(0, 2).filter((arg) => /^[a-z]+$/.test(arg));
  return [command, ...verbs].join(" ");
}
