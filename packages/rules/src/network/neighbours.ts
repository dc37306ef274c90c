import { isMap, type Json, type Project, remembered, rememberedIn, type Service, valueAt } from "@compose-harden/model";

/** The networks a service is attached to, by their keys; those of the other one where it shares a service's network. */
const networksOf = rememberedIn((service: Service, project: Project): readonly string[] => {
  const shared = /^service:(.+)$/.exec(service.network_mode?.value ?? "")?.[1];
  if (shared !== undefined) {
    const other = serviceNamed(project, shared);
    return other === undefined || other === service || other.network_mode !== undefined
      ? []
      : networksOf(other, project);
  }
  if (service.network_mode !== undefined) return [];
  const networks: Json | undefined = valueAt(project.data, [...service.path, "networks"]);
  return isMap(networks) ? Object.keys(networks) : [];
});

const servicesByName = remembered(
  ({ services }: Project): ReadonlyMap<string, Service> => new Map(services.map((service) => [service.name, service])),
);

/** The service of that name, undefined when there is none. */
export function serviceNamed(project: Project, name: string): Service | undefined {
  return servicesByName(project).get(name);
}

/** What others call a service: by its name, those of its container and host, and those it has on a network. */
export const namesOf: (service: Service) => readonly string[] = remembered((service) => {
  const networks = service.get("networks")?.raw;
  const aliases = Object.values(isMap(networks) ? networks : {}).flatMap((network) =>
    isMap(network) && Array.isArray(network.aliases) ? network.aliases : [],
  );
  return [service.name, service.get("container_name")?.value, service.get("hostname")?.value, ...aliases].filter(
    (name): name is string => typeof name === "string" && name !== "",
  );
});

const servicesByAnyName = remembered(({ services }: Project): ReadonlyMap<string, Service> => {
  const found = new Map<string, Service>();
  for (const service of services) for (const name of namesOf(service)) if (!found.has(name)) found.set(name, service);
  return found;
});

/** The first service that others reach by that name. */
export function serviceCalled(project: Project, name: string): Service | undefined {
  return servicesByAnyName(project).get(name);
}

/** The names of the services that a service waits for. */
export const dependenciesOf: (service: Service) => readonly string[] = remembered((service) => {
  const dependencies = service.get("depends_on")?.raw;
  return isMap(dependencies) ? Object.keys(dependencies) : [];
});

/** Another service that can be called by its name, and the network on which it can. */
export interface Neighbour {
  readonly service: Service;
  readonly network: string;
}

/** The first of some services that shares a network with this one. */
export function neighbourAmong(
  candidates: Iterable<Service>,
  service: Service,
  project: Project,
): Neighbour | undefined {
  const own = networksOf(service, project);
  if (own.length === 0) return undefined;
  for (const other of candidates) {
    const network = other === service ? undefined : networksOf(other, project).find((name) => own.includes(name));
    if (network !== undefined) return { service: other, network };
  }
  return undefined;
}

/** True when something in the service reaches addresses outside: some network of it is not internal, or it has the machine's. */
export function hasWayOut(service: Service, project: Project): boolean {
  const mode = service.network_mode?.value;
  if (mode === "none") return false;
  if (mode !== undefined && !mode.startsWith("service:")) return true;
  return networksOf(service, project).some((name) => valueAt(project.data, ["networks", name, "internal"]) !== true);
}
