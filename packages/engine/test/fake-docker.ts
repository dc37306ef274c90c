import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Docker, type DockerOptions, openDocker } from "../src/index.js";

/** A `docker` that is a shell script: `$1` and on are the arguments, `$HERE` a directory of its own. */
export function fakeDocker(script: string, options: DockerOptions = {}): Docker & { readonly directory: string } {
  const directory = mkdtempSync(join(tmpdir(), "compose-harden-fake-docker-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const command = join(directory, "docker");
  writeFileSync(command, `#!/bin/sh\nHERE=${JSON.stringify(directory)}\n${script}\n`, { mode: 0o755 });
  return { ...openDocker({ command, ...options }), directory };
}
