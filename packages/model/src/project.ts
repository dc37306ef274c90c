import type { Json, KeyPath, Path } from "./json.js";
import type { Origin, SourceFile, SourceRange } from "./source.js";

/** What one load is asked to read; the same choices as on `docker compose`'s command line. */
export interface Entry {
  /** Directory the relative paths below start from; absolute, `/` as separator. */
  readonly cwd: string;
  /** `-f`, in order. Empty: discovery (COMPOSE_FILE, then the default names upwards from `cwd`). */
  readonly files?: readonly string[];
  /** The process environment that interpolation sees; nothing is read from the real one. */
  readonly env?: Readonly<Record<string, string>>;
  /** `--env-file`, in order; replaces the default `.env`. */
  readonly envFiles?: readonly string[];
  /** `--profile`. */
  readonly profiles?: readonly string[];
  /** `--project-directory`. */
  readonly projectDirectory?: string;
  /** `-p`. */
  readonly projectName?: string;
}

/** What a reader found at a path. Text is decoded UTF-8 with its byte-order mark kept. */
export type ReadResult =
  | { readonly kind: "file"; readonly text: string }
  | { readonly kind: "directory" }
  | { readonly kind: "missing" }
  | { readonly kind: "unreadable"; readonly reason: string };

/** How the pure packages see files: absolute path in, text out. Never throws. */
export type Read = (path: string) => ReadResult;

/** A value that remembers its place; `raw` is what stands in `Project.data` at `path`. */
export interface Located<T> {
  readonly value: T;
  readonly raw: Json;
  readonly path: Path;
  /** Absent for a value nobody wrote. */
  readonly origin: Origin | undefined;
}

/** A list of the project; absent lists still have a path, since most hardening is about what is missing. */
export interface List<T> {
  readonly path: KeyPath;
  /** Every written list that contributed, in merge order; empty when nobody wrote one. */
  readonly origins: readonly Origin[];
  readonly items: readonly Located<T>[];
}

/** Key-value settings (environment, labels, sysctls): a null value means "taken from the environment, and not set there". */
export interface Entries {
  readonly path: KeyPath;
  readonly origins: readonly Origin[];
  readonly items: ReadonlyMap<string, Located<string | null>>;
}

/** One published or container port. */
export interface Port {
  /** Port in the container, 1 to 65535. */
  readonly target: number;
  /** Host port or range as text; absent: a random one. */
  readonly published: string | undefined;
  /** Host address; absent or empty: every interface. */
  readonly host_ip: string | undefined;
  /** `tcp`, `udp` or `sctp`. */
  readonly protocol: string;
  /** `ingress` or `host`. */
  readonly mode: string;
}

/** One entry of `volumes`. */
export interface Mount {
  readonly type: "bind" | "volume" | "tmpfs" | "image" | "cluster" | "npipe" | (string & {});
  /** Host path, volume or image name; absent: anonymous volume. Bind sources are absolute. */
  readonly source: string | undefined;
  /** Path in the container. */
  readonly target: string;
  readonly read_only: boolean;
}

/** One entry of `tmpfs`, or a `volumes` entry of that type. */
export interface Tmpfs {
  readonly target: string;
  /** Mount options as written: `size=64m`, `exec`, `mode=1777`. */
  readonly options: readonly string[];
}

/** The hard limits in force, whichever spelling sets them; the path of each tells which it was. */
export interface Limits {
  /** Bytes; values that mean "no limit" (0, negative) are absent. */
  readonly memory: Located<number> | undefined;
  /** CPUs, from `cpus` or `deploy.resources.limits.cpus` or `cpu_quota` over `cpu_period`. */
  readonly cpus: Located<number> | undefined;
  /** Processes; 0 and -1 (unlimited) are absent. */
  readonly pids: Located<number> | undefined;
}

