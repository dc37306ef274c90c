import { isList, isMap, type Located, type Path, type Project, type Service, valueAt } from "@compose-harden/model";

/** A setting that is handed on, with what its readers call its kind. */
export interface OtherSetting {
  readonly where: string;
  readonly name: string;
  readonly at: Located<string | null>;
}

/** Mappings of settings beside a service's environment and its labels. */
const MAPS: readonly (readonly [where: string, attribute: string, ...below: Path])[] = [
  // What Swarm writes on the service instead of its containers.
  ["label", "deploy", "labels"],
  ["label", "build", "labels"],
  ["build context", "build", "additional_contexts"],
  ["annotation", "annotations"],
  ["logging option", "logging", "options"],
];

const HOOKS = ["pre_start", "post_start", "pre_stop"] as const;

/** What a service hands on elsewhere than in its environment and its labels. */
export function otherSettingsOf(service: Service, project: Project): readonly OtherSetting[] {
  const maps = MAPS.filter(([, attribute]) => service.has(attribute));
  const hooks = HOOKS.filter((name) => service.has(name)).flatMap((name) => {
    const list = service.get(name)?.raw;
    return isList(list) ? list.map((_, index) => ["environment of the hook", name, index, "environment"] as const) : [];
  });
  const found = [...maps, ...hooks].flatMap(([where, ...below]) =>
    settingsIn([...service.path, ...below], where, project),
  );
  return service.has("build")
    ? [...found, ...settingsIn([...service.path, "build"], "build", project, ["context"])]
    : found;
}

/** What the drivers of volumes and networks are given. */
export function driverOptionsOf(project: Project): readonly OtherSetting[] {
  return ["volumes", "networks"].flatMap((section) => {
    const all = valueAt(project.data, [section]);
    return Object.keys(isMap(all) ? all : {}).flatMap((name) =>
      settingsIn([section, name, "driver_opts"], `options of the ${section.slice(0, -1)} \`${name}\``, project),
    );
  });
}

/** The texts of a mapping, or only those of some names. */
function settingsIn(path: Path, where: string, project: Project, only?: readonly string[]): readonly OtherSetting[] {
  const settings = valueAt(project.data, path);
  if (!isMap(settings)) return [];
  return (only ?? Object.keys(settings)).flatMap((name): readonly OtherSetting[] => {
    const raw = settings[name];
    const own = [...path, name];
    const origin = project.originsOf(own).at(-1);
    return typeof raw !== "string" || origin === undefined
      ? []
      : [{ where, name, at: { value: raw, raw, path: own, origin } }];
  });
}
