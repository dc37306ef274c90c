import type { Intent, Project, Service } from "@compose-harden/model";
import { isList, isMap, valueAt } from "@compose-harden/model";
import { unmounted } from "../advice/scratch.js";
import { isLinuxContainer, isPiece } from "../host/container.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** The container's own file system cannot be changed while it runs. */
export const readOnlyRoot: Rule = {
  id: "read-only-root",
  summary: "the container's own file system cannot be changed while it runs",
  topic: "files",
  severity: severityOf("container", "comfort"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: docker run --read-only",
      url: "https://docs.docker.com/reference/cli/docker/container/run/#read-only",
    },
    { title: "Compose: read_only", url: "https://docs.docker.com/reference/compose-file/services/#read_only" },
  ],
  frameworks: { cis: ["5.13"], owasp: ["8"], nist: ["4.4.4"] },

  service(service, { advice, project, report }) {
    if (!isLinuxContainer(service) || service.read_only?.value === true) return;
    if (service.read_only === undefined && isPiece(service)) return;
    const verdict = advice.readOnly(service);
    const path = [...service.path, "read_only"];
    const copied = copiedIn(project, service);
    const hindrance =
      copied !== undefined
        ? `${copied} keeps it from being read-only`
        : verdict.offered
          ? undefined
          : `its image does not work read-only: ${verdict.reason}`;
    const fact = `\`${service.name}\` can change its own file system`;
    report({
      at: service.read_only ?? { path },
      message: hindrance === undefined ? fact : `${fact}, and ${hindrance}`,
      risk: "an intruder replaces the program, or leaves tools behind that stay until the container is removed",
      fix:
        hindrance !== undefined || !verdict.offered
          ? undefined
          : {
              title: "make the root file system read-only, with scratch space in memory",
              intents: [
                { op: "set", path, value: true },
                ...unmounted(service, verdict.value).map(
                  (item): Intent => ({ op: "add", path: service.tmpfs.path, item }),
                ),
              ],
              ...verdict.grade,
            },
    });
  },
};

/**
 * A secret or config that Compose copies into the created container, because its source is no file. Into a read-only one it
 * cannot ("cannot create secret … in read-only service: `file` is the sole supported option", Docker Compose 5.6).
 */
function copiedIn(project: Project, service: Service): string | undefined {
  for (const section of ["secrets", "configs"]) {
    const used = service.get(section)?.raw;
    for (const use of isList(used) ? used : []) {
      const source = isMap(use) ? String(use.source) : undefined;
      const resource = source === undefined ? undefined : valueAt(project.data, [section, source]);
      if (!isMap(resource)) continue;
      if (resource.environment !== undefined || resource.content !== undefined)
        return `the ${section.slice(0, -1)} \`${source}\`, which comes from no file,`;
    }
  }
  return undefined;
}
