import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "@compose-harden/model";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plainData } from "../src/render/data.js";
import { fits, issues } from "../src/schema/check.js";
import { composeSchema } from "../src/schema/schema.js";
import { validateSchema } from "../src/schema/validate.js";
import { nearestName, describe as say } from "../src/schema/words.js";
import type { MapNode } from "../src/tree/node.js";
import { nodeOf } from "./node-of.js";

const ROOT = join(import.meta.dirname, "../../..");
const pinned = JSON.parse(readFileSync(join(ROOT, "schemas/compose-spec.json"), "utf8"));
const ajv = new Ajv2020({ strict: false, validateFormats: false }).compile(pinned);

function agrees(data: Json): void {
  const node = nodeOf(data);
  const accepted = ajv(data);
  expect(fits(composeSchema(), node), JSON.stringify(data)).toBe(accepted);
  expect(issues(composeSchema(), node, []).length === 0, JSON.stringify(data)).toBe(accepted);
}

describe("the walker accepts what ajv accepts", () => {
  test("every printed model of the recorded cases", () => {
    const folder = join(ROOT, "test/conformance/goldens/probes");
    for (const file of readdirSync(folder)) {
      const { cases }: { cases: { outcomes: { config: { project?: Json } } }[] } = JSON.parse(
        readFileSync(join(folder, file), "utf8"),
      );
      for (const { outcomes } of cases) if (outcomes.config.project !== undefined) agrees(outcomes.config.project);
    }
  });

  test("generated models, right and wrong", () => {
    fc.assert(fc.property(models(), agrees), { numRuns: 2000 });
  });
});

/** Models whose keys come from the schema and whose values are often of a wrong type. */
function models(): fc.Arbitrary<Json> {
  const keys = [...new Set(JSON.stringify(pinned).match(/"[a-z_]{3,}"/g) ?? [])].map((key) => key.slice(1, -1));
  const scalar = fc.oneof(
    fc.constantFrom<Json>(
      null,
      true,
      false,
      0,
      1,
      -1,
      80,
      1.5,
      1001,
      "",
      "a",
      "80:80",
      "service_started",
      "host",
      "all",
      "missing",
    ),
    fc.constantFrom<Json>("x-a", "bind", "global", "10s", 65535, "every_5h", "private"),
  );
  const key = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...keys) },
    { weight: 1, arbitrary: fc.constantFrom("x-a", "", "a b", "é") },
  );
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      scalar,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
    ),
  }));
  const service = fc.dictionary(key, value, { maxKeys: 4, noNullPrototype: true });
  const services = fc.dictionary(fc.constantFrom("web", "a.b", "x-s", "no good"), fc.oneof(service, value), {
    maxKeys: 2,
    noNullPrototype: true,
  });
  const top = fc.constantFrom(
    "networks",
    "volumes",
    "secrets",
    "configs",
    "models",
    "jobs",
    "include",
    "name",
    "version",
    "x-y",
    "nope",
  );
  return fc
    .tuple(services, fc.dictionary(top, fc.oneof(value, services), { maxKeys: 2, noNullPrototype: true }))
    .map(([some, rest]) => ({ services: some, ...rest }));
}

describe("issues say what was found and what was expected", () => {
  const rows: [string, Json, string[]][] = [
    [
      "a wrong type",
      { services: { web: { ports: [{ target: true }] } } },
      ["`services.web.ports[0].target` must be an integer or a string, found true"],
    ],
    ["a list where a mapping was meant", { services: [] }, ["`services` must be a mapping, found an empty list"]],
    [
      "a number for a name",
      { services: { web: { user: 1000 } } },
      ["`services.web.user` must be a string, found 1000"],
    ],
    [
      "a slip",
      { services: { web: { prots: [] } } },
      ["`services.web.prots` is not a known attribute; did you mean `ports`"],
    ],
    [
      "a dash",
      { services: { web: { "security-opt": [] } } },
      ["`services.web.security-opt` is not a known attribute; did you mean `security_opt`"],
    ],
    [
      "nothing like it",
      { services: { web: { frobnicate: 1 } } },
      ["`services.web.frobnicate` is not a known attribute"],
    ],
    [
      "a bad name",
      { services: { "no good": {} } },
      ["`no good` cannot be a name in `services`: only letters, digits, `.`, `_` and `-` are allowed"],
    ],
    [
      "one word for a list",
      { services: { web: { cap_drop: "ALL" } } },
      ['`services.web.cap_drop` must be a list, found "ALL"'],
    ],
    [
      "several forms",
      { services: { web: { build: 1 } } },
      ["`services.web.build` must be a string or a mapping, found 1"],
    ],
    [
      "repeated",
      { services: { web: { cap_add: ["A", "A"] } } },
      ["`services.web.cap_add` holds the same entry twice, at 0 and 1"],
    ],
    [
      "a choice",
      { services: { web: { depends_on: { db: { condition: "x" } } } } },
      [
        '`services.web.depends_on.db.condition` must be `service_started`, `service_healthy` or `service_completed_successfully`, found "x"',
      ],
    ],
    ["missing", { services: { web: { depends_on: { db: {} } } } }, ["`services.web.depends_on.db` needs `condition`"]],
    [
      "never a secret",
      { services: { web: { environment: { PASSWORD: ["hunter2"] } } } },
      ["`services.web.environment.PASSWORD` must be a string, a number, a boolean or empty, found a list"],
    ],
  ];
  test.each(rows)("%s", (_, data, expected) => {
    expect(issues(composeSchema(), nodeOf(data), []).map(say)).toEqual(expected);
  });

  test("words that are too far away are not suggested", () => {
    expect(nearestName("xyz", ["ports", "image"])).toBeUndefined();
    expect(nearestName("imgae", ["ports", "image"])).toBe("image");
  });
});

test("what stands in a list twice is taken out, and stays once", () => {
  const model: MapNode = nodeOf({
    services: { web: { image: "a", volumes: ["::ro", "::ro", "/a:/a", "::ro", "/a:/a"] } },
  });
  const messages: string[] = [];
  validateSchema(model, ({ message }) => messages.push(message));
  expect(messages).toEqual(["`services.web.volumes` holds the same entry twice, at 0 and 1"]);
  expect(plainData(model, true)).toEqual({ services: { web: { image: "a", volumes: ["::ro", "/a:/a"] } } });
});

test("what does not fit is reported and taken out, the rest stays", () => {
  const model: MapNode = nodeOf({ services: { web: { image: "a", user: 1, cap_add: ["A", 2, "B"] }, db: null } });
  const messages: string[] = [];
  validateSchema(model, ({ message }) => messages.push(message));
  expect(messages).toEqual([
    "`services.web.user` must be a string, found 1",
    "`services.web.cap_add[1]` must be a string, found 2",
    "`services.db` must be a mapping, found nothing",
  ]);
  expect(fits(composeSchema(), model)).toBe(true);
  const services = model.entries.get("services");
  expect(services?.kind === "map" && [...services.entries.keys()]).toEqual(["web"]);
});
