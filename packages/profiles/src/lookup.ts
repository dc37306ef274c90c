import { rememberedText } from "@compose-harden/model";
import { NAMES, PROFILES, TEXTS } from "./generated/catalogue.js";
import { parseImage } from "./image.js";
import type { Profile, Source } from "./profile.js";

const profiles = new Map<number, Profile>();

/** What is known about an image by any spelling of its reference; undefined when nothing is. */
export function profileOf(reference: string): Profile | undefined {
  const { name } = parseImage(reference);
  return name === undefined ? undefined : profileNamed(name);
}

/** What is known about the image with this canonical name (see `imageName`). */
export const profileNamed: (name: string) => Profile | undefined = rememberedText((name) =>
  profileAt(/\s/.test(name) ? -1 : NAMES.indexOf(` ${name} `)),
);

/** The profile with this id. */
export function profileById(id: string): Profile | undefined {
  return /\s/.test(id) ? undefined : profileAt(NAMES.indexOf(`:${id} `));
}

/** Every canonical image name that has a profile, in order of profile. */
export function knownImages(): readonly string[] {
  return NAMES.trim()
    .split("\n")
    .flatMap((line) => line.trim().split(" ").slice(1));
}

/** Ids of all profiles in alphabetical order, those of base images included. */
export function profileIds(): readonly string[] {
  return Array.from(NAMES.matchAll(/:(\S+) /g), ([, id = ""]) => id);
}

/** The profile in whose line of `NAMES` an offset lies; searching one string needs no index to be built at start. */
function profileAt(offset: number): Profile | undefined {
  if (offset < 0) return undefined;
  const start = Number.parseInt(NAMES.slice(NAMES.lastIndexOf("\n", offset) + 1), 10);
  const known = profiles.get(start);
  if (known !== undefined) return known;
  const own = decode(expand(PROFILES.slice(start, PROFILES.indexOf("\n", start))));
  const parent = own.derives === undefined ? undefined : profileById(own.derives.from);
  const profile = parent === undefined ? own : inherit(own, parent);
  profiles.set(start, profile);
  return profile;
}

let texts: readonly string[] = [];
const expanded: string[] = [];

/** Puts the repeated texts back: `~` and two digits of base 64 name a line of `TEXTS`. */
function expand(packed: string): string {
  if (texts.length === 0) texts = TEXTS.split("\n");
  let text = "";
  let from = 0;
  for (let at = packed.indexOf("~"); at >= 0; at = packed.indexOf("~", from)) {
    const number = digit(packed.charCodeAt(at + 1)) * 64 + digit(packed.charCodeAt(at + 2));
    const piece = expanded[number] ?? expand(texts[number] ?? "");
    expanded[number] = piece;
    text += packed.slice(from, at) + piece;
    from = at + 3;
  }
  return text + packed.slice(from);
}

/** The value of a digit; the 64 digits are the printable characters from `0` on, without the backslash. */
function digit(char: number): number {
  return char - 48 - (char > 92 ? 1 : 0);
}

/** A profile as stored: claims name their sources by position. */
type Stored = Partial<Omit<Profile, "evidence">> & { readonly evidence: readonly Source[] };

function decode(text: string): Profile {
  // The catalogue is generated from files that a schema and the tests have checked.
  const { evidence, ...claims } = JSON.parse(text) as Stored;
  attach(claims, evidence);
  return {
    ports: [],
    capabilities: {},
    paths: [],
    limits: {},
    dangerous: [],
    default_credentials: [],
    ignored: [],
    releases: [],
    downgrade: [],
    images: [],
    ...claims,
    evidence,
  } as Profile;
}

/** Puts the sources in the place of the numbers that stand for them in every `evidence` and `off_in` list. */
function attach(value: object, sources: readonly Source[]): void {
  for (const [key, item] of Object.entries(value)) {
    if (typeof item !== "object" || item === null) continue;
    if (key === "evidence" || key === "off_in")
      Object.assign(value, { [key]: (item as readonly number[]).map((number) => sources[number]) });
    else attach(item, sources);
  }
}

/** The claims of `own`, and those of `parent` where it makes none; a path or port of its own replaces the parent's. */
function inherit(own: Profile, parent: Profile): Profile {
  return {
    ...parent,
    ...own,
    capabilities: { ...parent.capabilities, ...own.capabilities },
    limits: { ...parent.limits, ...own.limits },
    ports: joined(own.ports, parent.ports, (port) => `${port.port}/${port.proto ?? "tcp"}`),
    paths: joined(own.paths, parent.paths, (path) => path.path),
    dangerous: joined(own.dangerous, parent.dangerous, (danger) => JSON.stringify(danger)),
    default_credentials: own.default_credentials.length > 0 ? own.default_credentials : parent.default_credentials,
    ignored: [...own.ignored, ...parent.ignored],
    downgrade: [...own.downgrade, ...parent.downgrade],
    evidence: [...own.evidence, ...parent.evidence],
  };
}

function joined<T>(own: readonly T[], parent: readonly T[], key: (item: T) => string): readonly T[] {
  const taken = new Set(own.map(key));
  return [...own, ...parent.filter((item) => !taken.has(key(item)))];
}
