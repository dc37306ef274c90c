import { isList, isMap, type Json, type JsonMap, type Project } from "@compose-harden/model";

/** What to print; the same choices as `docker compose config`. */
export interface RenderOptions {
  /** Resources that no printed service uses as well. */
  readonly allResources?: boolean;
  /** Only these services and what they depend on; their profiles count as active. */
  readonly services?: readonly string[];
}

/** What is printed, or the name of a service that is not there. */
export type Rendered =
  | { readonly ok: true; readonly config: JsonMap }
  | { readonly ok: false; readonly unknownService: string };

/** The project as `docker compose config --format json` prints it, `$` doubled. */
export function renderConfig(project: Project, options: RenderOptions = {}): Rendered {
  const selected = select(project, project.data, options);
  return selected.ok ? { ok: true, config: doubled(selected.config) } : selected;
}

/** The part of a project's data that is printed; `$` is not doubled. */
export function select(project: Project, data: Json, options: RenderOptions): Rendered {
  if (!isMap(data)) return { ok: true, config: {} };
  const chosen = chooseServices(project, mapAt(data, "services"), options.services ?? []);
  if (typeof chosen === "string") return { ok: false, unknownService: chosen };
  const needed = resourcesOf(chosen);
  const config: Record<string, Json> = {};
  for (const [section, value] of Object.entries(data)) {
    if (section === "services") config[section] = chosen;
    else if (section === "jobs") config[section] = activeJobs(project, value);
    else if (isResource(section) && isMap(value) && options.allResources !== true) {
      config[section] = pick(value, (name) => needed[section].has(name));
    } else config[section] = value;
    if (section !== "services" && !section.startsWith("x-") && isMap(config[section]) && isEmpty(config[section])) {
      delete config[section];
    }
  }
  config.services ??= {};
  return { ok: true, config };
}

function chooseServices(project: Project, services: JsonMap, names: readonly string[]): JsonMap | string {
  const active = new Set(project.services.filter((service) => service.active).map((service) => service.name));
  if (names.length === 0) return pick(services, (name) => active.has(name));
  const enabled = enable(services, names, active, project.profiles);
  const chosen = new Set<string>();
  const unknown = follow(services, names, enabled, chosen);
  if (unknown !== undefined) return unknown;
  return Object.fromEntries(
    Object.entries(services)
      .filter(([name]) => chosen.has(name))
      .map(([name, service]) => [name, withDependencies(service, chosen)]),
  );
}

/** Naming a service that its profiles keep off activates those profiles. */
function enable(
  services: JsonMap,
  names: readonly string[],
  active: ReadonlySet<string>,
  profiles: readonly string[],
): ReadonlySet<string> {
  const added = names.filter((name) => !active.has(name)).flatMap((name) => texts(mapAt(services, name).profiles));
  const all = new Set([...profiles, ...added]);
  const enabled = new Set(active);
  for (const [name, service] of Object.entries(services)) {
    const own = isMap(service) ? texts(service.profiles) : [];
    if (own.length === 0 || own.some((profile) => all.has(profile))) enabled.add(name);
  }
  return enabled;
}

/** Adds services and what they depend on; answers the first name that is needed and not there. */
function follow(
  services: JsonMap,
  names: readonly string[],
  enabled: ReadonlySet<string>,
  chosen: Set<string>,
): string | undefined {
  for (const name of names) {
    if (chosen.has(name)) continue;
    if (!enabled.has(name)) return name;
    chosen.add(name);
    const dependencies = mapAt(mapAt(services, name), "depends_on");
    const wanted = Object.keys(dependencies).filter(
      (other) => enabled.has(other) || mapAt(dependencies, other).required !== false,
    );
    const unknown = follow(services, wanted, enabled, chosen);
    if (unknown !== undefined) return unknown;
  }
  return undefined;
}

function withDependencies(service: Json, chosen: ReadonlySet<string>): Json {
  if (!isMap(service) || !isMap(service.depends_on)) return service;
  const { depends_on, ...rest } = service;
  const kept = pick(mapAt(service, "depends_on"), (name) => chosen.has(name));
  return isEmpty(kept) ? rest : { ...rest, depends_on: kept };
}

type Resources = Readonly<Record<"networks" | "volumes" | "secrets" | "configs" | "models", ReadonlySet<string>>>;

function isResource(section: string): section is keyof Resources {
  return ["networks", "volumes", "secrets", "configs", "models"].includes(section);
}

function resourcesOf(services: JsonMap): Resources {
  const networks = new Set<string>();
  const volumes = new Set<string>();
  const secrets = new Set<string>();
  const configs = new Set<string>();
  const models = new Set<string>();
  for (const service of Object.values(services)) {
    if (!isMap(service)) continue;
    for (const name of Object.keys(mapAt(service, "networks"))) networks.add(name);
    for (const name of Object.keys(mapAt(service, "models"))) models.add(name);
    for (const volume of mapsAt(service, "volumes")) if (volume.type === "volume") volumes.add(String(volume.source));
    for (const secret of mapsAt(service, "secrets")) secrets.add(String(secret.source));
    for (const secret of mapsAt(mapAt(service, "build"), "secrets")) secrets.add(String(secret.source));
    for (const config of mapsAt(service, "configs")) configs.add(String(config.source));
  }
  return { networks, volumes, secrets, configs, models };
}

function activeJobs(project: Project, jobs: Json): Json {
  if (!isMap(jobs)) return jobs;
  return pick(jobs, (_, job) => {
    const own = isMap(job) ? texts(job.profiles) : [];
    return own.length === 0 || project.profiles.includes("*") || own.some((name) => project.profiles.includes(name));
  });
}

function pick(map: JsonMap, keep: (key: string, value: Json) => boolean): JsonMap {
  return Object.fromEntries(Object.entries(map).filter(([key, value]) => keep(key, value)));
}

function mapAt(map: JsonMap, key: string): JsonMap {
  const value = Object.hasOwn(map, key) ? map[key] : undefined;
  return isMap(value) ? value : {};
}

function mapsAt(map: JsonMap, key: string): readonly JsonMap[] {
  const value = map[key];
  return isList(value) ? value.filter(isMap) : [];
}

function texts(value: Json | undefined): readonly string[] {
  return isList(value) ? value.filter((item) => typeof item === "string") : [];
}

function isEmpty(value: Json | undefined): boolean {
  return isMap(value) && Object.keys(value).length === 0;
}

/** Keys and values with `$` doubled, so that what is printed can be loaded again. */
function doubled<T extends Json>(value: T): T;
function doubled(value: Json): Json {
  if (typeof value === "string") return value.replaceAll("$", "$$$$");
  if (isList(value)) return value.map((item) => doubled(item));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [doubled(key), doubled(item)]));
}

/** JSON text with sorted keys and two blanks of indentation; `<`, `>` and `&` are escaped as Docker escapes them. */
export function jsonText(value: Json): string {
  const escapes: Readonly<Record<string, string>> = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
  };
  const sorted = JSON.stringify(sortedKeys(value), null, 2);
  return sorted.replace(/[<>&\u2028\u2029]/g, (character) => escapes[character] ?? character);
}

function sortedKeys(value: Json): Json {
  if (isList(value)) return value.map(sortedKeys);
  if (!isMap(value)) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sortedKeys(value[key] ?? null)]));
}
