import type { Project, Service } from "@compose-harden/model";
import { parseImage } from "@compose-harden/profiles";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Tags that are meant to move. */
const MOVING =
  /^(latest|stable|edge|nightly|daily|dev|devel|develop|development|test|testing|unstable|master|main|trunk|head|beta|alpha|rc|canary|lts|next|rolling|current|mainline|experimental|preview|release)$/i;

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
  frameworks: { cis: ["5.28"], owasp: ["13"], nist: ["4.1.5"] },

  *service(service, { project }) {
    if (service.image === undefined || isBuiltHere(service, project)) return;
    const { digest, tag, variableTag } = parseImage(service.image.value);
    // A variable without a value leaves `name:`, which Docker refuses by itself.
    if (digest !== undefined || variableTag || /^$|:$|^[:/]/.test(service.image.value)) return;
    if (tag !== undefined && !MOVING.test(tag)) return;
    yield {
      at: service.image,
      message:
        tag === undefined
          ? `\`${service.name}\` names an image without a tag, which means \`latest\``
          : `\`${service.name}\` names an image by the moving tag \`${tag}\``,
      risk: "the next pull brings other software, wanted or not: a major version that cannot read the data, or a release that somebody took over",
    };
  },
};

/** An image that this project builds, or that is never pulled: its name is only a label on this machine. */
function isBuiltHere(service: Service, project: Project): boolean {
  const policy = service.get("pull_policy")?.value;
  if (service.build !== undefined || policy === "never" || policy === "build") return true;
  return project.services.some((other) => other.build !== undefined && other.image?.value === service.image?.value);
}
