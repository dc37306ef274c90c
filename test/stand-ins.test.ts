import { readFileSync } from "node:fs";
import { type Finding, formatPath, SEVERITIES } from "@compose-harden/model";
import { load } from "@compose-harden/parser";
import { audit, type Config, check, checkWith, rules } from "@compose-harden/rules";
import { describe, expect, it } from "vitest";

/** Rules that know the software speak in the place of those that say the same in general. */
const STAND_INS = rules.flatMap(({ id, standsInFor = [] }) => standsInFor.map((general) => ({ id, general })));

describe.each(STAND_INS)("$id in the place of $general", ({ id, general }) => {
  const project = projectOf(exampleOf(id));
  const of = (rule: string, config: Config = {}): readonly Finding[] =>
    check(project, config).filter((finding) => finding.rule === rule);
  const alone = (rule: string): readonly Finding[] =>
    checkWith(
      rules.filter((one) => one.id === rule),
      project,
    );
  const places = (findings: readonly Finding[]) => findings.map(({ path }) => formatPath(path));
  const told = of(id).filter(({ standsInFor }) => standsInFor?.includes(general) === true);

  it("is told alone of one place", () => {
    expect(told.length).toBeGreaterThan(0);
    expect(places(alone(general))).toEqual(expect.arrayContaining(places(told)));
    expect(places([...told, ...of(general)]).sort()).toEqual(places(alone(general)).sort());
  });

  it("does what the general fix does, and is no milder", () => {
    for (const finding of told) {
      const same = alone(general).find(({ path }) => formatPath(path) === formatPath(finding.path));
      expect(finding.fix?.intents).toEqual(same?.fix?.intents);
      expect(SEVERITIES.indexOf(finding.severity)).toBeLessThanOrEqual(
        SEVERITIES.indexOf(same?.severity ?? "critical"),
      );
    }
  });

  it("leaves the general finding where it is off, or milder by the configuration", () => {
    expect(places(of(general, { rules: { [id]: { severity: "off" } } }))).toEqual(places(alone(general)));
    const milder = { rules: { [id]: { severity: "info" as const }, [general]: { severity: "low" as const } } };
    expect(places(of(general, milder))).toEqual(places(alone(general)));
    expect(of(id, milder)).toHaveLength(of(id).length);
  });

  it("stays where the general rule is off", () => {
    const found = of(id, { rules: { [general]: { severity: "off" } } });
    expect(places(found)).toEqual(places(of(id)));
    expect(found.flatMap(({ standsInFor = [] }) => standsInFor)).toEqual([]);
  });

  it("is asked for by the same guides, and nothing stands in for it", () => {
    const [own, theirs] = [id, general].map((name) => rules.find((rule) => rule.id === name)?.frameworks ?? {});
    for (const [name, sections] of Object.entries(theirs ?? {}))
      expect(own?.[name as keyof typeof own] ?? [], name).toEqual(expect.arrayContaining([...sections]));
    expect(STAND_INS.map((one) => one.general)).not.toContain(id);
  });
});

it("another place is told by the general rule", () => {
  const project = projectOf(
    "services: {hole: {image: 'pihole/pihole:2025.08.0', cap_add: [SYS_ADMIN, NET_ADMIN], ports: ['80:80']}, other: {image: a, cap_add: [NET_ADMIN]}}",
  );
  const found = check(project).filter(({ rule }) => /capabilities/.test(rule));
  expect(found.map(({ rule, path }) => `${rule} ${formatPath(path)}`)).toEqual([
    "dangerous-capabilities services.hole.cap_add[0]",
    "pihole-capabilities services.hole.cap_add[1]",
    "dangerous-capabilities services.other.cap_add[0]",
  ]);
});

it("a token that everybody guesses counts as such in the audit", () => {
  const project = projectOf(exampleOf("openclaw-gateway-token"));
  expect(audit(project, check(project))[0]?.secrets).toEqual({ mark: "no", text: "1 known or guessed" });
});

function projectOf(text: string): ReturnType<typeof load> {
  return load({ cwd: "/p" }, (path) => (path === "/p/compose.yaml" ? { kind: "file", text } : { kind: "missing" }));
}

/** What the page of a rule shows as wrong, or where the general rule has nothing to say of that, another case. */
function exampleOf(id: string): string {
  if (id === "sensitive-host-path") return "services: {vpn: {image: a, volumes: ['/etc/hosts:/etc/hosts']}}";
  const page = readFileSync(new URL(`../docs/rules/${id}.md`, import.meta.url), "utf8");
  return /^```yaml before\n(.*?)^```$/ms.exec(page)?.[1] ?? "";
}
