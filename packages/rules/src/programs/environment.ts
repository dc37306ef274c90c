import { type Intent, type Located, type Project, remembered, type Service } from "@compose-harden/model";

/** True for a value that is taken from an environment or a file that is not at hand. */
export function isLeftToReader({ value, origin }: Located<string | null>): boolean {
  return value === null || (value === "" && (origin?.interpolated ?? false));
}

/** True for the words by which a switch is off. */
export function isOff(value: string): boolean {
  return /^(0|false|no|off)$/i.test(value);
}

/** True when every setting of the service could be read: none is left to an env file that is missing. */
export function settingsAreAtHand(service: Service, project: Project): boolean {
  const incomplete = incompleteServices(project);
  return incomplete !== "all" && !incomplete.has(service.name);
}

/** The names of the services with settings in an env file that is missing. */
const incompleteServices = remembered(({ gaps }: Project): ReadonlySet<string> | "all" => {
  const paths = gaps.filter(({ reason }) => reason === "env-file").map(({ path }) => path);
  if (paths.includes(undefined)) return "all";
  return new Set(paths.map((path) => String(path?.[1])));
});

/** The change that removes a variable, and with the last one the whole `environment`, which Docker would keep as an empty one. */
export function withoutVariable(service: Service, name: string): Intent {
  const { path, items } = service.environment;
  return { op: "unset", path: items.size === 1 ? path : [...path, name] };
}
