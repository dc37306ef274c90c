import { isJob } from "../programs/jobs.js";
import { productOf, runsVersion } from "../programs/product.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Modules of Node.js with which code leaves n8n. */
const MODULES = /^(\*|child_process|fs|fs\/promises|vm|worker_threads|cluster|process|module|inspector|repl)$/;
/** Those of them that open files alone. */
const FILES = /^fs(\/promises)?$/;

/** Code in n8n's workflows reaches neither the container's programs and files nor its environment. */
export const n8nCodeAccess: Rule = {
  id: "n8n-code-access",
  summary: "code in n8n's workflows reaches neither programs and files of the container nor its environment",
  topic: "ai",
  severity: severityOf("container", "privileges"),
  since: "0.1.0",
  references: [
    {
      title: "n8n: Nodes environment variables",
      url: "https://docs.n8n.io/hosting/configuration/environment-variables/nodes/",
    },
    {
      title: "n8n: Security environment variables",
      url: "https://docs.n8n.io/hosting/configuration/environment-variables/security/",
    },
    { title: "n8n: v2.0 breaking changes", url: "https://docs.n8n.io/2-0-breaking-changes/" },
  ],

  service(service, { project, report }) {
    const { id = "" } = productOf(service) ?? {};
    if ((id !== "n8n" && id !== "n8n-runners") || isJob(service, project)) return;
    for (const name of ["NODE_FUNCTION_ALLOW_BUILTIN", "NODE_FUNCTION_ALLOW_EXTERNAL"]) {
      const located = service.environment.items.get(name);
      const open = (located?.value ?? "")
        .split(",")
        .map((module) => module.trim().replace(/^node:/, ""))
        .filter((module) => MODULES.test(module));
      if (located === undefined || open.length === 0) continue;
      report({
        at: located,
        message: `\`${service.name}\` lets code in workflows load ${open.includes("*") ? "every module" : open.map((module) => `\`${module}\``).join(", ")} (\`${name}\`)`,
        risk: `whoever edits a workflow, or gets text into one that a model turns into code, ${open.every((module) => FILES.test(module)) ? "reads and changes files" : "runs programs and reads files"} as n8n`,
      });
    }
    const path = [...service.environment.path, "N8N_BLOCK_ENV_ACCESS_IN_NODE"];
    if (id !== "n8n" || runsVersion(service, ">=2.0") || service.environment.items.has("N8N_BLOCK_ENV_ACCESS_IN_NODE"))
      return;
    report({
      at: { path },
      message: `\`${service.name}\` lets every workflow read its environment (the default before n8n 2.0)`,
      risk: "whoever edits a workflow reads the database's password and the key of all credentials, if they are set there",
      fix: {
        title: "set N8N_BLOCK_ENV_ACCESS_IN_NODE",
        intents: [{ op: "set", path, value: "true" }],
        applicability: "unsafe",
        caveat:
          "workflows that use `$env`, or `process.env` in a Code node, stop working: give them credentials instead",
      },
    });
  },
};
