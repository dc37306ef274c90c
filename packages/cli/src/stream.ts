import { fstatSync, statSync, writeSync } from "node:fs";
import { devNull } from "node:os";
import { EXIT, UsageError } from "./errors.js";
import { errorCode } from "./files/reader.js";

/** Standard output or standard error. */
export interface OutputStream {
  /** Whether a person may be looking. */
  readonly isTTY: boolean;
  /** Width of the terminal in columns, where there is one that tells. */
  readonly columns: number | undefined;
  /** Returns when all is written. */
  write(text: string): void;
}

const isWindows: boolean = process.platform === "win32";

/**
 * Standard output (1) or standard error (2), written to directly: loading Node's own streams takes longer than checking a small
 * file. Only terminals need them, for their width, and Windows, for its consoles' encoding.
 */
export function outputStream(descriptor: 1 | 2): OutputStream {
  let opened: NodeJS.WriteStream | undefined;
  const open = (): NodeJS.WriteStream => {
    opened ??= (descriptor === 1 ? process.stdout : process.stderr).on("error", (error) => fail(descriptor, error));
    return opened;
  };
  return {
    get isTTY() {
      return mayBeTerminal(descriptor) && open().isTTY === true;
    },
    get columns() {
      return mayBeTerminal(descriptor) ? open().columns : undefined;
    },
    write(text) {
      if (isWindows) open().write(text);
      else writeDirectly(descriptor, Buffer.from(text));
    },
  };
}

/** False for files, pipes and `/dev/null`; true for all that only Node's streams can tell. */
export function mayBeTerminal(descriptor: 0 | 1 | 2): boolean {
  if (isWindows) return true;
  try {
    const stat = fstatSync(descriptor);
    return stat.isCharacterDevice() && stat.rdev !== statSync(devNull).rdev;
  } catch {
    return true;
  }
}

function writeDirectly(descriptor: 1 | 2, bytes: Buffer): void {
  for (let rest = bytes; rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      // A pipe that whoever started us does not want to wait for: its reader is behind.
      if (errorCode(error) === "EAGAIN") Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
      else fail(descriptor, error);
    }
  }
}

function fail(descriptor: 1 | 2, error: unknown): never {
  // A reader that stops early (`| head`) is no failure.
  if (errorCode(error) === "EPIPE") process.exit();
  if (descriptor === 2) process.exit(EXIT.error);
  throw new UsageError(`standard output cannot be written: ${errorCode(error) ?? String(error)}`);
}
