import type { Json, Read } from "@compose-harden/model";
import type { ErrorClass } from "./error-class.js";

/** How a project is loaded; the command line of `docker compose config`. Paths are relative to the suite's root. */
export interface Case {
  readonly id: string;
  /** The current directory. */
  readonly dir: string;
  readonly files?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly profiles?: readonly string[];
  readonly env_files?: readonly string[];
  readonly project_name?: string;
  readonly project_directory?: string;
  readonly services?: readonly string[];
  /** What Docker answered; `all` is left out where it equals `config`, `noConsistency` where that could not differ. */
  readonly outcomes: Readonly<Partial<Record<Output, Outcome>>> & { readonly config: Outcome };
}

/** `config --format json`; `--profile '*' config --all-resources`; `config --no-consistency`; `config`, byte for byte. */
export type Output = "config" | "all" | "noConsistency" | "yaml";

/** What Docker printed, a digest of it, or the classes of the errors it may answer with. */
export type Outcome = (
  | { readonly project: Json }
  | { readonly digest: string }
  | { readonly refused: readonly ErrorClass[] }
) & {
  readonly warnings?: readonly string[];
};

/** Cases that share a file tree. */
export interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
  /** The absolute directory that `dir` is relative to; recorded outcomes call it `<ROOT>`. */
  readonly root: string;
  readonly read: Read;
}
