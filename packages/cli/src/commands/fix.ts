import type { ExitCode } from "../errors.js";
import { UsageError } from "../errors.js";
import type { Host } from "../host.js";
import type { ReadOptions, SelectOptions } from "../options.js";
/** Options of `fix`. */
export interface FixOptions extends ReadOptions, SelectOptions {
  readonly format: string;
}
/** x */
export async function runFix(_paths: readonly string[], _options: FixOptions, _host: Host): Promise<ExitCode> {
  throw new UsageError("not yet");
}
