import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** The top-level `version`, which Compose ignores, is not written. */
export const obsoleteVersion: Rule = {
  id: "obsolete-version",
  summary: "the file does not carry the obsolete top-level `version`",
  topic: "compose",
  severity: severityOf("mishap", "comfort"),
  since: "0.1.0",
  references: [
    {
      title: "Compose: Version and name top-level elements",
      url: "https://docs.docker.com/reference/compose-file/version-and-name/",
    },
  ],

  project(project, { report }) {
    // `docker stack deploy` still asks for it.
    if (project.services.some((service) => service.get("deploy", "placement", "constraints") !== undefined)) return;
    const origin = project.originsOf(["version"]).at(-1);
    if (origin === undefined) return;
    // Of a file that is not valid YAML, such as one with the key twice, not all is known.
    const isWhole = !project.gaps.some(({ reason }) => reason === "yaml");
    report({
      at: { path: ["version"], origin },
      message: "the file carries `version`, which Compose ignores",
      risk: "readers and older tools take it for the format in force, and Compose prints a warning at each command",
      fix: isWhole
        ? { title: "remove version", intents: [{ op: "unset", path: ["version"] }], applicability: "safe" }
        : undefined,
    });
  },
};
