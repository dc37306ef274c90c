import { isLinuxContainer } from "../host/container.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** The container is kept apart from the machine. */
export const privileged: Rule = {
  id: "privileged",
  summary: "no container has all privileges on the machine",
  topic: "privileges",
  severity: severityOf("container", "host"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Runtime privilege and Linux capabilities",
      url: "https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities",
    },
    { title: "Compose: privileged", url: "https://docs.docker.com/reference/compose-file/services/#privileged" },
  ],
  frameworks: { cis: ["5.5"], owasp: ["3"], nist: ["4.4.3"] },

  reads: ["privileged"],

  service(service, { report }) {
    if (!isLinuxContainer(service) || service.privileged?.value !== true) return;
    report({
      at: service.privileged,
      message: `\`${service.name}\` is privileged`,
      risk: "whoever controls the container is root on this machine: it sees all devices, and no seccomp or AppArmor profile holds it",
      fix: {
        title: "remove privileged",
        intents: [{ op: "unset", path: [...service.path, "privileged"] }],
        applicability: "unsafe",
        caveat: `\`${service.name}\` loses its devices and capabilities: give back the ones it needs by name, with \`devices\` and \`cap_add\``,
      },
    });
  },
};
