import { isMap, type Json, type Project, remembered, rememberedIn, type Service } from "@compose-harden/model";
import { words } from "./start-words.js";

/**
 * True for what runs once with a start of its own, to import or to migrate, and then ends: it is not to be started again, or
 * others wait for its end.
 */
export const isJob: (service: Service, project: Project) => boolean = rememberedIn(
  (service: Service, project: Project): boolean =>
    (service.entrypoint ?? service.command) !== undefined &&
    (service.get("restart")?.value === "no" || finishing(project).has(service.name)),
);

/** True for a job that gives files to another user, which only root can. */
export function handsOverFiles(service: Service, project: Project): boolean {
  return isJob(service, project) && /\b(chown|chgrp|install\b.*\s-o)\b/.test(words(service).join(" "));
}

/** The services whose end others wait for. */
const finishing = remembered(({ services }: Project): ReadonlySet<string> => {
  const names = services.flatMap((service) => {
    const dependencies = service.get("depends_on")?.raw;
    return isMap(dependencies) ? Object.keys(dependencies).filter((name) => isEnd(dependencies[name])) : [];
  });
  return new Set(names);
});

function isEnd(dependency: Json | undefined): boolean {
  return isMap(dependency) && dependency.condition === "service_completed_successfully";
}
