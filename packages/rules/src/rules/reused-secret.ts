import type { Rule } from "../rule.js";
import { type Account, accountsOf } from "../secrets/accounts.js";
import { isGuessable } from "../secrets/secrets.js";
import { severityOf } from "../severity.js";

/** Every account has a secret of its own. */
export const reusedSecret: Rule = {
  id: "reused-secret",
  summary: "no two accounts share one secret that stands in the file",
  topic: "secrets",
  severity: severityOf("container", "privileges"),
  since: "0.1.0",
  references: [
    { title: "Compose: secrets", url: "https://docs.docker.com/reference/compose-file/secrets/" },
    {
      title: "NIST SP 800-190, Application Container Security Guide",
      url: "https://csrc.nist.gov/pubs/sp/800/190/final",
    },
  ],
  frameworks: { nist: ["4.1.4"] },

  project(project, { report }) {
    const accounts = project.services
      .flatMap((service) => accountsOf(service, project))
      .filter(({ service, name, value }) => !isGuessable(name, value, service));
    for (const [index, account] of accounts.entries()) {
      const first = accounts.findIndex((other) => other.value === account.value);
      const other = accounts[first];
      if (first === index || other === undefined || isOneAccount(account, other)) continue;
      report({
        at: account.at,
        message:
          other.service === account.service
            ? `\`${account.service.name}\` has the same secret in \`${account.name}\` as in \`${other.name}\``
            : `\`${account.service.name}\` has the same secret in \`${account.name}\` as \`${other.service.name}\` in \`${other.name}\``,
        risk: "whoever learns the weaker account's secret has the stronger account too",
        related: other.at.origin === undefined ? undefined : [{ message: "the same secret", origin: other.at.origin }],
      });
    }
  },
};

/** Two names of one account in one service, or copies and clients of one server. */
function isOneAccount(a: Account, b: Account): boolean {
  if (a.service !== b.service) return a.name === b.name;
  // `MYSQL_USER: root` names the account that has a password already.
  const ordinary = a.name.includes("ROOT") ? b : a;
  if (a.service.environment.items.get(ordinary.name.replace("PASSWORD", "USER"))?.value === "root") return true;
  return a.name.includes("ROOT") === b.name.includes("ROOT") || /MINIO|RUSTFS/.test(a.name);
}
