import type { Rule } from "../rule.js";
import { secretFiles } from "../secrets/secret-files.js";
import { severityOf } from "../severity.js";

/** Git does not have the files that hold the project's secrets, and would not take them. */
export const secretFileInGit: Rule = {
  id: "secret-file-in-git",
  summary: "no file with secrets is under version control, or would be with the next `git add`",
  topic: "secrets",
  severity: severityOf("reader", "data"),
  since: "0.1.0",
  references: [
    {
      title: "GitHub: Removing sensitive data from a repository",
      url: "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/removing-sensitive-data-from-a-repository",
    },
    { title: "git: gitignore", url: "https://git-scm.com/docs/gitignore" },
  ],
  frameworks: { owasp: ["12"], nist: ["4.1.4"] },

  project(project, context) {
    const { lookAt } = context;
    if (lookAt === undefined) return;
    for (const { path, what, at } of secretFiles(project, context)) {
      const git = lookAt(path)?.git;
      if (git !== "tracked" && git !== "open") continue;
      context.report({
        at,
        severity: git === "open" ? severityOf("reader", "privileges") : undefined,
        message:
          git === "tracked"
            ? `git has ${what}, under version control`
            : `git would take ${what}, with the next \`git add\`: no line in \`.gitignore\` leaves it out`,
        risk:
          git === "tracked"
            ? "whoever has a clone has the secrets, those of all earlier commits among them"
            : "one `git add .` and a push give the secrets to everyone who can read the repository, for good",
      });
    }
  },
};
