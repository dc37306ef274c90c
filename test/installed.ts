import { spawnSync } from "node:child_process";

/** Whether a program is on this machine: Node's own images bring `git`, the small ones no `patch`. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ["--version"]).error === undefined;
}
