import { parseImage } from "@compose-harden/profiles";
import { isBuiltHere, movementOf } from "../programs/images.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** An image is named by what it contains. */
export const imageDigest: Rule = {
  id: "image-digest",
  summary: "images are pinned by digest",
  topic: "supply-chain",
  severity: severityOf("mishap", "comfort"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Image digests",
      url: "https://docs.docker.com/dhi/core-concepts/digests/",
    },
    {
      title: "Docker: Building best practices, pin base image versions",
      url: "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
    },
  ],
  frameworks: { cis: ["5.28"], owasp: ["13"], nist: ["4.1.5", "4.2.2"] },

  reads: ["image"],

  service(service, { project, report }) {
    if (service.image === undefined || isBuiltHere(service, project)) return;
    const { digest, tag, variableTag } = parseImage(service.image.value);
    // A moving tag is another rule's finding, and the one to mend first.
    if (digest !== undefined || tag === undefined || variableTag || movementOf(tag) !== undefined) return;
    report({
      at: service.image,
      message: `\`${service.name}\` names an image by its tag \`${tag}\` alone`,
      risk: "whoever may push to that name can put other software under the same tag",
    });
  },
};
