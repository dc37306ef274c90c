import { spawnSync } from "node:child_process";
import { expect } from "vitest";
import { IDENTITY } from "./identity.js";

/** How a command ended, and what it printed on both streams. */
export interface Outcome {
  readonly code: number | null;
  readonly out: string;
}

type Env = Readonly<Record<string, string | undefined>>;
type Run<T> = (command: string, args: readonly string[], cwd: string, env?: Env) => T;

/** Runs commands to their end in an environment, without this machine's settings of git. */
export function commandsIn(environment: () => Env): { readonly call: Run<Outcome>; readonly must: Run<string> } {
  const call: Run<Outcome> = (command, args, cwd, env = {}) => {
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      cwd,
      encoding: "utf8",
      env: { ...environment(), ...IDENTITY, ...env },
    });
    if (error !== undefined) throw error;
    return { code: status, out: stdout + stderr };
  };
  return {
    call,
    must: (command, args, cwd, env) => {
      const { code, out } = call(command, args, cwd, env);
      expect(code, out).toBe(0);
      return out;
    },
  };
}
