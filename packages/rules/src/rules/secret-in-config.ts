import { isMap, valueAt } from "@compose-harden/model";
import { literalOf } from "../literal.js";
import type { Rule } from "../rule.js";
import { secretIn } from "../secrets.js";
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

  *project(project) {
    const configs = valueAt(project.data, ["configs"]);
    if (!isMap(configs)) return;
    for (const [name, config] of Object.entries(configs)) {
      if (!isMap(config) || typeof config.content !== "string") continue;
      const path = ["configs", name, "content"];
      const origin = project.originsOf(path).at(-1);
      const text = literalOf({ value: config.content, origin }, project)?.value ?? "";
      for (const { kind, setting } of secretsIn(text)) {
        yield {
          at: { path, origin },
          message: `the config \`${name}\` holds ${kind}${setting === undefined ? "" : `, in \`${setting}\``}`,
          risk: "whoever reads the file or its history has the secret, and configs are mounted readable for every user of the container",
        };
      }
    }
  },
};

function secretsIn(text: string): readonly { readonly kind: string; readonly setting: string | undefined }[] {
  return text.split("\n").flatMap((line) => {
    const [, setting, value] =
      /^\s*(?:-\s+|export\s+)?["']?([\w.-]+)["']?\s*[:=]\s*["']?([^"'#;]*?)["']?\s*,?\s*(?:[#;].*)?$/.exec(line) ?? [];
    const kind =
      setting === undefined || value === undefined || /^[[{|>&*$(]|\{\{|%\(/.test(value)
        ? secretIn("", line)
        : secretIn(setting, value);
    return kind === undefined ? [] : [{ kind, setting }];
  });
}
