import { isMap, valueAt } from "@compose-harden/model";
import type { Rule } from "../rule.js";
import { secretsInLines } from "../secrets/inner-secrets.js";
import { literalOf } from "../secrets/literal.js";
import { moveFix, variableName } from "../secrets/move.js";
import { severityOf } from "../severity.js";

/** No inline configuration holds a secret. */
export const secretInConfig: Rule = {
  id: "secret-in-config",
  summary: "no inline config holds a secret in clear text",
  topic: "secrets",
  severity: severityOf("reader", "data"),
  since: "0.1.0",
  references: [
    { title: "Compose: configs", url: "https://docs.docker.com/reference/compose-file/configs/" },
    { title: "Compose: secrets", url: "https://docs.docker.com/reference/compose-file/secrets/" },
  ],
  frameworks: { owasp: ["12"], nist: ["4.1.4"] },

  project(project, { report }) {
    const configs = valueAt(project.data, ["configs"]);
    if (!isMap(configs)) return;
    for (const [name, config] of Object.entries(configs)) {
      if (!isMap(config) || typeof config.content !== "string") continue;
      const path = ["configs", name, "content"];
      const origin = project.originsOf(path).at(-1);
      const literal = literalOf({ value: config.content, origin }, project);
      const text = literal?.value ?? "";
      for (const { kind, setting, part } of secretsInLines(text)) {
        const word = setting ?? kind.split(" ").at(-1) ?? "secret";
        const names = [variableName(`${name}_${word}`), variableName(`${name}_config_${word}`)] as const;
        const what = setting === undefined ? kind : `\`${setting}\``;
        const fix = literal?.isExact === true ? moveFix(what, [{ path, text, part, names }]) : undefined;
        report({
          at: { path, origin },
          message: `the config \`${name}\` holds ${kind}${setting === undefined ? "" : `, in \`${setting}\``}`,
          risk: "whoever reads the file or its history has the secret, and configs are mounted readable for every user of the container",
          fix,
        });
      }
    }
  },
};
