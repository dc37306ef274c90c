import type { Project, Service } from "@compose-harden/model";
import type { IgnoredSetting } from "@compose-harden/profiles";
import { isOff } from "../programs/environment.js";
import { productOf, runsVersion } from "../programs/product.js";
import { healthCheckText } from "../programs/settings-text.js";
import { words } from "../programs/start-words.js";
import { loginOf } from "./login.js";

/** The settings of a service that are meant to protect, and that its software does not read. */
export function ignoredSettings(service: Service, project: Project): readonly IgnoredSetting[] {
  const { items } = service.environment;
  return (productOf(service)?.ignored ?? []).filter(
    ({ env, versions, instead }) =>
      items.has(env) &&
      // A protection that nobody asks for has no effect either way.
      !isOff(items.get(env)?.value ?? "") &&
      !isUsed(service, env) &&
      (versions === undefined || runsVersion(service, versions)) &&
      loginOf(service, project) !== "set" &&
      !setsInstead(service, instead),
  );
}

/** True when the variable that took its place is written too: an old name beside the new one. */
function setsInstead({ environment }: Service, instead: string): boolean {
  return instead.split(/\W+/).some((word) => word.includes("_") && environment.items.has(word));
}

/** True when a command line of the service may read the variable. */
function isUsed(service: Service, name: string): boolean {
  return [...words(service), healthCheckText(service)].some(
    (word) => word.includes(name) || /\.(sh|conf)\b/.test(word),
  );
}
