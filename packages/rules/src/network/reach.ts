import { type Located, type Port, remembered, type Service } from "@compose-harden/model";
import { words } from "../programs/start-words.js";
import { isEveryInterface } from "./ports.js";

/**
 * From where a service's ports answer. `everywhere`: every interface of the machine; `address`: one address of a network;
 * `host`: this machine only; `project`: other containers only.
 */
export type Reach = "everywhere" | "address" | "host" | "project";

/** From where a published port answers. */
export function reachOfPort({ host_ip }: Port): Exclude<Reach, "project"> {
  if (isEveryInterface(host_ip)) return "everywhere";
  return /^(127\.|\[?(0*:)*:?0*1\]?$|localhost$)/i.test(host_ip ?? "") ? "host" : "address";
}

/** True when the service has the machine's own network, on which every port it opens answers. */
export function hasHostNetwork(service: Service): boolean {
  return service.network_mode?.value === "host";
}

/** Options of servers for the address to listen on, at 127.0.0.1; `--host` names the server for these clients. */
const LOOPBACK_OPTION =
  /(?:^|\s)--?(?:bind(?:[_-]?(?:ip|addr(?:ess)?))?|listen(?:[_-](?:addr(?:ess)?|host))?|host)(?:=|\s+)["']?(?:tcp:\/\/)?(?:127\.[\d.]+|localhost|\[?::1\]?)(?![\w.,])/;
const CLIENT = /\b(?:mongo(?:sh)?|mysql(?:admin)?|psql|redis-cli|curl|wget)\b[^;&|]*--host\b/;

/** An address of this machine only, with or without a scheme and a port. */
const LOOPBACK = /^(?:https?:\/\/)?(?:127\.[\d.]+|localhost|\[::1\])(?::\d+)?\/?$/;

/** True when the service has the machine's network and does not keep itself to 127.0.0.1 there. */
export const answersOnHostNetwork: (service: Service) => boolean = remembered((service) => {
  if (!hasHostNetwork(service)) return false;
  if (LOOPBACK.test(service.environment.items.get("OLLAMA_HOST")?.value ?? "")) return false;
  const line = words(service).join(" ");
  const said = CLIENT.test(line) ? line.replace(/--host\b/g, "") : line;
  return !LOOPBACK_OPTION.test(said);
});

/** The ports other machines can reach, one for each written entry; none without a network of its own, where `ports` is void. */
export const portsReachedFromElsewhere: (service: Service) => readonly Located<Port>[] = remembered((service) => {
  if (service.network_mode !== undefined && /^(host|none|(service|container):.*)$/.test(service.network_mode.value)) {
    return [];
  }
  const reached = service.ports.items.filter(({ value }) => reachOfPort(value) !== "host");
  if (reached.length < 2) return reached;
  // A range is one entry in the file and many ports in the project.
  const keys = reached.map(writtenEntryOf);
  return reached.filter((_, index) => keys.indexOf(keys[index] ?? "") === index);
});

/** What the ports of one written entry have in common. */
function writtenEntryOf({ origin, path }: Located<Port>): string {
  return origin === undefined
    ? path.join("/")
    : `${origin.value.file}:${origin.value.start}:${origin.via.map(({ at }) => `${at.file}:${at.start}`)}`;
}

/** From where a service can be reached at all, the widest first. */
export function reachOf(service: Service): Reach {
  if (hasHostNetwork(service)) return answersOnHostNetwork(service) ? "everywhere" : "host";
  if (service.network_mode !== undefined && service.network_mode.value !== "bridge") {
    if (/^(none|(service|container):.*)$/.test(service.network_mode.value)) return "project";
  }
  const reaches = service.ports.items.map(({ value }) => reachOfPort(value));
  return (["everywhere", "address", "host"] as const).find((reach) => reaches.includes(reach)) ?? "project";
}
