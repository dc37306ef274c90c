import { parseImage } from "@compose-harden/profiles";
import { isBuiltHere } from "../programs/images.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

interface Options {
  readonly allowed: readonly string[];
}

/** Images come from the registries that the project's owner chose. */
export const registryPolicy: Rule<Options> = {
  id: "registry-policy",
  summary: "images come from an allowed registry, where a list of them is configured",
  topic: "supply-chain",
  severity: severityOf("mishap", "data"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Registry (names and hosts)",
      url: "https://docs.docker.com/reference/cli/docker/image/tag/#description",
    },
    { title: "Compose: image", url: "https://docs.docker.com/reference/compose-file/services/#image" },
  ],
  frameworks: { cis: ["4.2"], owasp: ["13"], nist: ["4.1.5"] },
  options: {
    allowed: {
      summary: "registries, or beginnings of names in them (`ghcr.io/my-team/`); empty: all",
      default: [],
    },
  },

  reads: ["image"],

  service(service, { project, options, report }) {
    const { image } = service;
    if (options.allowed.length === 0 || image === undefined || isBuiltHere(service, project)) return;
    const { registry, repository } = parseImage(image.value);
    const name = `${registry}/${repository}`;
    if (options.allowed.some((allowed) => name === allowed || name.startsWith(allowed.replace(/\/?$/, "/")))) return;
    report({
      at: image,
      message: `\`${service.name}\` takes its image from \`${registry}\`, which is not on the list of allowed registries`,
      risk: "nobody here has decided to trust whoever publishes there",
    });
  },
};
