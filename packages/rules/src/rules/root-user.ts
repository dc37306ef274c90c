import type { Service } from "@compose-harden/model";
import { isRoot } from "@compose-harden/profiles";
import { isLinuxContainer } from "../host/container.js";
import { handsOverFiles } from "../programs/jobs.js";
import { words } from "../programs/start-words.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** No service asks for root. */
export const rootUser: Rule = {
  id: "root-user",
  summary: "no service asks to run as root",
  topic: "privileges",
  severity: severityOf("container", "privileges"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Building best practices, USER",
      url: "https://docs.docker.com/build/building/best-practices/#user",
    },
    { title: "Compose: user", url: "https://docs.docker.com/reference/compose-file/services/#user" },
  ],
  frameworks: { cis: ["4.1"], owasp: ["2"], nist: ["4.1.2"] },

  reads: ["user"],

  service(service, { project, report }) {
    const { user } = service;
    if (!isLinuxContainer(service) || user === undefined || !isRoot(user.value)) return;
    if (handsOverFiles(service, project) || stepsDown(service)) return;
    report({
      at: user,
      message: `\`${service.name}\` asks to run as root (\`user: ${user.value}\`)`,
      risk: "an intruder in it starts as root, and whatever escapes from the container or writes to a mounted folder is root there too",
    });
  },
};

/** True for a start that goes on as another user. */
function stepsDown(service: Service): boolean {
  const start = words(service).join(" ");
  return /(^|\s)(gosu|su-exec|chpst\s+-u|s6-setuidgid|setpriv\s+--reuid[= ])\s*(?!root\b|0\b)[\w$]/.test(start);
}
