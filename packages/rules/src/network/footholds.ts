import { type Project, remembered, rememberedIn, type Service } from "@compose-harden/model";
import { allowsWriting, hostPowerOf, isSocketProxy } from "../host/host-power.js";
import { holdsWord } from "../programs/names.js";
import { productOf } from "../programs/product.js";
import type { Place } from "../rule.js";
import { accountsOf } from "../secrets/accounts.js";
import { literalOf } from "../secrets/literal.js";
import { isGuessable } from "../secrets/secrets.js";
import { loginOf } from "./login.js";
import { neighbourAmong } from "./neighbours.js";
import { openSwitchesOf } from "./open-switches.js";

/** One step of a path: what is learnt there, and where it is written. */
export interface Step {
  readonly says: string;
  readonly at: Place;
}

/** Software that runs what its visitors give it. */
export const runsCodeOfVisitors: (text: string) => boolean = holdsWord(
  "jupyter* comfyui* node-red n8n langflow flowise cp-kafka-connect* code-server openvscode-server portainer portainer-ce portainer-ee yacht dockge duplicati dagu cronicle kestra windmill qbittorrent* airflow jenkins rundeck openinterpreter open-interpreter agent-zero autogpt openhands openclaw clawdbot moltbot webssh webssh2 ttyd gotty wetty kasm* webtop browserless olivetin go2rtc",
);

/** How many services lead on from the first: longer ways are the same finding, harder to read. */
const MOST_HOPS = 3;

/** The shortest way from code in a service through its neighbours to the machine, none of which asks for a secret. */
export function wayToRoot(start: Service, project: Project): readonly Step[] | undefined {
  const seen = new Set([start]);
  let edge: readonly { readonly service: Service; readonly steps: readonly Step[] }[] = [{ service: start, steps: [] }];
  for (let hops = 0; hops < MOST_HOPS && edge.length > 0; hops++) {
    const next: { service: Service; steps: readonly Step[] }[] = [];
    for (const { service, steps } of edge)
      for (const other of entrancesOf(project)) {
        const neighbour = seen.has(other) ? undefined : neighbourAmong([other], service, project);
        const entrance = entranceTo(other, project);
        if (neighbour === undefined || entrance === undefined) continue;
        seen.add(other);
        const says = `\`${other.name}\` on the network \`${neighbour.network}\`, ${entrance.says}`;
        const taken = [...steps, { says, at: entrance.at }];
        if (entrance.power !== undefined) return entrance.power === "itself" ? taken : [...taken, entrance.power];
        next.push({ service: other, steps: taken });
      }
    edge = next;
  }
  return undefined;
}

/** What lets code of a neighbour in, and the power over the machine behind it; `itself`: the entrance is that power. */
interface Entrance extends Step {
  readonly power?: Step | "itself";
}

function entranceTo(service: Service, project: Project): Entrance | undefined {
  const at = { path: service.path, origin: service.image?.origin };
  if (isSocketProxy(service)) return allowsWriting(service) ? { says: PASSES_ON, at, power: "itself" } : undefined;
  const power = hostPowerOf(service, project);
  const step = power === undefined ? {} : { power: { says: `it ${power.what}`, at: power.at } };
  if (power !== undefined && service.environment.items.get("DOCKER_TLS_CERTDIR")?.value === "")
    return { says: "a container engine without TLS", at, ...step };
  const open = runsCodeOfVisitors(service.image?.value ?? "") ? opennessOf(service, project) : undefined;
  if (open !== undefined) return { says: `which runs what it is given, ${open}`, at, ...step };
  const weakness = power === undefined ? undefined : weaknessOf(service, project);
  return weakness === undefined ? undefined : { ...weakness, ...step };
}

/** Said of a proxy for the engine that lets everything pass. */
export const PASSES_ON = "which passes every request on to the engine";

const entrancesOf: (project: Project) => readonly Service[] = remembered((project) =>
  project.services.filter((service) => entranceTo(service, project) !== undefined),
);

/** Why a visitor needs no secret; undefined when one may be needed. */
export function opennessOf(service: Service, project: Project): string | undefined {
  if (openSwitchesOf(service, project).length > 0) return "without a login";
  switch (loginOf(service, project)) {
    case "none":
    case "off":
      return "without a login";
    case "known":
      return "with a login that everyone knows";
    case "set":
    case "required":
      return asksForGuess(service, project) ? "with a password that everybody guesses" : undefined;
    default:
      return undefined;
  }
}

/** True when the login that the settings ask for has a password that everybody tries first. */
function asksForGuess(service: Service, project: Project): boolean {
  const names = productOf(service)?.auth?.switches?.flatMap(({ name, aliases = [] }) => [name, ...aliases]) ?? [];
  return names.some((name) => {
    const at = service.environment.items.get(name);
    const literal = at === undefined ? undefined : literalOf(at, project);
    return literal !== undefined && isGuessable(name, literal.value, service);
  });
}

/** What lets a neighbour in: no login, or a password that everybody guesses. */
export const weaknessOf: (service: Service, project: Project) => Step | undefined = rememberedIn(
  (service: Service, project: Project): Step | undefined => {
    const guessed = accountsOf(service, project).find(({ name, value }) => isGuessable(name, value, service));
    if (guessed !== undefined) return { says: "which has a password that everybody guesses", at: guessed.at };
    const category = productOf(service)?.category;
    const open = opennessOf(service, project);
    if (open === undefined || (category !== "database" && category !== "queue" && category !== "storage"))
      return undefined;
    return {
      says: open === "without a login" ? "which has no login" : `which has ${open.replace("with ", "")}`,
      at: { path: service.path, origin: service.image?.origin },
    };
  },
);
