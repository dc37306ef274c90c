import {
  isList,
  isMap,
  type Located,
  type Port,
  type Project,
  rememberedIn,
  type Service,
} from "@compose-harden/model";
import type { AuthSwitch, Profile, ProfileAuth } from "@compose-harden/profiles";
import { foundIn } from "../programs/dangers.js";
import { isLeftToReader, settingsAreAtHand } from "../programs/environment.js";
import { brings } from "../programs/mounted-files.js";
import { productOf, runsVersion } from "../programs/product.js";
import { words } from "../programs/start-words.js";
import { portsReachedFromElsewhere } from "./reach.js";

/**
 * What stands between a reachable port and the service. `required`: a secret is needed. `set`: its settings ask for one.
 * `off`: nothing, though a login exists. `none`: the software has none. `first`: the first visitor makes the login.
 * `known`: a login that everyone knows. `later`: nothing, until its owner makes a login inside the software. `unknown`: no claim
 * can be made.
 */
export type Login = "required" | "set" | "off" | "none" | "first" | "known" | "later" | "unknown";

/** What is known about the login of a service, from its image and its settings. */
export const loginOf: (service: Service, project: Project) => Login = rememberedIn((service, project) => {
  const profile = productOf(service);
  if (profile === undefined) return "unknown";
  if (profile.dangerous.some((danger) => danger.opens === true && foundIn(service, danger, project) !== undefined))
    return "off";
  if (profile.auth === undefined) return "unknown";
  const { auth } = profile;
  const { state, since, spends } = auth;
  if (spends !== undefined && !spends.some((name) => isGiven(service, name))) return "unknown";
  const holds = since === undefined || runsVersion(service, `>=${since}`);
  switch (state) {
    case "required":
    case "token":
      return "required";
    case "required-since":
      if (holds) return "required";
      return profile.default_credentials.length > 0 ? configured(service, project, auth, "known") : "unknown";
    case "first-run-setup":
      return holds
        ? "first"
        : configured(service, project, auth, profile.default_credentials.length > 0 ? "known" : "off");
    case "none":
      return holds ? "none" : "unknown";
    case "open":
      return configured(service, project, auth, "off");
    case "open-until-set":
      return configured(service, project, auth, "later");
    case "default-credentials":
      return configured(service, project, auth, profile.default_credentials.length > 0 ? "known" : "unknown");
    case "open-in-old-versions":
      if (since === undefined) return configured(service, project, auth, "unknown");
      return holds ? "required" : configured(service, project, auth, "off");
    case "open-local-only":
    case "config-file":
    case "database-login":
    case "off-by-default":
    case "n/a":
      return "unknown";
    default:
      return state satisfies never;
  }
});

/** True for a variable that is not left empty. */
function isGiven(service: Service, name: string): boolean {
  const located = service.environment.items.get(name);
  return located !== undefined && (located.value !== "" || isLeftToReader(located));
}

/** `set` when a switch or option asks for a login, `otherwise` when surely none does. */
function configured(
  service: Service,
  project: Project,
  { switches = [], flags = [], files }: ProfileAuth,
  otherwise: Login,
): Login {
  if (words(service).some((word) => flags.some((flag) => word.includes(flag)))) return "set";
  const states = switches.map((item) => ({ item, state: switchState(service, item) }));
  const deciding = states.filter(
    ({ item }) => item.default !== undefined || !states.some((other) => other.item.default !== undefined),
  );
  const worst = (item: AuthSwitch): SwitchState =>
    (["off", "unsure", "on"] as const).find((state) =>
      states.some(
        (other) =>
          other.state === state &&
          (other.item === item || (item.all_of !== undefined && other.item.all_of === item.all_of)),
      ),
    ) ?? "off";
  const outcomes = deciding.map(({ item }) => worst(item));
  if (outcomes.includes("on")) return "set";
  // Where no variable sets a password, none that is missing does.
  const isHidden = deciding.length > 0 && !settingsAreAtHand(service, project);
  return outcomes.includes("unsure") || isHidden || hidesSettings(service, files) ? "unknown" : otherwise;
}

