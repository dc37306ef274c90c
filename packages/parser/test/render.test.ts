import { load } from "@compose-harden/parser";
import { describe, expect, test } from "vitest";
import { renderConfig } from "../src/render/config.js";
import { inNaturalOrder, keyText, scalarText } from "../src/render/scalar.js";
import { renderYaml } from "../src/render/yaml.js";

function project(text: string) {
  return load({ cwd: "/p", files: ["c.yaml"], env: {} }, (path) =>
    path === "/p/c.yaml" ? { kind: "file", text } : { kind: "missing" },
  );
}

describe("scalars are quoted as Docker's YAML library quotes them", () => {
  test.each([
    ["plain", "plain"],
    ["a: b", "'a: b'"],
    ["a #b", "'a #b'"],
    ["#a", "'#a'"],
    ["it's", "it's"],
    ["'a", "'''a'"],
    ["", '""'],
    ["true", '"true"'],
    ["yes", "'yes'"],
    ["<<", "'<<'"],
    ["0400", '"0400"'],
    ["1.5", '"1.5"'],
    ["22:22", "'22:22'"],
    ["2024-01-02", '"2024-01-02"'],
    [" a", "' a'"],
    ["a\tb", '"a\\tb"'],
    ["- a", "'- a'"],
    ["-a", "-a"],
    ["\u{1f600}", '"\\U0001F600"'],
    ["é", "é"],
    ["a\nb\n", "|\n  a\n  b"],
    ["a\nb", "|-\n  a\n  b"],
    ["a\n\n", "|+\n  a\n"],
    ["a \nb", '"a \\nb"'],
  ])("%j", (text, expected) => {
    expect(scalarText(text, 2, 4)).toBe(expected);
  });

  test("long lines are folded behind column 80, keys never", () => {
    const word = "x".repeat(85);
    expect(scalarText(`${word} y z`, 2, 4)).toBe(`${word}\n  y z`);
    expect(keyText(`${word} y`, 0)).toBe(`${word} y`);
    expect(keyText("k".repeat(129), 2)).toBe(`? ${"k".repeat(129)}\n  `);
  });

  test("keys are ordered as people count", () => {
    expect(["a10", "a2", "b", "A", "_", "a"].sort(inNaturalOrder)).toEqual(["_", "A", "a", "a2", "a10", "b"]);
  });
});

describe("a project is printed as Docker prints it", () => {
  const text = [
    "name: p",
    "services:",
    "  web:",
    '    image: "i$$x"',
    "    depends_on: [db]",
    "    x-note: {b: 1, a: 2.50}",
    "    networks: {n: {}}",
    "    volumes: [v:/data, ./a:/a]",
    "  db: {image: d}",
    "  off: {image: o, profiles: [debug], volumes: ['only:/x']}",
    "networks: {n: {}, unused: {}}",
    "volumes: {v: {}, only: {}}",
    "x-top: {k: [1, 'a']}",
  ].join("\n");

  test("yaml", () => {
    expect(renderYaml(project(text.replace("v:/data", "vol:/data").replace("{v: {}", "{vol: {}")))).toEqual({
      ok: true,
      text: `name: p
services:
  db:
    image: d
    networks:
      default: null
  web:
    image: i$$x
    networks:
      'n': {}
    volumes:
      - type: volume
        source: vol
        target: /data
        volume: {}
      - type: bind
        source: /p/a
        target: /a
        bind: {}
    depends_on:
      db:
        condition: service_started
        required: true
    x-note:
      a: 2.5
      b: 1
networks:
  default:
    name: p_default
  'n':
    name: p_n
volumes:
  vol:
    name: p_vol
x-top:
  k:
    - 1
    - a
`,
    });
  });

  test("only what the printed services use", () => {
    const rendered = renderConfig(project(text));
    expect(rendered.ok && Object.keys(rendered.config.networks ?? {})).toEqual(["n", "default"]);
    expect(rendered.ok && Object.keys(rendered.config.services ?? {})).toEqual(["web", "db"]);
    const all = renderConfig(project(text), { allResources: true });
    expect(all.ok && Object.keys(all.config.networks ?? {})).toEqual(["n", "unused", "default"]);
  });

  test("a named service brings what it depends on, and its own profiles", () => {
    const web = renderConfig(project(text), { services: ["web"] });
    expect(web.ok && Object.keys(web.config.services ?? {})).toEqual(["web", "db"]);
    const off = renderConfig(project(text), { services: ["off"] });
    expect(off.ok && Object.keys(off.config.services ?? {})).toEqual(["off"]);
    expect(renderConfig(project(text), { services: ["nope"] })).toEqual({ ok: false, unknownService: "nope" });
  });

  test("`$` is doubled in keys and values, once", () => {
    const rendered = renderConfig(project("services: {s: {image: i, labels: {$$a: $$$$b}}}"));
    expect(rendered.ok && JSON.stringify(rendered.config)).toContain('"labels":{"$$$$a":"$$$$b"}');
  });
});

test("a date stays a date in extensions, and becomes text elsewhere", () => {
  const text = `x-a: [2024-01-02, 2024-01-02 03:04:05, 2024-01-02T03:04:05.120+02:00]
services: {w: {image: a, environment: {A: 2024-01-02}}}
`;
  const rendered = renderConfig(project(text));
  expect(rendered).toMatchObject({
    config: {
      "x-a": ["2024-01-02T00:00:00Z", "2024-01-02T03:04:05Z", "2024-01-02T03:04:05.12+02:00"],
      services: { w: { environment: { A: "2024-01-02 00:00:00 +0000 UTC" } } },
    },
  });
});
