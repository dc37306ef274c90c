import type { Project, Service } from "@compose-harden/model";
import type { IgnoredSetting } from "@compose-harden/profiles";
import { productOf, runsVersion } from "../programs/product.js";
import { words } from "../programs/start-words.js";
import { loginOf } from "./login.js";

/** The settings of a service that are meant to protect, and that its software does not read. */
export function ignoredSettings(service: Service, project: Project): readonly IgnoredSetting[] {
  const { items } = service.environment;
  return (productOf(service)?.ignored ?? []).filter(
    ({ env, versions, instead }) =>
      items.has(env) &&
      !isSwitchedOff(items.get(env)?.value ?? "") &&
      !isUsed(service, env) &&
      (versions === undefined || runsVersion(service, versions)) &&
      loginOf(service, project) !== "set" &&
      !setsInstead(service, instead),
  );
}

/** True for a protection that nobody asks for: it has no effect either way. */
function isSwitchedOff(value: string): boolean {
  return /^(false|no|off|0)$/i.test(value);
}

/** True when the variable that took its place is written too: an old name beside the new one. */
function setsInstead({ environment }: Service, instead: string): boolean {
  return instead.split(/\W+/).some((word) => word.includes("_") && environment.items.has(word));
}

/** True when a command line of the service may read the variable. */
function isUsed(service: Service, name: string): boolean {
  const check = service.get("healthcheck", "test")?.raw;
  return [...words(service), JSON.stringify(check ?? "")].some(
    (word) => word.includes(name) || /\.(sh|conf)\b/.test(word),
  );
}
