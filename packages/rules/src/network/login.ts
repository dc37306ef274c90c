import {
  type Fix,
  type Intent,
  isList,
  isMap,
  type Located,
  type Port,
  type Project,
  remembered,
  rememberedIn,
  type Service,
} from "@compose-harden/model";
import {
  type AuthSwitch,
  type Danger,
  inRange,
  type Profile,
  type ProfileAuth,
  parseImage,
  profileById,
  profileOf,
  versionOf,
} from "@compose-harden/profiles";
import { brings } from "../programs/mounted-files.js";
import { words } from "../programs/start-words.js";
import type { Place } from "../rule.js";
import { isSecretName } from "../secrets/secrets.js";
import { portsReachedFromElsewhere } from "./reach.js";

/** Servers that tell by their name what they are, whatever image holds them, with the ids of their profiles. */
const SERVERS: Readonly<Record<string, string>> = {
  "llama-server": "llama-cpp",
  mlflow: "mlflow",
  ray: "ray",
  tritonserver: "tritonserver",
  vllm: "vllm",
};

/** What is known about the image in use, or else about the server that it is told to start; undefined when nothing is. */
export const productOf: (service: Service) => Profile | undefined = remembered((service) => {
  const known = service.image === undefined ? undefined : profileOf(service.image.value);
  if (known !== undefined) return known;
  const id = SERVERS[words(service)[0]?.replace(/^.*\//, "") ?? ""];
  return id === undefined ? undefined : profileById(id);
});

/** True when the tag in use lies in a range of versions; a tag without a number, and none, stand for the newest. */
export function runsVersion(service: Service, range: string): boolean {
  return inRange(range, versionOf(parseImage(service.image?.value ?? "").tag));
}

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

/** True for a value that is taken from an environment or a file that is not at hand. */
export function isLeftToReader({ value, origin }: Located<string | null>): boolean {
  return value === null || (value === "" && (origin?.interpolated ?? false));
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

/** Where a dangerous setting is written; undefined when it is not, or when its value is not at hand. */
export function foundIn(
  service: Service,
  { env, flag, value, since, unless = [] }: Danger,
  project: Project,
): Place | undefined {
  if (since !== undefined && !runsVersion(service, `>=${since}`)) return undefined;
  if (unless.some((name) => service.environment.items.has(name))) return undefined;
  // What makes it harmless may stand in an env file that is missing.
  if (unless.length > 0 && !settingsAreAtHand(service, project)) return undefined;
  if (env !== undefined) {
    const located = service.environment.items.get(env);
    if (located === undefined || isLeftToReader(located)) return undefined;
    return matches(located.value ?? "", value ?? "*") ? located : undefined;
  }
  const { command } = service;
  if (flag === undefined || command === undefined || !hasFlag(words(service), flag)) return undefined;
  if (/=['"]*$/.test(flag) && (command.origin?.interpolated ?? false)) return undefined;
  const given = command.value;
  const whole = given.findIndex((word) => hasFlag([word], flag));
  const index = whole < 0 ? given.findIndex((word, at) => hasFlag([word, given[at + 1] ?? ""], flag)) : whole;
  return index < 0 ? command : { path: [...command.path, index] };
}

function matches(value: string, pattern: string): boolean {
  const expression = /^\/(.+)\/$/.exec(pattern)?.[1];
  if (expression !== undefined) return new RegExp(expression).test(value);
  if (pattern === "*") return value !== "" && !/^(false|no|off|0)$/i.test(value);
  return (
    value === pattern ||
    (/^(true|false|yes|no|on|off)$/i.test(pattern) && value.toLowerCase() === pattern.toLowerCase())
  );
}

/** True when an option stands in the words: `--auth none` also as `--auth=none`, and an empty value in any quotes. */
function hasFlag(all: readonly string[], flag: string): boolean {
  const wanted = normal(flag);
  // What stands behind an option may be its value, or the next argument.
  const readings = [all.map(normal).join(" "), normal(all.join(" "))].map((text) => ` ${text} `);
  return readings.some(
    (text) => text.includes(` ${wanted} `) || (!wanted.includes("=") && text.includes(` ${wanted}=true `)),
  );
}

function normal(text: string): string {
  return text
    .replace(/['"]/g, "")
    .replace(/(--[\w.-]+) (?=\w)/g, "$1=")
    .trim();
}

/** True when a dangerous value is a secret that documentation shows, not a switch. */
export function isKnownSecret({ env, value }: Danger): boolean {
  if (env === undefined || value === undefined || /^(\*?|\/.+\/)$/.test(value)) return false;
  // No switch has a value of twenty characters.
  return isSecretName(env) || /^\S{20,}$/.test(value);
}

/** True for a secret that the documentation of the image in use shows. */
export function isPublishedKey(service: Service, name: string, value: string): boolean {
  const dangers = productOf(service)?.dangerous ?? [];
  return dangers.some((danger) => danger.env === name && danger.value === value && isKnownSecret(danger));
}

/** How a dangerous setting reads in a file. */
export function nameOf({ env, flag, value }: Danger): string {
  return env === undefined
    ? (flag ?? "")
    : `${env}${value === undefined || /^(\*|\/.+\/)$/.test(value) ? "" : `=${value}`}`;
}

/** The fix that turns a switch the other way, never a safe one; undefined for settings that are no switch. */
export function flip(
  service: Service,
  { env, value, evidence }: Pick<Danger, "env" | "value"> & Partial<Pick<Danger, "evidence">>,
  caveat: string,
): Fix | undefined {
  const current = env === undefined ? undefined : service.environment.items.get(env)?.value;
  if (env === undefined || current === undefined || current === null || value === "*") return undefined;
  const other = OPPOSITES.find(([word]) => word === current)?.[1];
  // `yes` is no better where only `true` counts.
  if (other === undefined || (value !== undefined && matches(other, value))) return undefined;
  return {
    title: `set ${env} to ${other}`,
    intents: [{ op: "set", path: [...service.environment.path, env], value: other }],
    applicability: "unsafe",
    caveat,
    ...(evidence === undefined ? {} : { evidence }),
  };
}

const OPPOSITES: readonly (readonly [string, string])[] = [
  ["true", "false"],
  ["True", "False"],
  ["TRUE", "FALSE"],
  ["yes", "no"],
  ["on", "off"],
  ["1", "0"],
].flatMap(([a = "", b = ""]) => [
  [a, b],
  [b, a],
]);

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