/** One service of the merged project; attribute names are Compose's own. */
export interface Service {
  readonly name: string;
  /** False when its profiles are not active: Docker would not start it, its settings still count. */
  readonly active: boolean;
  /** `["services", name]`. */
  readonly path: KeyPath;
  /** Every mapping that writes this service, in merge order, bases of `extends` and `<<` included (see their hops). */
  readonly blocks: readonly Origin[];
  readonly image: Located<string> | undefined;
  readonly build: Located<Json> | undefined;
  /** Words after shell splitting; absent: the image's own; empty: explicitly none. */
  readonly command: Located<readonly string[]> | undefined;
  readonly entrypoint: Located<readonly string[]> | undefined;
  readonly user: Located<string> | undefined;
  readonly read_only: Located<boolean> | undefined;
  readonly privileged: Located<boolean> | undefined;
  readonly network_mode: Located<string> | undefined;
  readonly ports: List<Port>;
  readonly volumes: List<Mount>;
  /** Both `tmpfs:` and tmpfs entries of `volumes:`; the item's path tells which. */
  readonly tmpfs: List<Tmpfs>;
  readonly security_opt: List<string>;
  readonly cap_add: List<string>;
  readonly cap_drop: List<string>;
  readonly environment: Entries;
  readonly labels: Entries;
  readonly limits: Limits;
  /** True when the attribute is written, if only as null. */
  has(name: string): boolean;
  /** Any other attribute, by its path below the service: `get("logging", "driver")`. */
  get(...below: Path): Located<Json> | undefined;
}

/** Something that could not be read as Docker would read it. A gap is never a pass. */
export interface Gap {
  /** `refused`: Docker itself refuses the project for this. `unread`: Docker may read it, this program did not. */
  readonly kind: "refused" | "unread";
  /** What failed, in a word; error classes are compared with Docker's, wording is not. */
  readonly reason:
    | "yaml"
    | "structure"
    | "interpolation"
    | "schema"
    | "merge"
    | "extends"
    | "include"
    | "file"
    | "env-file"
    | "semantic"
    | "consistency"
    | "name"
    | "remote"
    | "limit";
  /** The fact, in the words of the house: lower-case start, names in backticks, no full stop. */
  readonly message: string;
  /** Where; absent only when no file was read at all. */
  readonly at?: SourceRange;
  /** The attribute concerned. */
  readonly path?: Path;
}

/** A loaded project. */
export interface Project {
  readonly entry: Entry;
  /** The project's name as Docker would derive it; empty when none could be. */
  readonly name: string;
  /** The directory relative paths resolve against; absolute. */
  readonly directory: string;
  /** Compose files in the order they were first read (includes and extended files too), without env files. */
  readonly files: readonly SourceFile[];
  /** Env files that were read (`.env`, `--env-file`, `env_file:`), in order. */
  readonly envFiles: readonly SourceFile[];
  /** In the order of first appearance; those of inactive profiles too. */
  readonly services: readonly Service[];
  /**
   * The canonical merged model: what `docker compose config --format json` prints, with `$` not doubled, with inactive
   * services and unused resources kept.
   */
  readonly data: Json;
  /** As `data`, with `x-…` attributes at every depth and the top-level `models`: what only the YAML output shows. */
  readonly fullData: Json;
  /** The active profiles; `*` for all. */
  readonly profiles: readonly string[];
  readonly gaps: readonly Gap[];
  /** What Docker prints as warnings: unset variables, obsolete attributes. */
  readonly warnings: readonly string[];
  /** Every written node that contributes to the value at a path, in merge order; the last is the one in force. */
  originsOf(path: Path): readonly Origin[];
}

/** What git does with a file: none of its business, left out, under version control, or it would be with the next `git add`. */
export type GitState = "outside" | "ignored" | "tracked" | "open";

/** What is known of a file besides its text. */
export interface FileFacts {
  /** True when every user of the machine can read it: by its own permissions and those of all directories above. */
  readonly isOpenToAll: boolean;
  readonly git: GitState;
}

/** How the pure packages learn about files; undefined for what is no file. Never throws. */
export type LookAt = (path: string) => FileFacts | undefined;
