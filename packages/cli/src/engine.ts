import { type Docker, type Engine, EngineError, identifyEngine, openDocker } from "@compose-harden/engine";
import { escapeText } from "@compose-harden/report";
import { UsageError } from "./errors.js";
import type { Host } from "./host.js";

/** A container engine that answers. */
export interface Running {
  readonly docker: Docker;
  readonly engine: Engine;
}

/** The engine that the user's `docker` talks to, asked once so that what is wrong with it is said first. Throws `UsageError`. */
export async function openEngine(host: Host): Promise<Running> {
  const docker = openDocker({ env: host.env });
  return asked(async () => ({ docker, engine: await identifyEngine(docker, { timeout: 20_000 }) }));
}

/** Runs what asks the engine; an engine that cannot be asked is a mistake the user can mend. */
export async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof EngineError) throw new UsageError(escapeText(error.message));
    throw error;
  }
}
