import type { Project, Service } from "@compose-harden/model";

/** Tags that are meant to move. */
const MOVING =
  /^(latest|stable|edge|nightly|daily|dev|devel|develop|development|test|testing|unstable|master|main|trunk|head|beta|alpha|rc|canary|lts|next|rolling|current|mainline|experimental|preview|release)$/i;

/** True for tags whose publisher moves them to each new release. */
export function isMovingTag(tag: string): boolean {
  return MOVING.test(tag);
}

/** True for an image that the project builds, or that is never pulled: its name is only a label on this machine. */
export function isBuiltHere(service: Service, project: Project): boolean {
  const policy = service.get("pull_policy")?.value;
  if (service.build !== undefined || policy === "never" || policy === "build") return true;
  return project.services.some((other) => other.build !== undefined && other.image?.value === service.image?.value);
}
