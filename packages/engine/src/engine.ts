import type { Json } from "@compose-harden/model";
import type { CallOptions, Docker } from "./docker.js";
import { EngineError, failureIn } from "./errors.js";
import { flagIn, jsonOf, mapIn, textIn, textsIn } from "./shape.js";

/** Which engine answers. */
export interface Engine {
  readonly product: "docker" | "podman";
  readonly version: string;
  /** `linux` or `windows`: what its containers run on. */
  readonly os: string;
  /** As it calls its host: `Docker Desktop`, `Debian GNU/Linux 12`. */
  readonly host: string;
  readonly isRootless: boolean;
  /** True when user ids in containers are other ones on the host for all containers. */
  readonly remapsUsers: boolean;
  readonly defaultRuntime: string;
  readonly logDriver: string;
  readonly cgroupVersion: string;
}

/** Asks which engine answers; the first thing to do, since its failures say best what is wrong. Throws `EngineError`. */
export async function identifyEngine(docker: Docker, options: CallOptions = {}): Promise<Engine> {
  const answer = mapIn(jsonOf(await docker.run(["info", "--format", "{{json .}}"], options)));
  // Docker's client prints what it knows of itself and the server's error beside it, and ends well.
  const [error] = textsIn(answer.ServerErrors);
  if (error !== undefined) {
    throw failureIn(error) ?? new EngineError("unreachable", `no container engine answers \`docker\`: ${error}`);
  }
  return isMapOf(answer.host) ? podman(answer) : dockerEngine(answer);
}

function dockerEngine(answer: Readonly<Record<string, Json>>): Engine {
  const version = textIn(answer.ServerVersion);
  if (version === "") throw new EngineError("failed", "`docker info` names no version of an engine");
  const security = textsIn(answer.SecurityOptions);
  return {
    product: "docker",
    version,
    os: textIn(answer.OSType),
    host: textIn(answer.OperatingSystem),
    isRootless: security.some((option) => option.startsWith("name=rootless")),
    remapsUsers: security.some((option) => option.startsWith("name=userns")),
    defaultRuntime: textIn(answer.DefaultRuntime),
    logDriver: textIn(answer.LoggingDriver),
    cgroupVersion: textIn(answer.CgroupVersion),
  };
}

/** Podman's `info` has other fields: https://docs.podman.io/en/latest/markdown/podman-info.1.html */
function podman(answer: Readonly<Record<string, Json>>): Engine {
  const host = mapIn(answer.host);
  const distribution = mapIn(host.distribution);
  return {
    product: "podman",
    version: textIn(mapIn(answer.version).Version),
    os: textIn(host.os),
    host: `${textIn(distribution.distribution)} ${textIn(distribution.version)}`.trim(),
    isRootless: flagIn(mapIn(host.security).rootless),
    remapsUsers: false,
    defaultRuntime: textIn(mapIn(host.ociRuntime).name),
    logDriver: textIn(host.logDriver),
    cgroupVersion: textIn(host.cgroupVersion).replace(/^v/, ""),
  };
}

function isMapOf(value: Json | undefined): boolean {
  return Object.keys(mapIn(value)).length > 0;
}
