import {
  compareProject,
  type Drift,
  type Engine,
  imageNameOf,
  inspectImages,
  listContainers,
  listListeners,
  type Mend,
  type ProjectDrift,
  type RunningSide,
} from "@compose-harden/engine";
import type { Project } from "@compose-harden/model";
import { discover } from "@compose-harden/parser";
import { profileOf } from "@compose-harden/profiles";
import { type DisplayPath, gapsOf, jsonText } from "@compose-harden/report";
import { asked, openEngine } from "../engine.js";
import { EXIT, type ExitCode } from "../errors.js";
import { version } from "../generated/version.js";
import { displayFrom, type Host } from "../host.js";
import { engineIsHere, strangersAt } from "../listeners.js";
import { asStarted, describeGap, type Loaded, labelOf } from "../load.js";
import { checkServiceNames, type ReadOptions } from "../options.js";
import { readProjects } from "../read.js";
import { driftText, type Found, type Verified } from "./drift-text.js";

/** Options of `verify`. */
export interface VerifyOptions extends ReadOptions {
  readonly format: string;
  readonly service?: readonly string[];
}

/** `compose-harden verify`: says in what the running containers are not what the files say. */
export async function runVerify(paths: readonly string[], options: VerifyOptions, host: Host): Promise<ExitCode> {
  const display = displayFrom(host.cwd);
  const { projects: all, unreadable, files } = readProjects(paths, options, host);
  const projects = asStarted(all);
  const services = projects.flatMap(({ project }) => project.services.map(({ name }) => name));
  checkServiceNames(options.service ?? [], services);
  let isIncomplete = unreadable.length > 0;
  for (const { project } of projects) {
    for (const gap of gapsOf(project)) {
      host.say(`gap: ${describeGap(gap, project, display)}\n`);
      isIncomplete = true;
    }
  }
  if (projects.length === 0) return EXIT.error;
  const { docker, engine } = await openEngine(host);
  const running = await asked(async (): Promise<RunningSide> => {
    const containers = await listContainers(docker);
    const named = projects.flatMap(({ project }) => project.services.map((service) => imageNameOf(service, project)));
    const ids = containers.map(({ imageId }) => imageId);
    const images = await inspectImages(
      docker,
      [...new Set([...ids, ...named])].filter((name) => name !== ""),
    );
    return { engine, containers, images };
  });
  const seesListeners = engineIsHere(running.containers, host.env);
  const listeners = seesListeners ? listListeners() : undefined;
  const isWanted = ({ service }: { readonly service: string | undefined }) =>
    (options.service ?? []).length === 0 || (service !== undefined && options.service?.includes(service) === true);

  const results = projects.map((loaded): Verified => {
    const { project } = loaded;
    const main = loaded.target.entry.files ?? discover(loaded.target.entry, files.read).files;
    const compared = compareProject(project, main, running);
    // A search below a directory also finds what nobody started.
    if (projects.length > 1 && !loaded.target.isNamed && compared.compared.length === 0) return idle(loaded, display);
    const compose = composeCommand(loaded, options, host, display, nameInUse(compared, project));
    const strangers = listeners === undefined ? [] : strangersAt(listeners.listeners, project, running.containers);
    return {
      name: project.name,
      label: labelOf(loaded, display),
      services: project.services.length,
      containers: compared.compared.length,
      drift: [
        ...compared.drift
          .map((drift) => aboutLogin(drift, project))
          .map((drift): Found => ({ ...drift, mend: mendText(drift.mend, compose) })),
        ...strangers,
      ].filter(isWanted),
      notes: [
        ...compared.notes,
        ...(listeners === undefined
          ? [
              seesListeners
                ? "this machine does not say which sockets listen"
                : "the engine runs elsewhere: which sockets listen on its machine was not looked at",
            ]
          : []),
        ...(strangers.some(({ process }) => process === undefined)
          ? ["whose the listening sockets are is shown to root only"]
          : []),
      ],
    };
  });
  if (options.format === "json") host.print(jsonText(toJson(results, engine)));
  else host.print(driftText(results, host.out));
  if (isIncomplete) return EXIT.error;
  return results.some(({ drift }) => drift.length > 0) ? EXIT.findings : EXIT.ok;
}