type SwitchState = "on" | "off" | "unsure";

function switchState(service: Service, { name, file, default: usual, on, aliases = [] }: AuthSwitch): SwitchState {
  const names = [name, ...aliases, ...(file === undefined ? [] : [file])];
  const found = names.flatMap((key) => service.environment.items.get(key) ?? []);
  const protects = on === undefined ? undefined : new RegExp(on, "i");
  if (found.some(({ value }) => protects?.test(value ?? "") ?? isOn(value, usual))) return "on";
  return found.some(isLeftToReader) ? "unsure" : "off";
}

function isOn(value: string | null, usual: string | undefined): boolean {
  if (value === null || value === "" || /^(false|no|off|0|none)$/i.test(value)) {
    return usual !== undefined && value !== null && value !== "" && value.toLowerCase() !== usual.toLowerCase();
  }
  return usual === undefined || value.toLowerCase() !== usual.toLowerCase();
}

/** What containers take over from the machine, and no software's settings. */
const MACHINE_FILE =
  /^\/etc\/(localtime|timezone|os-release|hosts|hostname|resolv\.conf|passwd|group|machine-id|ssl\/certs(\/.*)?)$/;

/** True when settings may come from a configuration file that was not read. */
function hidesSettings(service: Service, files: readonly string[] | undefined): boolean {
  if (files !== undefined) return files.some((file) => isMounted(service, file));
  const targets = service.volumes.items.map(({ value }) => value.target);
  const configs = service.get("configs")?.raw ?? service.get("secrets")?.raw;
  return (
    targets.some(
      (target) =>
        !MACHINE_FILE.test(target) &&
        /\.(ya?ml|json5?|conf|cfg|ini|toml|env|properties|py)$|\/(etc|conf|config)(\/|$)/.test(target),
    ) ||
    configs !== undefined ||
    // Also in a script, which may write the file itself.
    words(service).some((word) => /\.(conf|ya?ml|json|toml|ini)["';]?(\s|$)|(^|\s)--?config/.test(word))
  );
}

/** True when a file of the container, or a folder above it, is mounted. */
function isMounted(service: Service, file: string): boolean {
  const named = ["configs", "secrets"].flatMap((key) => {
    const list = service.get(key)?.raw;
    return isList(list) ? list.map((item) => (isMap(item) ? String(item.target ?? item.source) : String(item))) : [];
  });
  const targets = [...service.volumes.items.map(({ value }) => value.target), ...named];
  return targets.some((target) => brings(target.replace(/^(?!\/)/, "/"), file));
}

/** The ports other machines reach and that the login is there for: not what every visitor may see, nor what a proxy passes on. */
export function guardedPortsReached(service: Service, { ports, auth }: Profile): readonly Located<Port>[] {
  const isOpenByNature = auth?.state === "none" || auth?.state === "off-by-default";
  return portsReachedFromElsewhere(service).filter(({ value: { target, protocol } }) => {
    const known =
      ports.find(({ port, proto = "tcp" }) => port === target && proto === protocol) ??
      (isPortOption(service, target) ? ports.find(({ exposure }) => isGuarded(exposure)) : undefined);
    if (auth?.ports?.includes(target) === false) return false;
    if (known === undefined) return ports.length === 0 && protocol === "tcp" && !isOpenByNature;
    return isGuarded(known.exposure) || (known.exposure === "web" && !isOpenByNature);
  });
}

/** True for the port that an option tells the server to listen on. */
export function isPortOption(service: Service, port: number): boolean {
  // Traefik names the address of its dashboard's entry point.
  return new RegExp(`(^| )(--port[= ]|--entrypoints\\.traefik\\.address=\\S*:)${port}( |$)`, "i").test(
    words(service).join(" "),
  );
}

/** True for ports that visitors have no business on. */
export function isGuarded(exposure: Profile["ports"][number]["exposure"]): boolean {
  return exposure === "internal" || exposure === "admin" || exposure === "cluster";
}
