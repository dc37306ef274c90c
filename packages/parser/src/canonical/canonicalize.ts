import type { MapNode } from "../tree/node.js";
import { patternOf } from "../tree/pattern.js";
import { additionalContexts, build, printed, sshKeys } from "./build.js";
import { dependsOn } from "./depends-on.js";
import { external } from "./external.js";
import { envFile, listOfText, namesToMap, schedule, serviceName, withoutEmpty } from "./lists.js";
import { device, fileMount, volume } from "./mounts.js";
import { ports } from "./ports.js";
import { gpus, ulimit } from "./resources.js";
import { type Place, type Rewrite, rewrite } from "./rewrite.js";

/** What any container takes: services, jobs and init containers. */
const CONTAINER: readonly (readonly [string, Rewrite])[] = [
  ["env_file", envFile],
  ["label_file", listOfText],
  ["gpus", gpus],
  ["networks", namesToMap],
  ["models", namesToMap],
  ["volumes.*", volume],
  ["dns", listOfText],
  ["devices.*", device],
  ["secrets.*", fileMount],
  ["configs.*", fileMount],
  ["ulimits.*", ulimit],
];

/** What only services and jobs take. */
const WORKLOAD: readonly (readonly [string, Rewrite])[] = [
  ["build", build],
  ["build.secrets.*", fileMount],
  ["build.provenance", printed],
  ["build.sbom", printed],
  ["build.additional_contexts", additionalContexts],
  ["build.ssh", sshKeys],
  ["build.ulimits.*", ulimit],
  ["depends_on", dependsOn],
  ["extends", serviceName],
  ["ports", ports],
];

const CANONICAL = patternOf<Rewrite>([
  ...under(["services.*", "jobs.*", "services.*.pre_start.*"], CONTAINER),
  ...under(["services.*", "jobs.*"], WORKLOAD),
  ["jobs.*.triggers.schedule.*", schedule],
  ["services.*.develop.watch.*.ignore", listOfText],
  ["services.*.develop.watch.*.include", listOfText],
  ["volumes.*", external],
  ["networks.*", external],
  ["secrets.*", external],
  ["configs.*", external],
]);

const OMIT_EMPTY = patternOf<Rewrite>([
  ["services.*.dns", withoutEmpty],
  ["jobs.*.dns", withoutEmpty],
]);

function under(prefixes: readonly string[], rows: readonly (readonly [string, Rewrite])[]): [string, Rewrite][] {
  return prefixes.flatMap((prefix) => rows.map(([path, act]): [string, Rewrite] => [`${prefix}.${path}`, act]));
}

/**
 * Brings every short syntax of a model into its long form, in place. An entry that cannot be read is reported and dropped;
 * its neighbours are brought into form all the same. Source: compose-go, transform/canonical.go.
 */
export function canonicalize(model: MapNode, place: Omit<Place, "path">): void {
  rewrite(model, CANONICAL, { ...place, path: [] });
  rewrite(model, OMIT_EMPTY, { ...place, path: [] });
}
