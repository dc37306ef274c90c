import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { imageName, parseImage, profileById, profileIds, profileOf } from "@compose-harden/profiles";
import Ajv from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

/** The profile files as written: what a schema cannot say about them. */

interface Stored {
  readonly id: string;
  readonly images?: readonly string[];
  readonly abstract?: true;
  readonly derives?: { readonly from: string };
  readonly evidence: Readonly<
    Record<string, { readonly kind: string; readonly where: string; readonly states: string }>
  >;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "packages/profiles/data");
const schema = JSON.parse(readFileSync(join(root, "schemas/profile.json"), "utf8"));
const validate = new Ajv.default({ allErrors: true }).compile(schema);
const profiles: readonly Stored[] = readdirSync(folder).map((file) => parse(readFileSync(join(folder, file), "utf8")));
const byId = new Map(profiles.map((profile) => [profile.id, profile]));

/** Breaches of the rules that one file can be checked for by itself. */
function breaches(profile: Stored): readonly string[] {
  if (!validate(profile)) return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
  const cited = new Set(evidenceOf({ ...profile, evidence: undefined }));
  const given = Object.keys(profile.evidence);
  return [
    ...[...cited].filter((id) => !given.includes(id)).map((id) => `${id} is cited and not given`),
    ...given.filter((id) => !cited.has(id)).map((id) => `${id} is given and supports nothing`),
    ...(profile.images ?? []).filter((name) => imageName(name) !== name).map((name) => `${name} is not canonical`),
    ...(cited.size === 0 ? ["it claims nothing"] : []),
  ];
}

/** Every id in every `evidence` and `off_in` list below a value. */
function evidenceOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(evidenceOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    (key === "evidence" || key === "off_in") && Array.isArray(item) ? item.map(String) : evidenceOf(item),
  );
}

/** Names that more than one profile claims. */
function sharedNames(all: readonly Stored[]): readonly string[] {
  const names = all.flatMap(({ images = [] }) => images);
  return names.filter((name, i) => names.indexOf(name) !== i);
}

/** What a profile says, without who it is: sources are named by place, so that the order of ids does not count. */
function content({ id: _, images: __, evidence, ...claims }: Stored): string {
  return JSON.stringify({ ...claims, title: "" }, (key, value) =>
    key === "evidence" || key === "off_in"
      ? (value as readonly string[]).map((source) => evidence[source]?.where).sort()
      : value,
  );
}

/** Pairs of profiles that say the same of the same sources. */
function repeats(all: readonly Stored[]): readonly string[] {
  const seen = new Map<string, string>();
  return all.flatMap((profile) => {
    const other = seen.get(content(profile));
    seen.set(content(profile), profile.id);
    return other === undefined ? [] : [`${profile.id} repeats ${other}`];
  });
}

describe("profile files", () => {
  test("there are some", () => expect(profiles.length).toBeGreaterThan(500));

  test.each(profiles.map((profile) => [profile.id, profile] as const))("%s", (_, profile) => {
    expect(breaches(profile)).toEqual([]);
  });

  test("each is named after its file", () => {
    expect(readdirSync(folder).sort()).toEqual(profiles.map(({ id }) => `${id}.yaml`).sort());
  });

  test("an image name belongs to one profile", () => expect(sharedNames(profiles)).toEqual([]));

  test("no profile repeats another", () => expect(repeats(profiles)).toEqual([]));

  test("`derives` names a profile that derives from nothing", () => {
    const wrong = profiles.filter(
      ({ derives }) => derives !== undefined && byId.get(derives.from)?.derives !== undefined,
    );
    const absent = profiles.filter(({ derives }) => derives !== undefined && !byId.has(derives.from));
    expect([...wrong, ...absent].map(({ id }) => id)).toEqual([]);
  });

  test("the program holds them all", () => {
    expect(profileIds()).toEqual([...byId.keys()].sort());
    for (const { id, images = [], evidence } of profiles) {
      for (const name of images) expect(profileOf(name)?.id).toBe(id);
      const known = profileById(id)?.evidence.map(({ where }) => where);
      expect(known).toEqual(expect.arrayContaining(Object.values(evidence).map(({ where }) => where)));
    }
  });

  test("every claim the program holds names at least one source", () => {
    const bare: string[] = [];
    const walk = (value: unknown, path: string): void => {
      if (Array.isArray(value)) for (const [i, item] of value.entries()) walk(item, `${path}/${i}`);
      else if (typeof value === "object" && value !== null) {
        for (const [key, item] of Object.entries(value)) {
          if (key !== "evidence") walk(item, `${path}/${key}`);
          else if (!Array.isArray(item) || item.length === 0 || item.includes(undefined)) bare.push(path);
        }
      }
    };
    for (const id of profileIds()) walk(profileById(id), id);
    expect(bare).toEqual([]);
  });
});

describe("the checks refuse", () => {
  const good: Stored = byId.get("postgres") ?? { id: "", evidence: {} };
  const changed = (change: Record<string, unknown>): readonly string[] => breaches({ ...good, ...change });

  test("a field without evidence", () => {
    expect(changed({ no_new_privileges: { compat: "works" } })).toContain(
      "/no_new_privileges must have required property 'evidence'",
    );
    expect(changed({ no_new_privileges: { compat: "works", evidence: [] } })).toContain(
      "/no_new_privileges/evidence must NOT have fewer than 1 items",
    );
  });

  test("evidence that is cited and not given, or given and not cited", () => {
    expect(changed({ gpu: { use: "common", evidence: ["e99"] } })).toEqual(["e99 is cited and not given"]);
    const e99 = { kind: "vendor-doc", where: "https://example.org/page", states: "nothing in particular" };
    expect(changed({ evidence: { ...good.evidence, e99 } })).toEqual(["e99 is given and supports nothing"]);
  });

  test("evidence without a place", () => {
    const e99 = { kind: "vendor-doc", where: "somewhere on the web", states: "nothing in particular" };
    expect(
      changed({ gpu: { use: "common", evidence: ["e99"] }, evidence: { ...good.evidence, e99 } }).join(),
    ).toContain("/evidence/e99/where must match pattern");
  });

  test("an image name in two profiles", () => {
    expect(sharedNames([good, { ...good, id: "other" }])).toEqual(good.images);
  });

  test("a name that is not canonical", () => {
    expect(changed({ images: ["docker.io/library/postgres"] })).toEqual([
      "docker.io/library/postgres is not canonical",
    ]);
  });

  test("a profile that repeats another", () => {
    expect(repeats([good, { ...good, id: "other", images: ["other"] }])).toEqual(["other repeats postgres"]);
  });
});

test("an image nobody described is unknown", () => {
  expect(profileOf("example.org/acme/billing:3")).toBeUndefined();
  expect(parseImage("example.org/acme/billing:3").name).toBe("example.org/acme/billing");
});
