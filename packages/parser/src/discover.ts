import type { Entry, Gap, Read } from "@compose-harden/model";
import { basename, dirname } from "./location.js";
import { type Environment, openSession, problemAt, type Session } from "./session.js";
import { readEnvFiles, withDefaults } from "./stages/dotenv.js";
import { isRemote } from "./values/paths.js";
import { isProjectName } from "./values/projectname.js";

/** What Compose would load for an entry, found without reading any Compose file. */
export interface Discovery {
  /** Absolute paths (or references to somewhere else), the base first, overrides after it. */
  readonly files: readonly string[];
  /** The project directory. */
  readonly directory: string;
  /** What interpolation sees: the process environment and the dotenv files. */
  readonly environment: Environment;
  /** The env file that has the last word, whether or not it is there: where a new variable goes. Undefined when none is read. */
  readonly envFile: string | undefined;
  /** Active profiles; `*` for all. */
  readonly profiles: readonly string[];
  /** The project name when it is set from outside the files. */
  readonly name: string | undefined;
  /** The name of the project directory, which names the project when nothing else does. */
  readonly directoryName: string;
}

/** What discovery itself could not read or warned of. */
export interface DiscoveryOutcome extends Discovery {
  readonly gaps: readonly Gap[];
  readonly warnings: readonly string[];
}

const FILE_NAMES = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"] as const;
const OVERRIDE_NAMES = [
  "compose.override.yml",
  "compose.override.yaml",
  "docker-compose.override.yml",
  "docker-compose.override.yaml",
] as const;

/** Which files, directory, environment and profiles Compose would use (compose-go `cli/options.go`). */
export function discover(entry: Entry, read: Read): DiscoveryOutcome {
  const session = openSession(entry.cwd, entry.env?.HOME, read);
  const found = discoverIn(session, entry);
  return { ...found, gaps: session.gaps, warnings: [...session.warnings] };
}

/** As `discover`, within a load. */
export function discoverIn(session: Session, entry: Entry): Discovery {
  const given = entry.files ?? [];
  const shell = shellEnvironment(session, entry);
  const envFiles = chosenEnvFiles(session, entry);
  const outer = shell.has("PWD") ? shell : new Map([...shell, ["PWD", entry.cwd]]);

  const before = envFiles ?? standardEnvFile(session, shell, workingDirectory(session, entry, given)) ?? [];
  let environment = withDefaults(outer, readEnvFiles(session, before, outer));
  const files = given.length > 0 ? given.map((file) => located(session, file)) : search(session, entry, environment);
  const directory = workingDirectory(session, entry, files);
  const after = envFiles ?? standardEnvFile(session, shell, directory) ?? before;
  if (after !== before) environment = withDefaults(environment, readEnvFiles(session, after, environment));

  const standard = isEnvFileDisabled(session, shell) ? undefined : envFileIn(directory);
  return {
    files,
    directory,
    environment,
    envFile: envFiles === undefined ? standard : located(session, envFiles.at(-1) ?? ""),
    profiles: profilesOf(entry, environment),
    name: nameOf(session, entry, environment),
    directoryName: basename(directory),
  };
}

/** The process environment, joined by the `COMPOSE_…` variables of the dotenv file: it may choose files and profiles. */
function shellEnvironment(session: Session, entry: Entry): Environment {
  const process: Environment = new Map(Object.entries(entry.env ?? {}));
  const files = entry.files ?? [];
  if (files.some(isRemote)) return process;
  const chosen = listedEnvFiles(entry, process);
  const directory = workingDirectory(session, entry, files);
  const paths = chosen ?? standardEnvFile(session, process, directory) ?? [];
  const found = readEnvFiles(session, paths, process);
  const settings = [...found].filter(([name]) => name.startsWith("COMPOSE_"));
  return withDefaults(process, new Map(settings));
}

function listedEnvFiles(entry: Entry, environment: Environment): readonly string[] | undefined {
  if (entry.envFiles !== undefined && entry.envFiles.length > 0) return entry.envFiles;
  const listed = (environment.get("COMPOSE_ENV_FILES") ?? "").split(",").filter((file) => file !== "");
  return listed.length > 0 ? listed : undefined;
}

