import type { Project, Service } from "@compose-harden/model";
import { textMapIn } from "../shape.js";
import type { Comparer } from "./difference.js";

/** What runs: the image, how it is started, its environment and labels. */
export const program: Comparer = function* (pair) {
  yield* image(pair);
  yield* start(pair);
  yield* environment(pair);
  for (const [name, value] of Object.entries(textMapIn(pair.file.labels))) {
    const now = pair.container.labels[name];
    if (now !== value)
      yield {
        attribute: `labels.${name}`,
        message:
          now === undefined
            ? `lacks the label \`${name}\` of the file`
            : `has another value in its label \`${name}\` than the file says`,
        weaker: false,
      };
  }
};

/** The image that a service is to run: the file's, or the name that Docker Compose gives to what it builds. */
export function imageNameOf(service: Service, project: Project): string {
  return service.image?.value ?? `${project.name}-${service.name}`;
}

/** An image's name as the engine means it: no default registry, folder or tag left out or in. */
export function normalImage(name: string): string {
  const [base = "", digest] = name.split("@");
  const short = base.replace(/^(?:docker\.io|index\.docker\.io)\//, "").replace(/^library\//, "");
  const tagged = /:[^/]+$/.test(short) ? short : digest === undefined ? `${short}:latest` : short;
  return digest === undefined ? tagged : `${tagged}@${digest}`;
}

const image: Comparer = function* ({ service, project, container, image: own }) {
  const said = imageNameOf(service, project);
  const [, digest] = said.split("@");
  if (normalImage(said) !== normalImage(container.image)) {
    const isPinned = digest !== undefined && own?.digests.some((known) => known.endsWith(`@${digest}`)) === true;
    if (!isPinned)
      yield {
        attribute: "image",
        message: `runs the image \`${container.image}\`, and the file says \`${said}\``,
        weaker: false,
      };
  } else if (
    digest !== undefined &&
    own !== undefined &&
    own.digests.length > 0 &&
    !own.digests.some((known) => known.endsWith(`@${digest}`))
  ) {
    yield { attribute: "image", message: `runs an image with another digest than the file says`, weaker: true };
  }
};

const start: Comparer = function* ({ service, container, image: own }) {
  const entrypoint = service.entrypoint?.value ?? own?.entrypoint;
  // An entrypoint of one's own switches off the image's command.
  const command = service.command?.value ?? (service.entrypoint === undefined ? own?.command : []);
  // The words may hold passwords.
  if (entrypoint !== undefined && !sameWords(entrypoint, container.entrypoint))
    yield { attribute: "entrypoint", message: "was started with another entrypoint than the file says", weaker: false };
  if (command !== undefined && !sameWords(command, container.command))
    yield { attribute: "command", message: "was started with another command than the file says", weaker: false };
};

/** True for equal lists of words. */
export function sameWords(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, index) => word === b[index]);
}

/** Docker's client hands these to every container, if it is told so: https://docs.docker.com/engine/cli/proxy/ */
const PROXY = /^(?:https?|ftp|no|all)_proxy$/i;

const environment: Comparer = function* ({ service, container, image: own }) {
  const said = service.environment.items;
  for (const [name, { value }] of said) {
    const now = container.environment.get(name);
    if (value === null ? now === undefined || now === own?.environment.get(name) : now === value) continue;
    if (value === null) continue;
    yield {
      attribute: `environment.${name}`,
      message:
        now === undefined
          ? `lacks the variable \`${name}\` of the file`
          : `has another value in \`${name}\` than the file says`,
      weaker: false,
    };
  }
  if (own === undefined) return;
  for (const [name, value] of container.environment) {
    if (said.has(name) || own.environment.get(name) === value || PROXY.test(name)) continue;
    // Engines add these: https://docs.docker.com/reference/cli/docker/container/run/#env and podman-run(1)
    if (["PATH", "HOSTNAME", "HOME", "TERM", "container"].includes(name)) continue;
    yield {
      attribute: `environment.${name}`,
      message: `has the variable \`${name}\`, which the file does not set`,
      weaker: false,
    };
  }
};
