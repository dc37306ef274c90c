import { resolve } from "node:path";
import {
  type Container,
  type Docker,
  type Engine,
  EngineError,
  type Image,
  imageNameOf,
  inspectImages,
  isSameSubject,
  joinObserved,
  listContainers,
  observedService,
  sameWords,
  type Watch,
  watchProject,
} from "@compose-harden/engine";
import {
  mountedPaths,
  OBSERVED_ENOUGH,
  type Observation,
  type ObservedService,
  observedSeconds,
  type Project,
  type Read,
  type Service,
  startMark,
} from "@compose-harden/model";
import { discover } from "@compose-harden/parser";
import { counted, escapeText } from "@compose-harden/report";
import { asked, openEngine } from "../engine.js";
import { EXIT, type ExitCode, UsageError } from "../errors.js";
import { writeChanges } from "../files/write.js";
import { displayFrom, type Host } from "../host.js";
import { imageIdsFrom } from "../image-ids.js";
import { asStarted, type Loaded } from "../load.js";
import { checkServiceNames, type ReadOptions, secondsFrom } from "../options.js";
import { oneProject } from "../read.js";
import { formatObservation, observationBeside, readObservation } from "../settings/observed.js";
import { observedText } from "./observed-text.js";

/** Options of `observe`. */
export interface ObserveOptions extends ReadOptions {
  readonly for: string;
  readonly output?: string;
  readonly service?: readonly string[];
  readonly quiet?: boolean;
}

/** Seconds between looks at what the engine takes long to say. */
const DEEP_SECONDS = 60;

/** `compose-harden observe`: watches the running project and writes what its services needed. */
export async function runObserve(
  paths: readonly string[],
  options: ObserveOptions,
  host: Host,
  stop: AbortSignal,
): Promise<ExitCode> {
  const seconds = secondsFrom("--for", options.for);
  const display = displayFrom(host.cwd);
  const reading = oneProject(paths, options, host, asStarted);
  if (reading === undefined) return EXIT.error;
  const { loaded, files } = reading;
  const { project } = loaded;
  checkServiceNames(
    options.service ?? [],
    project.services.map(({ name }) => name),
  );
  const output = options.output === undefined ? observationBeside(project) : resolve(host.cwd, options.output);
  const before = readObservation(output, files.read, display);
  const { docker, engine } = await openEngine(host);

  const watch = watchProject(docker, project.name);
  const wanted = ({ container: { compose } }: Watch["sightings"][number]) =>
    (options.service ?? []).length === 0 || options.service?.includes(compose?.service ?? "") === true;
  await asked(() => watch.look(true));
  if (watch.sightings.filter(wanted).length === 0) {
    const other = await asked(() => nameInUse(docker, loaded, files.read));
    throw new UsageError(
      `nothing of the project \`${escapeText(project.name)}\` is running: ${
        other === undefined
          ? "start it with `docker compose up -d`"
          : `what runs of these files is called \`${escapeText(other)}\`, and \`-p ${escapeText(other)}\` observes it`
      }`,
    );
  }
  await keepWatching(watch, seconds, stop, host, options.quiet === true);

  const sightings = watch.sightings.filter(wanted);
  const images = await asked(() =>
    inspectImages(docker, [...new Set(sightings.map(({ container }) => container.imageId))]),
  );
  const idOf = imageIdsFrom(host.env);
  /** True where the name was pulled or built anew since: the next `up` starts another image than the one that is watched. */
  const isReplaced = (service: Service, { imageId }: Container): boolean =>
    (idOf(imageNameOf(service, project)) ?? imageId) !== imageId;
  const services = new Map<string, ObservedService>();
  for (const sighting of sightings) {
    const name = sighting.container.compose?.service ?? "";
    const service = project.services.find((one) => one.name === name);
    const image = images.find(({ id }) => id === sighting.container.imageId);
    const difference =
      service === undefined
        ? "is no service of the file"
        : (differenceOf(service, sighting.container, image, project) ??
          (isReplaced(service, sighting.container)
            ? `runs an older image than the one that \`${imageNameOf(service, project)}\` names by now`
            : undefined));
    if (service === undefined || difference !== undefined) {
      host.say(
        `${escapeText(`\`${name}\` ${difference}`)}: not recorded, since the file's service would be another one\n`,
      );
      continue;
    }
    const seen = observedService(sighting, {
      image: imageNameOf(service, project),
      start: startMark(service),
      mounts: mountedPaths(service),
    });
    const known = services.get(name);
    services.set(name, known === undefined ? seen : joinObserved(known, seen));
  }
  if (services.size === 0) throw new UsageError("nothing was seen that belongs to the file: nothing was written");
  const observation = joined(before, services, project, host);
  writeChanges(
    [{ path: output, before: sourceOf(output, files.read), after: formatObservation(observation) }],
    files,
    display,
  );
  host.print(
    observedText(
      [...services.keys()].map((name) => [name, observation.services[name]]),
      host.out,
    ),
  );
  if (options.quiet !== true) sayLimits(observation, [...services.keys()], engine, sightings, host);
  host.say(
    `${before === undefined ? "wrote" : "added to"} ${escapeText(display(output))}: \`compose-harden fix\` takes it as evidence\n`,
  );
  return EXIT.ok;
}

