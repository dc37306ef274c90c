import { basename } from "node:path";
import { type JsonMap, type Project, type Service, valueAt } from "@compose-harden/model";
import type { Container } from "../container.js";
import type { Engine } from "../engine.js";
import type { Image } from "../image.js";
import { mapIn, numberIn, textIn } from "../shape.js";
import { compareContainer } from "./compare.js";
import type { Difference } from "./difference.js";
import { isLoopback, publishedPorts } from "./network.js";
import { imageNameOf, normalImage } from "./program.js";

/** What makes the running project agree with its files again. */
export type Mend =
  /** Make the containers of a service anew. */
  | { readonly do: "recreate"; readonly service: string; readonly project?: string }
  /** Start what is missing. */
  | { readonly do: "start"; readonly service: string }
  | { readonly do: "unpause"; readonly service: string }
  /** Take away containers of services that the files do not have. */
  | { readonly do: "remove-orphans" }
  /** Take away a container that Docker Compose did not start, then start the service. */
  | { readonly do: "replace"; readonly service: string; readonly container: string }
  /** See why it does not stay up. */
  | { readonly do: "look"; readonly service: string };

/** One difference between what runs and what the files say. */
export interface Drift extends Difference {
  /** Undefined where no service of the files is concerned. */
  readonly service: string | undefined;
  /** Name of the container; undefined where there is none. */
  readonly container: string | undefined;
  readonly mend: Mend;
}

/** What runs, held against the files of one project. */
export interface ProjectDrift {
  readonly drift: readonly Drift[];
  /** What is worth knowing and no difference. */
  readonly notes: readonly string[];
  /** Containers that were compared. */
  readonly compared: readonly Container[];
}

/** What runs on the engine. */
export interface RunningSide {
  readonly engine: Engine;
  /** All containers of the engine, also those of other projects and of none. */
  readonly containers: readonly Container[];
  /** Images of those containers, and those that the files name as far as the engine has them. */
  readonly images: readonly Image[];
}

/** Compares a project with what runs; `files` are the files it is made of, absolute. */
export function compareProject(project: Project, files: readonly string[], running: RunningSide): ProjectDrift {
  const { containers } = running;
  const named = containers.filter(({ compose }) => compose?.project === project.name);
  const byFiles = containers.filter(
    ({ compose }) => compose !== undefined && compose.project !== project.name && isMadeOf(compose.files, files),
  );
  // Started from these files under another name: `-p`, COMPOSE_PROJECT_NAME or a renamed folder.
  const own = (named.length > 0 ? named : byFiles).filter(({ compose }) => compose?.isOneOff === false);
  const oneOffs = (named.length > 0 ? named : byFiles).filter(({ compose }) => compose?.isOneOff === true);
  const drift: Drift[] = [];
  const notes: string[] = [];
  const compared: Container[] = [];
  for (const service of project.services) {
    if (service.get("provider") !== undefined) continue;
    const mine = own.filter(({ compose }) => compose?.service === service.name);
    const outcome = compareService({ service, project, files, mine, own, running });
    drift.push(...outcome.drift);
    notes.push(...outcome.notes);
    compared.push(...outcome.compared);
  }
  const names = new Set(project.services.map(({ name }) => name));
  for (const container of own.filter(({ compose }) => !names.has(compose?.service ?? ""))) {
    drift.push({
      service: undefined,
      container: container.name,
      attribute: "services",
      message: `the container \`${container.name}\` belongs to the service \`${container.compose?.service}\`, which the files do not have`,
      weaker: container.state.status === "running",
      mend: { do: "remove-orphans" },
    });
  }
  const [other] = named.length > 0 ? byFiles : [];
  if (other !== undefined)
    notes.push(`a second copy runs as the project \`${other.compose?.project}\`: name it with \`-p\` to look at it`);
  const [elsewhere] = named.length > 0 ? [] : own;
  if (elsewhere !== undefined)
    notes.push(`what runs is called \`${elsewhere.compose?.project}\`, and the files say \`${project.name}\``);
  for (const { name, state } of oneOffs)
    if (state.status === "running") notes.push(`\`${name}\` was started by \`docker compose run\` and is not compared`);
  return { drift, notes, compared };
}

