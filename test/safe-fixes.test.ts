import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fix } from "@compose-harden/fixer";
import type { Read, Service } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { check } from "@compose-harden/rules";
import { describe, expect, test } from "vitest";

/** What `fix --write` (safe fixes only) makes of a plain service of the most used images: the table of docs/profiles.md. */

const page = readFileSync(fileURLToPath(new URL("../docs/profiles.md", import.meta.url)), "utf8");
const rows = Array.from(
  page.matchAll(/^\| `([^`]+)` with `([^`]+)` \| (.*?) \| (.*?) \| (.*?) \|$/gm),
  ([, ...cells]) => cells,
);

function fixed(image: string, target: string): Service {
  const text = `services:\n  web:\n    image: ${image}\n    volumes: ["data:${target}"]\n    environment: {POSTGRES_PASSWORD: "\${P:?}", MYSQL_ROOT_PASSWORD: "\${P:?}"}\nvolumes: {data: {}}\n`;
  const reader =
    (content: string): Read =>
    (path) =>
      path === "/p/compose.yaml" ? { kind: "file", text: content } : { kind: "missing" };
  const entry = { cwd: "/p", environment: { P: "set" } };
  const project = load(entry, reader(text));
  const patch = fix(project, check(project), { unsafe: false }, reader(text));
  const [web] = load(entry, reader(patch.changes[0]?.after ?? text)).services;
  if (web === undefined) throw new Error("no service");
  return web;
}

const list = (items: readonly string[]): string =>
  items.length === 0 ? "–" : items.map((item) => `\`${item}\``).join(", ");

describe("safe fixes of a plain service", () => {
  test("the table has the ten most used images", () => expect(rows.length).toBeGreaterThanOrEqual(10));

  test.each(rows)("%s with %s", (image = "", target = "", privileges = "", capabilities = "", root = "") => {
    const service = fixed(image, target);
    const strings = (name: string): readonly string[] => {
      const raw = service.get(name)?.raw;
      return Array.isArray(raw) ? raw.map(String) : [];
    };
    const dropped = strings("cap_drop").includes("ALL") ? `all but ${list([...strings("cap_add")].sort())}` : "–";
    expect([
      strings("security_opt").includes("no-new-privileges:true") ? "yes" : "–",
      dropped.replace("all but –", "all"),
      service.read_only?.value === true ? `with ${list(strings("tmpfs"))}` : "–",
    ]).toEqual([privileges, capabilities, root]);
    // Data stays where it was, and nothing hides it.
    expect(service.volumes.items.map(({ value }) => value.target)).toContain(target);
    expect(strings("tmpfs").some((entry) => target.startsWith(entry.split(":")[0] ?? ""))).toBe(false);
  });
});
