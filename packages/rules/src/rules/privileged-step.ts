import { isList, isMap, type Json, type Service } from "@compose-harden/model";
import { isRoot } from "@compose-harden/profiles";
import type { Place, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Builds and lifecycle hooks have no more privileges than the service. */
export const privilegedStep: Rule = {
  id: "privileged-step",
  summary: "builds and lifecycle hooks have no privileges on the machine",
  topic: "privileges",
  severity: severityOf("container", "host"),
  since: "0.1.0",
  references: [
    {
      title: "Compose: Using lifecycle hooks",
      url: "https://docs.docker.com/compose/how-tos/lifecycle/",
    },
    { title: "Compose: build, privileged", url: "https://docs.docker.com/reference/compose-file/build/#privileged" },
    {
      title: "Compose: build, entitlements",
      url: "https://docs.docker.com/reference/compose-file/build/#entitlements",
    },
  ],
  frameworks: { cis: ["5.5", "5.23", "5.24"], owasp: ["2", "3"], nist: ["4.4.3"] },

  reads: ["pre_start", "post_start", "pre_stop", "build"],

  service(service, { report }) {
    for (const { at, hook, name } of hooksOf(service)) {
      if (hook.privileged === true) {
        report({
          at: { path: [...at.path, "privileged"] },
          message: `\`${service.name}\` runs a privileged \`${name}\` hook`,
          risk: "whoever changed a program or a file in the container has it run with all privileges on this machine",
        });
      } else if (typeof hook.user === "string" && isRoot(hook.user)) {
        report({
          at: { path: [...at.path, "user"] },
          severity: severityOf("container", "privileges"),
          message: `\`${service.name}\` runs a \`${name}\` hook as root`,
          risk: "whoever changed a program or a file in the container has it run as root at the next start or stop",
        });
      }
    }
    const build = service.build;
    if (build === undefined || !isMap(build.raw)) return;
    for (const [key, message] of buildPowers(build.raw)) {
      report({
        at: { path: [...build.path, key] },
        severity: severityOf("mishap", "host"),
        message: `\`${service.name}\` is built ${message}`,
        risk: "a package that is fetched during the build, or a changed base image, acts on this machine with it",
      });
    }
  },
};

interface Hook {
  readonly at: Place;
  readonly hook: { readonly [key: string]: Json };
  readonly name: string;
}

function* hooksOf(service: Service): Iterable<Hook> {
  for (const name of ["pre_start", "post_start", "pre_stop"]) {
    const hooks = service.get(name);
    if (hooks === undefined || !isList(hooks.raw)) continue;
    for (const [index, hook] of hooks.raw.entries()) {
      if (isMap(hook)) yield { at: { path: [...hooks.path, index] }, hook, name };
    }
  }
}

function* buildPowers(build: { readonly [key: string]: Json }): Iterable<readonly [key: string, message: string]> {
  if (build.privileged === true) yield ["privileged", "with all privileges"];
  if (isList(build.entitlements) && build.entitlements.length > 0)
    yield ["entitlements", `with the entitlement \`${build.entitlements.join("`, `")}\``];
  if (build.network === "host") yield ["network", "in the network of the machine"];
}
