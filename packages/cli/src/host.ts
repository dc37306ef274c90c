import { join, relative, sep } from "node:path";
import type { DisplayPath } from "@compose-harden/report";
import { gitRootOf } from "./files/gitignore.js";
import type { Screen } from "./terminal.js";

/** What a command may use of the world around it. */
export interface Host {
  /** Absolute; `/` as separator. */
  readonly cwd: string;
  /** Today in the user's time zone, `YYYY-MM-DD`. */
  readonly today: string;
  readonly env: Readonly<Record<string, string>>;
  /** Address of a page about the program, where one is known. */
  readonly home?: string;
  /** True when a person can be asked: standard input and standard error are a terminal. */
  readonly isTerminal: boolean;
  /** Prints the result: standard output. */
  print(text: string): void;
  /** Says what is not the result: standard error. */
  say(text: string): void;
  readonly out: Screen;
  readonly err: Screen;
}

/** The path under which standard input is read: a file in the current directory, as for `docker compose -f -`. */
export function standardInputPath(cwd: string): string {
  return join(cwd, "-");
}

/** Paths as the user would type them where they stand; standard input by name. */
export function displayFrom(cwd: string): DisplayPath {
  return (path) => {
    if (path === "-" || path === standardInputPath(cwd)) return STANDARD_INPUT;
    const near = relative(cwd, path).split(sep).join("/");
    return near === "" || near.startsWith("../") ? path : near;
  };
}

const STANDARD_INPUT = "<stdin>";

/** Code hosts know files by their path from the root of the repository, wherever the program was started. */
export function displayFromRoot(cwd: string): DisplayPath {
  const near = displayFrom(cwd);
  const root = displayFrom(gitRootOf(cwd) ?? cwd);
  return (path) => (near(path) === STANDARD_INPUT ? STANDARD_INPUT : root(path));
}
