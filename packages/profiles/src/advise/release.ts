import { remembered } from "@compose-harden/model";
import { type Advice, advise, unknown } from "../advice.js";
import type { ServiceFacts } from "../facts.js";
import { parseImage } from "../image.js";
import type { Profile, ProfileRelease } from "../profile.js";
import { versionOf } from "../version.js";

/** Tags that stand for the newest release; another moving tag may be a line of its own. */
const NEWEST: readonly string[] = ["latest", "stable"];

/** A release, without a variant that may differ from the one in use: `2.36.5`, `v0.9`, `2026.7.1-2`. */
const RELEASE = /^v?\d+(?:\.\d+)+(?:-\d+)?$/;

/** Data of these is written for one version, and an older one refuses it. */
const KEEPS_DATA = new Set(["database", "queue"]);

/**
 * A release to name instead of a tag that moves: the newest that was seen. Never safe: the release in use may be newer.
 */
export function adviseRelease(profile: Profile | undefined, facts: ServiceFacts): Advice<string> {
  if (profile === undefined || profile.program !== undefined) return unknown(`nothing is known of \`${facts.image}\``);
  const { name = "", tag = "latest", digest, variableTag } = parseImage(facts.image);
  if (digest !== undefined || variableTag || facts.imageVaries === true)
    return unknown("another line of releases may be meant");
  if (KEEPS_DATA.has(profile.category)) return unknown("data of a newer release may be there already");
  const [newest] = releasesOf(profile).filter(
    ({ images = [name], moving = NEWEST }) => images.includes(name) && moving.includes(tag),
  );
  if (newest === undefined) return unknown(`no release of \`${facts.image}\` is known`);
  const [source] = newest.evidence;
  const date = source?.date === undefined ? "" : ` of ${source.date}`;
  return advise(newest.tag, [`it is the newest release known to this program${date}`], newest.evidence);
}

/** What is claimed, and, where all images of the profile have the same releases, what was run; the newest first. */
const releasesOf = remembered(({ evidence, images, releases }: Profile): readonly ProfileRelease[] => {
  const sources = new Set(images.map(lastStep)).size > 1 ? [] : evidence;
  const run = sources.flatMap((source) =>
    (source.tags ?? []).filter((tag) => RELEASE.test(tag)).map((tag) => ({ tag, evidence: [source] })),
  );
  return [...releases, ...run].sort((a, b) => newer(a.tag, b.tag));
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