/** The env files chosen from outside; the dotenv file cannot choose others. */
function chosenEnvFiles(session: Session, entry: Entry): readonly string[] | undefined {
  const files = listedEnvFiles(entry, new Map(Object.entries(entry.env ?? {})));
  return files?.map((file) => (file.startsWith("~") ? `${session.home ?? "~"}${file.slice(1)}` : file));
}

/** The default `.env` of a directory, unless it is switched off or not there. */
function standardEnvFile(session: Session, shell: Environment, directory: string): readonly string[] | undefined {
  if (isEnvFileDisabled(session, shell)) return undefined;
  const path = envFileIn(directory);
  return session.look(path).kind === "file" ? [path] : undefined;
}

function isEnvFileDisabled(session: Session, shell: Environment): boolean {
  const disabled = shell.get("COMPOSE_DISABLE_ENV_FILE");
  if (disabled === undefined) return false;
  if (/^(?:1|t|T|TRUE|true|True)$/.test(disabled)) return true;
  if (!/^(?:0|f|F|FALSE|false|False)$/.test(disabled)) {
    session.report(problemAt("env-file", "`COMPOSE_DISABLE_ENV_FILE` must be true or false", undefined));
  }
  return false;
}

function envFileIn(directory: string): string {
  return `${directory === "/" ? "" : directory}/.env`;
}

function workingDirectory(session: Session, entry: Entry, files: readonly string[]): string {
  if (entry.projectDirectory !== undefined && entry.projectDirectory !== "") {
    return session.absolute(entry.projectDirectory);
  }
  for (const file of files) {
    if (file === "-") continue;
    return isRemote(file) ? entry.cwd : dirname(session.absolute(file));
  }
  return entry.cwd;
}

function located(session: Session, file: string): string {
  return file === "-" || isRemote(file) ? file : session.absolute(file);
}

/** The files that `COMPOSE_FILE` lists, or the default ones of the nearest directory upwards. */
function search(session: Session, entry: Entry, environment: Environment): readonly string[] {
  const listed = environment.get("COMPOSE_FILE");
  if (listed !== undefined) {
    const separator = environment.get("COMPOSE_PATH_SEPARATOR") || ":";
    return listed.split(separator).map((file) => located(session, file));
  }
  let directory = workingDirectory(session, entry, []);
  for (;;) {
    const candidates = present(session, directory, FILE_NAMES);
    const [winner] = candidates;
    if (winner !== undefined) {
      warnOfSeveral(session, "config", candidates);
      const overrides = present(session, directory, OVERRIDE_NAMES);
      warnOfSeveral(session, "override", overrides);
      return [winner, ...overrides.slice(0, 1)];
    }
    const parent = dirname(directory);
    if (parent === directory) return [];
    directory = parent;
  }
}

/** A directory of that name counts as present: Compose takes it, and then fails. */
function present(session: Session, directory: string, names: readonly string[]): readonly string[] {
  const prefix = directory === "/" ? "" : directory;
  return names.map((name) => `${prefix}/${name}`).filter((path) => session.look(path).kind !== "missing");
}

function warnOfSeveral(session: Session, kind: string, candidates: readonly string[]): void {
  if (candidates.length < 2) return;
  session.warn(`Found multiple ${kind} files with supported names: ${candidates.join(", ")}`);
  session.warn(`Using ${candidates[0]}`);
}

function profilesOf(entry: Entry, environment: Environment): readonly string[] {
  if (entry.profiles !== undefined && entry.profiles.length > 0) return entry.profiles;
  return (environment.get("COMPOSE_PROFILES") ?? "").split(",").map((profile) => profile.trim());
}

function nameOf(session: Session, entry: Entry, environment: Environment): string | undefined {
  const given = entry.projectName || environment.get("COMPOSE_PROJECT_NAME");
  if (given === undefined || given === "") return undefined;
  if (!isProjectName(given)) {
    const rule = "lower-case letters, digits, `-` and `_`, beginning with a letter or a digit";
    session.report(problemAt("name", `the project name \`${given}\` must consist of ${rule}`, undefined));
  }
  return given;
}
