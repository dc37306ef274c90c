import { isList, type Path, type Project, writtenAs } from "@compose-harden/model";
import { isLinuxContainer } from "../host/container.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Groups whose members are root in all but name. */
const POWERFUL = /^(docker|podman|libvirt|lxd|incus|root|0|disk|shadow|sudo|wheel|adm|kmem)$/;

/** No service is a member of a group with power over the machine. */
export const powerfulGroup: Rule = {
  id: "powerful-group",
  summary: "no service is a member of a group with power over the machine",
  topic: "privileges",
  severity: severityOf("container", "privileges"),
  since: "0.1.0",
  references: [
    { title: "Compose: group_add", url: "https://docs.docker.com/reference/compose-file/services/#group_add" },
    {
      title: "Docker: Linux post-installation steps (the docker group grants root)",
      url: "https://docs.docker.com/engine/install/linux-postinstall/",
    },
  ],
  frameworks: { owasp: ["1", "2"], nist: ["4.4.3"] },

  reads: ["group_add"],

  service(service, { project, report }) {
    if (!isLinuxContainer(service)) return;
    const groups = service.get("group_add");
    if (groups === undefined || !isList(groups.raw)) return;
    for (const [index, group] of groups.raw.entries()) {
      const path = [...groups.path, index];
      if (!POWERFUL.test(String(group)) && !isSocketGroup(path, project)) continue;
      const named = String(group) === "" ? "that the variable names" : `\`${group}\``;
      report({
        at: { path },
        message: `\`${service.name}\` is a member of the group ${named}`,
        risk: "what that group may open on the machine and is mounted here, a socket or a disk among it, is open to an ordinary user of the container",
        fix: {
          title: `remove the group ${named.replaceAll("`", "")}`,
          intents: [{ op: "drop", path: [...service.path, "group_add"], item: group }],
          applicability: "unsafe",
          caveat: `\`${service.name}\` loses access to what belongs to that group`,
        },
      });
    }
  },
};

/** True for a number that a variable such as `${DOCKER_GID:-999}` holds: the group has another one on every machine. */
function isSocketGroup(path: Path, project: Project): boolean {
  const origin = project.originsOf(path).at(-1);
  return (
    origin?.interpolated === true && /\$\{?DOCKER_?(SOCK\w*_?)?G(ROUP_?)?ID\b/.test(writtenAs(origin, project) ?? "")
  );
}
