import { isMap } from "@compose-harden/model";
import type { Rule } from "../rule.js";
import { literalOf } from "../secrets/literal.js";
import { movablesIn, moveFix } from "../secrets/move.js";
import { secretIn } from "../secrets/secrets.js";
import { severityOf } from "../severity.js";

/** No build argument is a secret. */
export const secretInBuildArgs: Rule = {
  id: "secret-in-build-args",
  summary: "no build argument is a secret, since arguments stay in the image",
  topic: "secrets",
  severity: severityOf("reader", "data"),
  since: "0.1.0",
  references: [
    { title: "Docker: Build secrets", url: "https://docs.docker.com/build/building/secrets/" },
    {
      title: "Docker: Build checks, SecretsUsedInArgOrEnv",
      url: "https://docs.docker.com/reference/build-checks/secrets-used-in-arg-or-env/",
    },
    { title: "Compose: build secrets", url: "https://docs.docker.com/reference/compose-file/build/#secrets" },
  ],
  frameworks: { cis: ["4.10"], owasp: ["12"], nist: ["4.1.4"] },

  reads: ["build"],

  service(service, { project, report }) {
    const args = service.get("build", "args");
    if (args === undefined || !isMap(args.raw)) return;
    for (const [name, raw] of Object.entries(args.raw)) {
      const path = [...args.path, name];
      const origin = project.originsOf(path).at(-1);
      const literal = literalOf({ value: typeof raw === "string" ? raw : null, origin }, project);
      const kind = literal === undefined ? undefined : secretIn(name, literal.value);
      // A variable keeps the secret out of the file, not out of the image.
      const isReference = kind === undefined && origin?.interpolated === true && secretIn(name, "x9") !== undefined;
      if (kind === undefined && !isReference) continue;
      const fix =
        literal?.isExact === true && kind !== undefined
          ? moveFix(`the value of \`${name}\``, movablesIn(service, name, path, literal.value, project))
          : undefined;
      report({
        at: { path, origin },
        severity: kind === undefined ? severityOf("reader", "privileges") : severityOf("reader", "data"),
        message:
          kind === undefined
            ? `\`${service.name}\` builds with a secret as an argument, \`${name}\``
            : `\`${service.name}\` builds with ${kind} in the file, in the argument \`${name}\``,
        risk: "whoever may pull the image reads the argument with `docker history`",
        fix,
      });
    }
  },
};
