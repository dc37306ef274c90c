import { type Project, remembered, type Service } from "@compose-harden/model";

/** Tags that are meant to move. */
const MOVING =
  /^(latest|stable|edge|nightly|daily|dev|devel|develop|development|test|testing|unstable|master|main|trunk|head|beta|alpha|rc|canary|lts|next|rolling|current|mainline|experimental|preview|release)$/i;

/** Beginnings and ends of tags that move with what stands beside them: `latest-alpine`, `main-cuda`. */
const MOVING_PART =
  /^(latest|nightly|edge|main|master|stable|lts|mainline|current|dev|develop|beta)[-_]|[-_](latest|nightly)$/i;

/** How a tag moves: with each release, or as a variant that names no version; undefined for a version, and for a local name. */
export function movementOf(tag: string): "release" | "variant" | undefined {
  if (MOVING.test(tag) || /^(latest|nightly)[-_]|[-_](latest|nightly)$/i.test(tag)) return "release";
  if (/\d/.test(tag) || /^local$/i.test(tag)) return undefined;
  return MOVING_PART.test(tag) ? "release" : "variant";
}

/** True for an image that the project builds, or that is never pulled: its name is only a label on this machine. */
export function isBuiltHere(service: Service, project: Project): boolean {
  const policy = service.get("pull_policy")?.value;
  if (service.build !== undefined || policy === "never" || policy === "build") return true;
  return service.image !== undefined && imagesBuiltIn(project).has(service.image.value);
}

const imagesBuiltIn = remembered(
  ({ services }: Project): ReadonlySet<string> =>
    new Set(services.flatMap(({ build, image }) => (build === undefined || image === undefined ? [] : [image.value]))),
);

/** True where a variable without a value leaves only part of a name, such as `nginx:`; Docker refuses it by itself. */
export function isUnfinished(image: string): boolean {
  return /^$|:$|^[:/]/.test(image);
}