/** True for containers that were started from these files, wherever the folder was seen from. */
function isMadeOf(noted: readonly string[], files: readonly string[]): boolean {
  const [first] = noted;
  return first !== undefined && first === files[0];
}

interface ServiceSide {
  readonly service: Service;
  readonly project: Project;
  readonly files: readonly string[];
  readonly mine: readonly Container[];
  readonly own: readonly Container[];
  readonly running: RunningSide;
}

function compareService(side: ServiceSide): ProjectDrift {
  const { service, mine, running } = side;
  const drift: Drift[] = [];
  const notes: string[] = [];
  const say = (container: Container | undefined, difference: Difference, mend: Mend): void => {
    drift.push({ ...difference, service: service.name, container: container?.name, mend });
  };
  const strays = straysOf(side);
  const standIns = mine.length > 0 ? [] : strays.filter(({ state }) => state.status === "running");
  presence(side, standIns, say, notes);
  for (const container of mine) {
    const mend: Mend = { do: "recreate", service: service.name };
    for (const difference of differencesOf(side, container)) say(container, difference, mend);
    const update = newerImage(side, container);
    if (update !== undefined) say(container, update, mend);
    const sources = otherFiles(side, container);
    if (sources !== undefined) say(container, sources, mend);
  }
  for (const container of standIns) {
    const mend: Mend = { do: "replace", service: service.name, container: container.name };
    for (const difference of differencesOf(side, container)) say(container, difference, mend);
  }
  const wider = strays.filter((container) => !standIns.includes(container) && isWider(side, container));
  for (const container of wider) {
    say(
      container,
      {
        attribute: "ports",
        message: `\`${container.name}\`, which Docker Compose did not start, runs the same image and publishes it to other machines, which the file does not`,
        weaker: true,
      },
      { do: "replace", service: service.name, container: container.name },
    );
  }
  for (const container of strays) {
    if (!standIns.includes(container) && !wider.includes(container))
      notes.push(`\`${container.name}\` runs the image of \`${service.name}\` and was not started by Docker Compose`);
  }
  return { drift, notes, compared: [...mine, ...standIns].filter((one) => running.containers.includes(one)) };
}

/** Containers that nothing of Compose started and that look like this service: by name, or by image. */
function straysOf({ service, project, running }: ServiceSide): readonly Container[] {
  const names = [
    textIn(service.get("container_name")?.raw),
    `${project.name}-${service.name}-1`,
    `${project.name}_${service.name}_1`,
  ];
  const image = normalImage(imageNameOf(service, project));
  return running.containers.filter(
    ({ compose, name, image: runs, state }) =>
      compose === undefined && (names.includes(name) || (state.status === "running" && normalImage(runs) === image)),
  );
}

/** True when a stray opens ports to other machines that the file keeps to this one. */
function isWider({ service, project }: ServiceSide, { portBindings, state }: Container): boolean {
  const said = publishedPorts(fileOf(service, project));
  return (
    state.status === "running" &&
    portBindings.some(({ address }) => !isLoopback(address)) &&
    said.every(({ address }) => isLoopback(address))
  );
}

