/** Why the engine gives no answer. */
export type EngineFailure =
  /** There is no `docker` program, or none of its Compose plugin. */
  | "missing"
  /** There is one, and no engine answers it. */
  | "unreachable"
  /** The engine does not talk to this user. */
  | "denied"
  /** It did not answer in time. */
  | "timeout"
  /** The user interrupted it. */
  | "stopped"
  /** It answered with an error, or with what no engine is known to answer. */
  | "failed";

/** The engine cannot be asked. The message is one line: the fact, what to do, nothing of the containers' environment. */
export class EngineError extends Error {
  override readonly name = "EngineError";
  readonly failure: EngineFailure;

  constructor(failure: EngineFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}

/**
 * The error that `docker` means by what it prints, or undefined when it is about what was asked and not about the engine. Only the
 * client's own sentences count: what a daemon answers (`Error response from daemon: … connection refused`, of a registry) shows that
 * it is alive, and so does what programs in containers complain of.
 */
export function failureIn(stderr: string): EngineError | undefined {
  const lines = stderr.split("\n").filter((line) => !ANSWERED.test(line));
  if (lines.some((line) => NO_COMPOSE.test(line))) {
    return new EngineError(
      "missing",
      "`docker compose` is not there: install Docker's Compose plugin, version 2 or later",
    );
  }
  if (lines.some((line) => DENIED.test(line))) {
    return new EngineError(
      "denied",
      "the container engine does not let this user in: run it as root or as a member of the group `docker`",
    );
  }
  const said = lines.find((line) => UNREACHABLE.test(line));
  return said === undefined
    ? undefined
    : new EngineError("unreachable", `no container engine answers \`docker\`: is it running? It says: ${said.trim()}`);
}

/** An answer of the engine itself; Docker Desktop's stands for an engine that does not run when it cannot reach its socket. */
const ANSWERED = /^\s*error response from daemon: (?!dial unix )/i;

/** What Docker's and Podman's clients say of a `compose` that they do not know. */
const NO_COMPOSE =
  /^\s*(?:docker: '?compose'? is not a docker command|docker: unknown command: docker compose|unknown shorthand flag: '[fp]' in -[fp]$|error: unrecognized command `podman compose`|error: looking up compose provider failed)/i;

const DENIED =
  /permission denied while trying to connect to the docker|^\s*error response from daemon: dial unix [^:]*: connect: permission denied|unable to connect to podman.*permission denied|docker_engine: access is denied/i;

const UNREACHABLE =
  /cannot connect to the docker daemon|failed to connect to the docker API|is the docker daemon running|^\s*(?:docker: |error: )?error during connect: |^\s*error response from daemon: dial unix |cannot connect to podman|unable to connect to podman|unable to resolve docker endpoint|context "[^"]*": context not found|unable to parse docker host|docker daemon is not running/i;

/** True for commands that hand on what programs in containers print, among it what those say of engines and servers they miss. */
export function isRelay(args: readonly string[]): boolean {
  const [verb = ""] = args;
  return ["exec", "run", "logs", "attach", "compose"].includes(verb);
}

/** What Docker and Podman print about something that is not there. */
export function isGone(stderr: string): boolean {
  return GONE.test(stderr);
}

const GONE =
  /^\s*(?:error\b.*)?(?:no such (?:object|container|image|network|volume)|no (?:container|image) with name or id|(?:image|network|volume) not known|(?:container|image|network|volume) \S+ not found|is not running|has already been removed|removal of container \S+ is already in progress|removal in progress)/im;

/** The line in which programs say what went wrong. */
export function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}