/** The name under which a project's files were started, where that is another than theirs. */
async function nameInUse(docker: Docker, { target, project }: Loaded, read: Read): Promise<string | undefined> {
  const [main] = target.entry.files ?? discover(target.entry, read).files;
  const running = await listContainers(docker, { all: false });
  const { compose } = running.find((one) => one.compose?.files[0] === main && main !== undefined) ?? {};
  return compose?.project === project.name ? undefined : compose?.project;
}

/** Looks again and again until the time is over or the user stops it; an engine that fails meanwhile is asked again. */
async function keepWatching(
  watch: Watch,
  seconds: number,
  stop: AbortSignal,
  host: Host,
  isQuiet: boolean,
): Promise<void> {
  const start = Date.now();
  const step = Math.max(1, Math.min(5, seconds / 20));
  let nextDeep = DEEP_SECONDS;
  let failure: EngineError | undefined;
  for (let passed = 0; passed < seconds && !stop.aborted; passed = (Date.now() - start) / 1000) {
    if (host.isTerminal && !isQuiet) {
      const running = watch.sightings.length;
      host.say(
        `\r\u001b[Kwatching ${counted(running, "container")}: ${clock(passed)} of ${clock(seconds)}; Ctrl-C ends it and keeps what was seen`,
      );
    }
    await pause(Math.min(step, seconds - passed) * 1000, stop);
    if (stop.aborted) break;
    const isDeep = passed >= nextDeep;
    if (isDeep) nextDeep = passed + DEEP_SECONDS;
    try {
      await watch.look(isDeep, { signal: stop });
      failure = undefined;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      // A restart of the engine ends no observation.
      failure = error;
    }
  }
  if (host.isTerminal && !isQuiet) host.say("\r\u001b[K");
  try {
    await watch.look(true);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    failure = error;
  }
  if (failure !== undefined) host.say(`the engine could not be asked at the end: ${escapeText(failure.message)}\n`);
}

function pause(milliseconds: number, stop: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const finish = (): void => {
      clearTimeout(timer);
      stop.removeEventListener("abort", finish);
      done();
    };
    const timer = setTimeout(finish, milliseconds);
    stop.addEventListener("abort", finish, { once: true });
  });
}

function clock(seconds: number): string {
  const pad = (number: number) => String(Math.floor(number)).padStart(2, "0");
  const hours = seconds >= 3600 ? `${Math.floor(seconds / 3600)}:` : "";
  return `${hours}${pad((seconds / 60) % 60)}:${pad(seconds % 60)}`;
}

/** What the container runs that the file does not say; undefined when they agree. */
function differenceOf(
  service: Service,
  container: Container,
  image: Image | undefined,
  project: Project,
): string | undefined {
  const expected = imageNameOf(service, project);
  if (container.image !== expected) return `runs the image \`${container.image}\`, and the file says \`${expected}\``;
  const entrypoint = service.entrypoint?.value ?? image?.entrypoint;
  const own = service.entrypoint === undefined ? image?.command : [];
  const command = service.command?.value ?? own;
  if (entrypoint !== undefined && !sameWords(entrypoint, container.entrypoint))
    return "was started with another entrypoint";
  if (command !== undefined && !sameWords(command, container.command)) return "was started with another command";
  const user = service.user?.value ?? image?.user;
  return user === undefined || user === container.user ? undefined : "was started as another user";
}

/** The new records beside those of services that were not watched now; services that the file no longer has are dropped. */
function joined(
  before: Observation | undefined,
  services: ReadonlyMap<string, ObservedService>,
  project: Project,
  host: Host,
): Observation {
  const names = project.services.map(({ name }) => name);
  const all = new Map(Object.entries(before?.services ?? {}).filter(([name]) => names.includes(name)));
  for (const [name, seen] of services) {
    const known = all.get(name);
    const isSame = known !== undefined && isSameSubject(known, seen);
    if (known !== undefined && !isSame) {
      host.say(
        `${escapeText(`\`${name}\``)} is not what was seen before (image, command, user or mounts): its record starts anew\n`,
      );
    }
    all.set(name, known !== undefined && isSame ? joinObserved(known, seen) : seen);
  }
  return { version: 1, services: Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function sourceOf(path: string, read: Parameters<typeof readObservation>[1]) {
  const result = read(path);
  return result.kind === "file" ? { path, text: result.text } : undefined;
}

/** What this observation cannot know. */
function sayLimits(
  observation: Observation,
  names: readonly string[],
  engine: Engine,
  sightings: Watch["sightings"],
  host: Host,
): void {
  const short = names.filter((name) => {
    const seen = observation.services[name];
    return seen !== undefined && observedSeconds(seen) < OBSERVED_ENOUGH;
  });
  if (short.length > 0) {
    host.say(
      `seen for less than ${OBSERVED_ENOUGH / 60} minutes, which proves no fix safe: ${escapeText(short.join(", "))}; watch again to add to it\n`,
    );
  }
  if (sightings.some(({ isOpen }) => !isOpen)) {
    const where =
      engine.product === "podman" && engine.isRootless
        ? "run it as the user whose containers they are"
        : "run it as root on the machine of the engine";
    host.say(`ports and capabilities were not seen, since the kernel does not show the processes here: ${where}\n`);
  }
}
