import type { Json } from "@compose-harden/model";
import { inspect } from "./containers.js";
import type { CallOptions, Docker } from "./docker.js";
import { environmentIn, mapIn, textIn, textMapIn, textsIn } from "./shape.js";

/** An image as the engine holds it: what its containers get when nobody says otherwise. */
export interface Image {
  /** `sha256:…`. */
  readonly id: string;
  readonly tags: readonly string[];
  /** `name@sha256:…`, for images that came from a registry. */
  readonly digests: readonly string[];
  readonly user: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  readonly workingDirectory: string;
  /** Paths declared as `VOLUME`. */
  readonly volumes: readonly string[];
  /** `80/tcp`. */
  readonly exposed: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** The named images; those the engine does not have are left out. Throws `EngineError`. */
export async function inspectImages(
  docker: Docker,
  names: readonly string[],
  options: CallOptions = {},
): Promise<readonly Image[]> {
  return inspect(docker, "image", names, imageIn, options);
}

/** Reads one entry of `docker image inspect`; undefined when it is no image. */
export function imageIn(entry: Json | undefined): Image | undefined {
  const all = mapIn(entry);
  const config = mapIn(all.Config);
  const id = textIn(all.Id);
  if (id === "") return undefined;
  return {
    id: id.startsWith("sha256:") ? id : `sha256:${id}`,
    tags: textsIn(all.RepoTags),
    digests: textsIn(all.RepoDigests),
    user: textIn(config.User),
    entrypoint: textsIn(config.Entrypoint),
    command: textsIn(config.Cmd),
    environment: environmentIn(config.Env),
    workingDirectory: textIn(config.WorkingDir),
    volumes: Object.keys(mapIn(config.Volumes)),
    exposed: Object.keys(mapIn(config.ExposedPorts)),
    labels: textMapIn(config.Labels),
  };
}
