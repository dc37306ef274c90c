import { type Project, rememberedIn, type Service } from "@compose-harden/model";
import { capabilityName, parseImage } from "@compose-harden/profiles";
import type { Place } from "../rule.js";
import { severityOf } from "../severity.js";
import { isLinuxContainer, startsAsOrdinaryUser } from "./container.js";
import { hostMountsOf, socketBehind } from "./host-paths.js";
import { sensitivity } from "./sensitive-paths.js";

/** What makes whoever controls a container root on the machine. */
export interface HostPower {
  readonly what: string;
  readonly at: Place;
}

/** Capabilities that lead out of a container by themselves. */
const ESCAPES: ReadonlySet<string> = new Set(["ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO"]);

/** How whoever controls the service's container becomes root on the machine; undefined when no setting gives it away. */
export const hostPowerOf: (service: Service, project: Project) => HostPower | undefined = rememberedIn(
  (service, project) => {
    if (!isLinuxContainer(service)) return undefined;
    if (service.privileged?.value === true) return { what: "is privileged", at: service.privileged };
    const api = service.get("use_api_socket");
    if (api?.value === true) return { what: "holds the engine's socket", at: api };
    // A proxy hands on only what its settings allow.
    const isProxy = isSocketProxy(service);
    for (const { mount, path } of hostMountsOf(service, project)) {
      if (isSocketAtHand(path, service) && !isProxy) return { what: "holds the engine's socket", at: mount };
      const sensitive = sensitivity(path, mount.value.read_only);
      if (sensitive?.severity === severityOf("container", "host"))
        return { what: `writes to ${sensitive.what}`, at: mount };
    }
    const capability = service.cap_add.items.find(({ value }) => ESCAPES.has(capabilityName(value)));
    return capability === undefined
      ? undefined
      : { what: `has the capability ${capabilityName(capability.value)}`, at: capability };
  },
);

/** In a folder that is mounted for something else, the socket stays shut to an ordinary user. */
export function isSocketAtHand(path: string, service: Service): boolean {
  const behind = socketBehind(path);
  return behind === "socket" || (behind === "folder" && !startsAsOrdinaryUser(service));
}

/** True for the programs that stand before the engine's socket and let some requests pass. */
export function isSocketProxy({ image }: Service): boolean {
  return /socket-?proxy/.test(parseImage(image?.value ?? "").repository);
}

/** The settings of the common proxies that let requests pass which change something. */
export function allowsWriting(service: Service): boolean {
  const set = (name: string) => /^(1|true|yes)$/i.test(service.environment.items.get(name)?.value ?? "");
  const words = service.command?.value ?? [];
  return set("POST") || words.some((word) => /^-allow(POST|PUT|DELETE|PATCH)=/i.test(word));
}
