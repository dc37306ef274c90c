/** Why the engine gives no answer. */
export type EngineFailure =
  /** There is no `docker` program. */
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

/** The error that `docker` means by what it prints, or undefined when it is about what was asked and not about the engine. */
export function failureIn(stderr: string): EngineError | undefined {
  if (
    /permission denied while trying to connect|dial unix [^:]*: connect: permission denied|docker_engine: access is denied/i.test(
      stderr,
    )
  ) {
    return new EngineError(
      "denied",
      "the container engine does not let this user in: run it as root or as a member of the group `docker`",
    );
  }
  if (UNREACHABLE.test(stderr)) {
    return new EngineError(
      "unreachable",
      `no container engine answers \`docker\`: is it running? It says: ${lastLine(stderr)}`,
    );
  }
  return undefined;
}

const UNREACHABLE =
  /cannot connect to the docker daemon|failed to connect to the docker API|is the docker daemon running|error during connect|error response from daemon: dial|cannot connect to podman|unable to resolve docker endpoint|context "[^"]*": context not found|unable to parse docker host|connection refused|no such host|docker daemon is not running/i;

/** The line in which programs say what went wrong. */
export function lastLine(text: string): string {
  return text.trim().split("\n").at(-1)?.trim() ?? "";
}
