import type { Located, Service } from "@compose-harden/model";
import { parseImage } from "@compose-harden/profiles";
import type { Advice } from "../advice/advice.js";
import { isBuiltHere, isUnfinished, movementOf } from "../programs/images.js";
import type { Report, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** An image is named with a tag that does not move. */
export const imageTag: Rule = {
  id: "image-tag",
  summary: "images are named with a tag that does not move",
  topic: "supply-chain",
  severity: severityOf("mishap", "data"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Building best practices, pin base image versions",
      url: "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions",
    },
    { title: "Compose: image", url: "https://docs.docker.com/reference/compose-file/services/#image" },
  ],
  frameworks: { cis: ["5.28"], owasp: ["13"], nist: ["4.2.2"] },

  reads: ["image"],

  service(service, { project, advice, report }) {
    if (service.image === undefined || isBuiltHere(service, project)) return;
    const { digest, tag, variableTag } = parseImage(service.image.value);
    if (digest !== undefined || variableTag || isUnfinished(service.image.value)) return;
    const movement = tag === undefined ? "release" : movementOf(tag);
    if (movement === undefined) return;
    report({
      at: service.image,
      severity: movement === "variant" ? severityOf("mishap", "privileges") : undefined,
      message:
        tag === undefined
          ? `\`${service.name}\` names an image without a tag, which means \`latest\``
          : `\`${service.name}\` names an image by ${movement === "variant" ? "a tag without a version," : "the moving tag"} \`${tag}\``,
      risk: "the next pull brings other software, wanted or not: a major version that cannot read the data, or a release that somebody took over",
      ...pinned(service, service.image, advice),
    });
  },
};

function pinned(service: Service, image: Located<string>, advice: Advice): Pick<Report, "fix"> {
  const release = advice.release(service);
  if (release?.offered !== true) return {};
  const name = image.value.replace(/:[^:/]*$/, "");
  return {
    fix: {
      title: `name the release ${release.value}`,
      intents: [{ op: "set", path: [...service.path, "image"], value: `${name}:${release.value}` }],
      ...release.grade,
    },
  };
}
