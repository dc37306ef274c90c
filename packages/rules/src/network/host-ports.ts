import { type Fix, type Intent, type Project, remembered, type Service } from "@compose-harden/model";
import { type Profile, type ProfilePort, profileOf } from "@compose-harden/profiles";
import { settingsText } from "../programs/settings-text.js";

/** Servers whose ports are all there is to them; of others it must be known what the machine's network is for. */
const SERVERS = /^(ai|database|identity|queue|storage)$/;

/**
 * The fix that takes a service off the machine's network and publishes its known pages and interfaces on 127.0.0.1; undefined where
 * more than these may be meant.
 */
export function publishInstead(service: Service, project: Project): Fix | undefined {
  const ports = service.has("ports") ? undefined : portsInstead(service, project);
  if (ports === undefined) return undefined;
  const purpose = profileAt(service)?.needs?.network;
  const add = ports.map(({ port }): Intent => {
    const [host_ip, number] = ["127.0.0.1", String(port)];
    const item = { mode: "ingress", host_ip, target: port, published: number, protocol: "tcp" };
    return { op: "add", path: service.ports.path, item, written: `${host_ip}:${number}:${number}` };
  });
  return {
    title: `publish ${ports.map(({ port }) => port).join(" and ")} on 127.0.0.1 instead`,
    intents: [{ op: "unset", path: [...service.path, "network_mode"] }, ...add],
    applicability: "unsafe",
    caveat: `${purpose === undefined ? "" : `known of it: ${purpose}; `}\`${service.name}\` no longer finds devices and services by broadcast (mDNS, SSDP, DHCP), and neither it nor what calls it reaches the other on the machine's own addresses, 127.0.0.1 among them, but for ${ports.length === 1 ? "this port" : "these ports"}`,
  };
}

/** The ports that a service on the machine's network can be known to be meant for; undefined where there may be others. */
export function portsInstead(service: Service, project: Project): readonly ProfilePort[] | undefined {
  const profile = profileAt(service);
  if (profile === undefined || profile.needs?.required === true) return undefined;
  if (profile.needs?.network === undefined && !SERVERS.test(profile.category)) return undefined;
  const ports = pagesOf(profile);
  const isTaken = project.services.some((other) => other !== service && ports.some(({ port }) => claims(other, port)));
  return ports.length === 0 || isTaken || setsPort(service, ports) || namesTheMachine(project) ? undefined : ports;
}

function profileAt({ image }: Service): Profile | undefined {
  return image === undefined ? undefined : profileOf(image.value);
}

function pagesOf({ ports }: Profile): readonly ProfilePort[] {
  return ports.filter(({ exposure, proto }) => proto !== "udp" && /^(web|admin|internal)$/.test(exposure));
}

/** True when a service has a port of the machine, or may get it by the same fix. */
function claims(service: Service, port: number): boolean {
  if (service.network_mode?.value !== "host")
    return service.ports.items.some(({ value: { published } }) => published === String(port));
  const profile = profileAt(service);
  return profile !== undefined && pagesOf(profile).some((page) => page.port === port);
}

/** True when a setting gives it a port that is not known of its image. */
function setsPort({ environment }: Service, ports: readonly { readonly port: number }[]): boolean {
  return [...environment.items].some(
    ([name, { value }]) =>
      /PORT$/i.test(name) && /^\d+$/.test(value ?? "") && !ports.some(({ port }) => String(port) === value),
  );
}

/** True when a service of the project is told an address of the machine, which means something else on another network. */
const namesTheMachine = remembered(({ services }: Project): boolean =>
  services.some((service) =>
    /\blocalhost\b|\b127\.0\.0\.1\b|host\.docker\.internal|\b172\.17\.0\.1\b/.test(settingsText(service)),
  ),
);
