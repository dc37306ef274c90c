import { isMap, type Project, rememberedIn, type Service } from "@compose-harden/model";

/**
 * True for what runs once with a start of its own, to import or to migrate, and then ends: it is not to be started again, or
 * others wait for its end.
 */
export const isJob: (service: Service, project: Project) => boolean = rememberedIn(
  (service: Service, { services }: Project): boolean =>
    (service.entrypoint ?? service.command) !== undefined &&
    (service.get("restart")?.value === "no" || services.some((other) => waitsForEndOf(service, other))),
);

function waitsForEndOf({ name }: Service, other: Service): boolean {
  const dependencies = other.get("depends_on")?.raw;
  const dependency = isMap(dependencies) ? dependencies[name] : undefined;
  return isMap(dependency) && dependency.condition === "service_completed_successfully";
}