/** Whether as many containers run as the file says, and how they do. */
function presence(
  side: ServiceSide,
  standIns: readonly Container[],
  say: (container: Container | undefined, difference: Difference, mend: Mend) => void,
  notes: string[],
): void {
  const { service, project, mine } = side;
  const file = fileOf(service, project);
  const replicas = mapIn(file.deploy).replicas;
  const wanted = file.scale !== undefined ? numberIn(file.scale) : replicas !== undefined ? numberIn(replicas) : 1;
  const start: Mend = { do: "start", service: service.name };
  const missing = (message: string): Difference => ({ attribute: "services", message, weaker: false });
  const [standIn] = standIns;
  if (standIn !== undefined) {
    say(
      standIn,
      {
        attribute: "services",
        message: `runs as \`${standIn.name}\`, which Docker Compose did not start`,
        weaker: false,
      },
      { do: "replace", service: service.name, container: standIn.name },
    );
  } else if (mine.length === 0 && wanted > 0 && service.active) {
    say(undefined, missing("does not run: it has no container"), start);
  }
  const isUp = ({ state }: Container) => ["running", "paused", "restarting"].includes(state.status);
  for (const container of mine) {
    const { status, exitCode, health, outOfMemory, error } = container.state;
    if (status === "paused") say(container, missing("is paused"), { do: "unpause", service: service.name });
    else if (status === "restarting")
      say(
        container,
        missing(
          `does not stay up: it ends with exit code ${exitCode}${outOfMemory ? " because memory ran out" : ""} and is started again`,
        ),
        { do: "look", service: service.name },
      );
    else if (!isUp(container)) {
      const isDone =
        status === "exited" &&
        exitCode === 0 &&
        ["", "no", "on-failure"].includes(container.restart.name) &&
        isJob(side, container);
      if (isDone) notes.push(`\`${service.name}\` has done its work and ended`);
      else if (error !== "") say(container, missing("does not run: the engine could not start it"), start);
      else
        say(
          container,
          missing(
            status === "created"
              ? "does not run: it was never started"
              : `does not run: it ended with exit code ${exitCode}${outOfMemory ? " because memory ran out" : ""}`,
          ),
          start,
        );
    } else if (health === "unhealthy") notes.push(`\`${container.name}\` runs, and its health check fails`);
  }
  if (mine.length > 0 && mine.length !== wanted)
    say(
      undefined,
      {
        attribute: "scale",
        message: `has ${mine.length} ${mine.length === 1 ? "container" : "containers"}, and the file says ${wanted}`,
        weaker: false,
      },
      start,
    );
}

/**
 * True for a service that is there to end: another one waits for that, or nothing says that it serves. Whether somebody stopped a
 * container or it ended by itself, the engine does not tell.
 */
function isJob({ service, project, running }: ServiceSide, container: Container): boolean {
  const file = fileOf(service, project);
  const isAwaited = project.services.some((other) => {
    const wait = mapIn(mapIn(fileOf(other, project).depends_on)[service.name]);
    return wait.condition === "service_completed_successfully";
  });
  if (isAwaited) return true;
  if ([file.ports, file.expose, file.healthcheck].some((value) => value !== undefined)) return false;
  const image = running.images.find(({ id }) => id === container.imageId);
  const exposes = (image?.exposed.length ?? 0) > 0;
  const own = service.command?.value[0];
  const startsServer = service.entrypoint === undefined && (own === undefined || own === image?.command[0]);
  return !(exposes && startsServer);
}

function differencesOf({ service, project, own, running }: ServiceSide, container: Container): readonly Difference[] {
  const image = running.images.find(({ id }) => id === container.imageId);
  const { engine } = running;
  return compareContainer({
    service,
    project,
    file: fileOf(service, project),
    container,
    image,
    engine,
    siblings: own,
  });
}

/** The image's name means a newer image on this engine than the one that runs: it was pulled or built since. */
function newerImage({ service, project, running }: ServiceSide, container: Container): Difference | undefined {
  const name = imageNameOf(service, project);
  if (normalImage(container.image) !== normalImage(name) || name.includes("@")) return undefined;
  const now = running.images.find(({ tags }) => tags.some((tag) => normalImage(tag) === normalImage(name)));
  if (now === undefined || now.id === container.imageId) return undefined;
  const built = service.build === undefined ? "pulled" : "built";
  return {
    attribute: "image",
    message: `runs an older \`${name}\` than the one that was ${built} since`,
    weaker: false,
  };
}

/** Started from other files than these: an override left out, or one too many. */
function otherFiles({ files }: ServiceSide, { compose }: Container): Difference | undefined {
  const noted = compose?.files ?? [];
  if (noted.length === 0 || files.length === 0 || noted.every((file) => file === "-")) return undefined;
  const names = (paths: readonly string[]) => paths.map((path) => basename(path)).join(", ");
  // The same folder may be seen under another path: in a container, or through a link.
  if (names(noted) === names(files)) return undefined;
  return {
    attribute: "files",
    message: `was started from other files (${names(noted)}) than these (${names(files)})`,
    weaker: false,
  };
}

function fileOf(service: Service, project: Project): JsonMap {
  return mapIn(valueAt(project.data, service.path));
}
