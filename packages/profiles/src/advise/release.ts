import { remembered } from "@compose-harden/model";
import { type Advice, advise, unknown } from "../advice.js";
import type { ServiceFacts } from "../facts.js";
import { parseImage } from "../image.js";
import type { Profile } from "../profile.js";
import { versionOf } from "../version.js";

/** Tags that stand for the newest release; another moving tag may be a line of its own. */
const NEWEST = new Set([undefined, "latest", "stable"]);

/** A release, without a variant that may differ from the one in use: `2.36.5`, `v0.9`, `2026.7.1-2`. */
const RELEASE = /^v?\d+(?:\.\d+)+(?:-\d+)?$/;

/** Data of these is written for one version, and an older one refuses it. */
const KEEPS_DATA = new Set(["database", "queue"]);

/**
 * A release to name instead of the newest: the newest that was seen to be deployed. Never safe: the release in use may be newer.
 */
export function adviseRelease(profile: Profile | undefined, facts: ServiceFacts): Advice<string> {
  if (profile === undefined || profile.program !== undefined) return unknown(`nothing is known of \`${facts.image}\``);
  const { tag, digest, variableTag } = parseImage(facts.image);
  if (digest !== undefined || variableTag || facts.imageVaries === true || !NEWEST.has(tag))
    return unknown("another line of releases may be meant");
  if (KEEPS_DATA.has(profile.category)) return unknown("data of a newer release may be there already");
  if (new Set(profile.images.map(lastStep)).size > 1) return unknown("not each of its images has the same releases");
  const newest = newestOf(profile);
  if (newest === undefined) return unknown(`no release of \`${facts.image}\` is known`);
  const date = newest.source.date === undefined ? "" : ` of ${newest.source.date}`;
  return advise(newest.release, [`it is the newest release known to this program${date}`], [newest.source]);
}

const newestOf = remembered(({ evidence }: Profile) => {
  const seen = evidence.flatMap((source) => (source.tags ?? []).map((release) => ({ release, source })));
  return seen.filter(({ release }) => RELEASE.test(release)).sort((a, b) => newer(a.release, b.release))[0];
});

function lastStep(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1).replace(/[^a-z0-9]/g, "");
}

function newer(a: string, b: string): number {
  const [left, right] = [versionOf(a) ?? [], versionOf(b) ?? []];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (right[i] ?? 0) - (left[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
