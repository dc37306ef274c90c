import { isMap, type Json, type Project, type Service, valueAt } from "@compose-harden/model";

/** The networks a service is attached to, by their keys; those of the other one where it shares a service's network. */
function networksOf(service: Service, project: Project): readonly string[] {
  const shared = /^service:(.+)$/.exec(service.network_mode?.value ?? "")?.[1];
  if (shared !== undefined) {
    const other = project.services.find(({ name }) => name === shared);
    return other === undefined || other === service || other.network_mode !== undefined
      ? []
      : networksOf(other, project);
  }
  if (service.network_mode !== undefined) return [];
  const networks: Json | undefined = valueAt(project.data, [...service.path, "networks"]);
  return isMap(networks) ? Object.keys(networks) : [];
}

/** Another service that can be called by its name, and the network on which it can. */
export interface Neighbour {
  readonly service: Service;
  readonly network: string;
}

/** Every service that shares a network with this one. */
export function neighboursOf(service: Service, project: Project): readonly Neighbour[] {
  const own = networksOf(service, project);
  return project.services.flatMap((other) => {
    const network = other === service ? undefined : networksOf(other, project).find((name) => own.includes(name));
    return network === undefined ? [] : [{ service: other, network }];
  });
}

/** True when something in the service reaches addresses outside: some network of it is not internal, or it has the machine's. */
export function hasWayOut(service: Service, project: Project): boolean {
  const mode = service.network_mode?.value;
  if (mode === "none") return false;
  if (mode !== undefined && !mode.startsWith("service:")) return true;
  return networksOf(service, project).some((name) => valueAt(project.data, ["networks", name, "internal"]) !== true);
}
