import type { Rule } from "../rule.js";
import { secretFiles } from "../secrets/secret-files.js";
import { severityOf } from "../severity.js";

/** Files with secrets are closed to the other users of the machine. */
export const readableSecretFile: Rule = {
  id: "readable-secret-file",
  summary: "no file with secrets can be read by every user of the machine",
  topic: "secrets",
  severity: severityOf("reader", "privileges"),
  since: "0.1.0",
  references: [
    {
      title: "MITRE: CWE-732, Incorrect Permission Assignment for Critical Resource",
      url: "https://cwe.mitre.org/data/definitions/732.html",
    },
    { title: "Compose: secrets", url: "https://docs.docker.com/reference/compose-file/secrets/" },
  ],
  frameworks: { nist: ["4.1.4"] },

  project(project, context) {
    const { lookAt } = context;
    if (lookAt === undefined) return;
    for (const { path, what, at } of secretFiles(project, context)) {
      const facts = lookAt(path);
      // What git has is no secret of this machine's users any more.
      if (facts?.isOpenToAll !== true || facts.git === "tracked") continue;
      context.report({
        at,
        message: `every user of this machine can read ${what}`,
        risk: "a service that was broken into on this machine, whatever its user, has the secrets too",
      });
    }
  },
};