function idle(loaded: Loaded, display: DisplayPath): Verified {
  const { name, services } = loaded.project;
  const notes = ["nothing of it runs, and it was only found, not named: not compared"];
  return { name, label: labelOf(loaded, display), services: services.length, containers: 0, drift: [], notes };
}

/** A variable that decides about the login weighs more than others. */
function aboutLogin(drift: Drift, project: Project): Drift {
  const [, name] = /^environment\.(.*)$/.exec(drift.attribute) ?? [];
  const service = project.services.find((one) => one.name === drift.service);
  const profile = service?.image === undefined ? undefined : profileOf(service.image.value);
  if (name === undefined || profile === undefined) return drift;
  const switches = (profile.auth?.switches ?? []).flatMap((one) => [one.name, one.file, ...(one.aliases ?? [])]);
  const decides = switches.includes(name) || profile.dangerous.some((danger) => danger.env === name);
  return decides ? { ...drift, weaker: true, message: `${drift.message}; it decides about the login` } : drift;
}

/** The project's name under which it runs, where that is not the one the files give. */
function nameInUse({ compared }: ProjectDrift, project: Project): string | undefined {
  const names = new Set(compared.map(({ compose }) => compose?.project).filter((name) => name !== undefined));
  const [name] = names;
  return names.size === 1 && name !== project.name ? name : undefined;
}

/** `docker compose` with the options that make it load this project. */
function composeCommand(
  { target, project }: Loaded,
  options: ReadOptions,
  host: Host,
  display: DisplayPath,
  name: string | undefined,
): string {
  const { entry } = target;
  const words = ["docker compose"];
  for (const file of entry.files ?? []) words.push(`-f ${shellWord(display(file))}`);
  for (const file of options.envFile ?? []) words.push(`--env-file ${shellWord(file)}`);
  for (const profile of options.profile ?? []) words.push(`--profile ${shellWord(profile)}`);
  if (options.projectDirectory !== undefined) words.push(`--project-directory ${shellWord(options.projectDirectory)}`);
  const called = name ?? options.projectName;
  if (called !== undefined) words.push(`-p ${shellWord(called)}`);
  const isHere = entry.files !== undefined || entry.cwd === host.cwd || project.directory === host.cwd;
  return `${isHere ? "" : `cd ${shellWord(display(entry.cwd))} && `}${words.join(" ")}`;
}

function mendText(mend: Mend, compose: string): string {
  switch (mend.do) {
    case "recreate":
      return `${compose} up -d --force-recreate ${shellWord(mend.service)}`;
    case "start":
      return `${compose} up -d ${shellWord(mend.service)}`;
    case "unpause":
      return `${compose} unpause ${shellWord(mend.service)}`;
    case "remove-orphans":
      return `${compose} up -d --remove-orphans`;
    case "replace":
      return `docker rm -f ${shellWord(mend.container)} && ${compose} up -d ${shellWord(mend.service)}`;
    case "look":
      return `${compose} logs --tail 50 ${shellWord(mend.service)}`;
    default:
      return mend satisfies never;
  }
}

/** A word that a shell takes as it stands. */
function shellWord(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** What `schemas/drift.json` describes. */
function toJson(results: readonly Verified[], engine: Engine): object {
  return {
    version: 1,
    tool: { name: "compose-harden", version },
    engine: { product: engine.product, version: engine.version },
    projects: results.map(({ name, label, services, containers, drift, notes }) => ({
      name,
      files: label,
      services,
      containers,
      drift: drift.map(({ service, container, attribute, message, weaker, mend }) => ({
        ...(service === undefined ? {} : { service }),
        ...(container === undefined ? {} : { container }),
        attribute,
        message,
        weaker,
        mend,
      })),
      notes,
    })),
  };
}
