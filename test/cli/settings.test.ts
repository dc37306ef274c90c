import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDocument } from "@compose-harden/parser";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { folder, OPEN_STACK, run } from "./program.js";

const TWO = `services:
  web:
    image: nginx:1.27
    ports: ["8080:80"]
  db:
    image: postgres:17
    ports: ["5432:5432"]
`;

interface Shown {
  readonly rule: string;
  readonly service?: string;
  readonly severity: string;
}

/** Rule, service and severity of what is found, for some rules. */
function findings(cwd: string, rules: readonly string[], args: readonly string[] = []): readonly string[] {
  const only = rules.flatMap((rule) => ["--rule", rule]);
  const { out, err } = run(["--format", "json", ...only, ...args], { cwd });
  if (out === "") throw new Error(err);
  const found = JSON.parse(out).projects.flatMap((project: { findings: Shown[] }) => project.findings) as Shown[];
  return found.map(({ rule, service, severity }) => `${rule} ${service} ${severity}`).sort();
}

const PORTS = ["published-on-all-interfaces"];

describe("the configuration", () => {
  const config = (text: string, more: Readonly<Record<string, string>> = {}) =>
    folder({ "compose.yaml": TWO, "compose-harden.config.yaml": text, ...more });

  test("sets severities, and switches rules off", () => {
    const cwd = config("rules: {published-on-all-interfaces: critical, memory-limit: off}\n");
    expect(findings(cwd, [...PORTS, "memory-limit"])).toEqual([
      "published-on-all-interfaces db critical",
      "published-on-all-interfaces web critical",
    ]);
    expect(findings(cwd, PORTS, ["--no-config"])).toContain("published-on-all-interfaces web medium");
  });

  test("is found upwards, in JSON and in package.json too", () => {
    const rules = { "published-on-all-interfaces": "off" };
    for (const [name, text] of [
      ["compose-harden.config.json", JSON.stringify({ rules })],
      ["package.json", JSON.stringify({ name: "x", "compose-harden": { rules } })],
      ["compose-harden.config.yaml", JSON.stringify({ rules })],
    ] as const) {
      const cwd = folder({ "a/b/compose.yaml": TWO, [name]: text });
      expect(findings(join(cwd, "a/b"), PORTS)).toEqual([]);
      expect(findings(cwd, PORTS)).toEqual([]);
    }
  });

  test("of a project is the nearest one", () => {
    const cwd = folder({
      "compose-harden.config.yaml": "rules: {published-on-all-interfaces: off}\n",
      "a/compose.yaml": OPEN_STACK,
      "b/compose.yaml": OPEN_STACK,
      "b/compose-harden.config.yaml": "rules: {published-on-all-interfaces: low}\n",
    });
    expect(findings(cwd, PORTS)).toEqual(["published-on-all-interfaces web low"]);
  });

  test("extends presets and other files", () => {
    const cwd = config("extends: [baseline, ./shared/base.yaml]\n", {
      "shared/base.yaml": "rules: {published-on-all-interfaces: info}\n",
    });
    expect(findings(cwd, [...PORTS, "memory-limit"])).toEqual([
      "published-on-all-interfaces db info",
      "published-on-all-interfaces web info",
    ]);
    const strict = config("extends: strict\n");
    expect(findings(strict, ["cpu-limit"])).toEqual(["cpu-limit db medium", "cpu-limit web medium"]);
    const local = config("extends: [local-ai]\n");
    expect(findings(local, ["cpu-limit"])).toEqual(["cpu-limit db high", "cpu-limit web high"]);
  });

  test("overrides by service and by path", () => {
    const cwd = config(
      "overrides:\n  - services: [d*]\n    rules: {published-on-all-interfaces: off}\n  - paths: [old/**]\n    rules: {published-on-all-interfaces: info}\n",
      { "old/x/compose.yaml": OPEN_STACK },
    );
    expect(findings(cwd, PORTS)).toEqual([
      "published-on-all-interfaces web info",
      "published-on-all-interfaces web medium",
    ]);
  });

  test("ignores findings for a reason, for a time", () => {
    const ignore = (until: string) =>
      config(
        `ignore:\n  - {rules: [published-on-all-interfaces], services: [web], reason: behind a firewall, until: ${until}}\n`,
      );
    expect(findings(ignore("2999-01-01"), PORTS)).toEqual(["published-on-all-interfaces db high"]);
    const ended = run(["--rule", "published-on-all-interfaces"], { cwd: ignore("2001-01-01") });
    expect(ended.out).toMatch(/ignore of published-on-all-interfaces ended on\s+2001-01-01/);
    expect(ended.out).toMatch(/^web \(/m);
  });

  test("sets thresholds, which the command line overrules", () => {
    const cwd = config("fail-on: critical\nmin-severity: high\n");
    expect(run([...PORTS.flatMap((rule) => ["--rule", rule])], { cwd }).code).toBe(0);
    expect(findings(cwd, PORTS)).toEqual(["published-on-all-interfaces db high"]);
    expect(run(["--fail-on", "low", "-q"], { cwd }).code).toBe(1);
    expect(findings(cwd, PORTS, ["--min-severity", "info"])).toHaveLength(2);
  });

  test("sets options, grades and what is not searched", () => {
    const cwd = config(
      `exclude: [old/]
rules:
  published-on-all-interfaces: {options: {bind: 10.0.0.1}}
  memory-limit: {fix: safe, reason: measured, options: {value: 512m}}
  no-new-privileges: {fix: off, reason: broke sudo}
`,
      { "old/compose.yaml": OPEN_STACK },
    );
    const { out, err } = run(["fix"], { cwd });
    expect(err).not.toMatch(/^error/);
    expect(out).toContain('"10.0.0.1:8080:80"');
    expect(out).toContain("+    mem_limit: 512m");
    expect(out).not.toContain("no-new-privileges");
    expect(out).not.toContain("old/compose.yaml");
  });

  const schema = JSON.parse(readFileSync(new URL("../../schemas/config.json", import.meta.url), "utf8"));
  const isConfiguration = new Ajv2020({ strict: false }).compile(schema);

  test.each([
    "rules: {memory-limit: low, cpu-limit: {severity: off, options: {value: 2}}}",
    "extends: strict",
    "extends: [baseline, ./other.yaml]",
    "overrides: [{services: [db], rules: {memory-limit: {fix: unsafe, reason: x}}}]",
    "ignore: [{rules: [memory-limit], reason: x, until: 2027-01-31}]",
    "{exclude: [x], fail-on: none, min-severity: low, strict: true, baseline: x.json}",
  ])("is accepted by its schema and by the program: %s", (text) => {
    const { data } = readDocument({ path: "x", text });
    isConfiguration(data);
    expect(isConfiguration.errors).toBeNull();
    const { err } = run(["-q"], { cwd: config(text, { "other.yaml": "rules: {}" }) });
    expect(err).toBe("");
  });

  test.each([
    [
      "rules: {memory-limt: off}",
      /compose-harden\.config\.yaml:1:9: unknown rule `memory-limt`: did you mean `memory-limit`\?/,
    ],
    ["rules: {memory-limit: loud}", /:1:9: expected one of critical, high/],
    ["rulez: {}", /:1:1: unknown key `rulez`: did you mean `rules`\?/],
    ["extends: [strikt]", /:1:1: unknown preset `strikt`/],
    ["extends: [./absent.yaml]", /absent\.yaml` is missing/],
    ["extends: [./compose-harden.config.yaml]", /extends this file/],
    ["ignore: [{rules: [memory-limit]}]", /:1:10: `reason` is missing/],
    ["ignore: [{rules: [memory-limit], reason: x, until: soon}]", /expected a date/],
    ["rules: {memory-limit: {fix: safe}}", /a changed grade needs a `reason`/],
    ["rules: {memory-limit: {options: {colour: red}}}", /no option `colour`/],
    ["fail-on: 3", /:1:1: expected one of .*, found 3/],
    ["- a", /:1:1: expected a mapping, found a list/],
    ["rules: {memory-limit: off", /compose-harden\.config\.yaml:\d+:\d+: /],
    ["rules: {}\nrules: {}", /:2:1: the key `rules` is written twice/],
  ])("is refused with its place: %s", (text, error) => {
    const { code, out, err } = run([], { cwd: config(text) });
    expect(err).toMatch(error);
    const { data, problems } = readDocument({ path: "x", text });
    // The schema knows shapes; files that extend each other or are absent are beyond it.
    if (problems.length === 0 && !text.includes("./")) expect(isConfiguration(data)).toBe(false);
    expect(out).toBe("");
    expect(code).toBe(2);
  });
});

describe("a suppression", () => {
  const stack = (web: string, top = "") => folder({ "compose.yaml": `${top}services:\n${web}` });
  const IGNORE = "# compose-harden-ignore published-on-all-interfaces";

  test.each([
    ["beside the entry", `  web:\n    image: a\n    ports:\n      - "80:80" ${IGNORE}: known\n`],
    ["above the entry", `  web:\n    image: a\n    ports:\n      ${IGNORE}: known\n      - "80:80"\n`],
    ["above the attribute", `  web:\n    image: a\n    ${IGNORE}: known\n    ports:\n      - "80:80"\n`],
    ["beside the attribute", `  web:\n    image: a\n    ports: ["80:80"] ${IGNORE}: known\n`],
    ["beside the service", `  web: ${IGNORE}: known\n    image: a\n    ports: ["80:80"]\n`],
    ["above the service", `  ${IGNORE}: known\n\n  # more\n  web:\n    image: a\n    ports: ["80:80"]\n`],
    [
      "above long syntax",
      `  web:\n    image: a\n    ports:\n      ${IGNORE}: known\n      - target: 80\n        published: 80\n`,
    ],
    [
      "for several rules",
      `  web:\n    image: a\n    ports: ["80:80"] # compose-harden-ignore memory-limit, published-on-all-interfaces: known\n`,
    ],
    ["with a date to come", `  web:\n    image: a\n    ports: ["80:80"] ${IGNORE} until 2999-12-31: known\n`],
  ])("%s holds", (_, web) => {
    expect(findings(stack(web), PORTS)).toEqual([]);
    expect(findings(stack(web), PORTS, ["--no-suppressions"])).toHaveLength(1);
  });

  test("for the whole file holds", () => {
    const top = "# compose-harden-ignore-file published-on-all-interfaces: a lab\n";
    expect(findings(stack('  web:\n    image: a\n    ports: ["80:80"]\n', top), PORTS)).toEqual([]);
  });

  test("for a service holds for what the service inherits", () => {
    const top = 'x-base: &base\n  image: a\n  ports: ["80:80"]\n';
    expect(findings(stack(`  ${IGNORE}: known\n  web:\n    <<: *base\n`, top), PORTS)).toEqual([]);
  });

  test("is counted, and carried in the JSON report with its reason", () => {
    const cwd = stack(`  web:\n    image: a\n    ports: ["80:80"] ${IGNORE}: behind a proxy\n`);
    const { out } = run(["--format", "json", "--rule", "published-on-all-interfaces"], { cwd });
    expect(JSON.parse(out).projects[0].suppressed).toMatchObject([
      { rule: "published-on-all-interfaces", suppression: { by: "comment", reason: "behind a proxy" } },
    ]);
    expect(run(["--rule", "published-on-all-interfaces"], { cwd }).out).toMatch(/\(1 suppressed\)/);
  });

  test.each([
    ["without a reason", `ports: ["80:80"] ${IGNORE}`, /a suppression is written `# compose-harden-ignore/],
    ["with an empty reason", `ports: ["80:80"] ${IGNORE}:`, /a suppression is written/],
    ["with an impossible date", `ports: ["80:80"] ${IGNORE} until 2026-13-40: x`, /a suppression is written/],
    ["of an unknown rule", `ports: ["80:80"] # compose-harden-ignore port: x`, /names the unknown rule `port`/],
    ["that has ended", `ports: ["80:80"] ${IGNORE} until 2001-01-01: x`, /ended on 2001-01-01/],
    ["of something else", `ports: ["80:80"] # compose-harden-ignore memory-limit: x`, /silences nothing/],
  ])("%s does not hold, and is reported", (_, line, note) => {
    const cwd = stack(`  web:\n    image: a\n    ${line}\n`);
    const { out } = run(["--rule", "published-on-all-interfaces"], { cwd });
    expect(out).toMatch(/^note {2}compose\.yaml:4:\d+: /m);
    expect(out.replace(/\s+/g, " ")).toMatch(note);
    expect(out).toMatch(/publishes 80 on every interface/);
  });

  test("of a general rule holds for what is told in its place", () => {
    const image = "image: ghcr.io/home-assistant/home-assistant:2025.9";
    const ignored = (rules: string) =>
      `  ha:\n    ${image}\n    privileged: true # compose-harden-ignore ${rules}: known\n`;
    const both = ["privileged", "home-assistant-privileged"];
    for (const rules of [...both, both.join(", ")]) {
      const cwd = stack(ignored(rules));
      expect(findings(cwd, both)).toEqual([]);
      expect(run([], { cwd }).out).not.toMatch(/silences nothing/);
    }
    const cwd = stack(ignored("memory-limit"));
    for (const rule of both) expect(findings(cwd, [rule])).toEqual(["home-assistant-privileged ha critical"]);
  });

  test("inside a value is none", () => {
    const text = `  web:\n    image: a\n    ports: ["80:80"]\n    command: |\n      ${IGNORE}: x\n`;
    const { out } = run(["--rule", "published-on-all-interfaces"], { cwd: stack(text) });
    expect(out).not.toMatch(/^note/m);
    expect(out).toMatch(/publishes 80 on every interface/);
  });

  test("keeps its finding from being fixed", () => {
    const cwd = stack(`  web:\n    image: a\n    ports: ["80:80"] ${IGNORE}: known\n`);
    expect(run(["fix"], { cwd }).out).not.toContain("127.0.0.1");
  });
});

describe("a baseline", () => {
  test("lets only new findings fail, across moved and re-indented lines", () => {
    const cwd = folder({ "compose.yaml": OPEN_STACK });
    const written = run(["--update-baseline"], { cwd });
    expect(written.code).toBe(0);
    expect(written.err).toMatch(/findings written to compose-harden\.baseline\.json\n/);
    expect(run(["-q"], { cwd }).code).toBe(0);
    writeFileSync(join(cwd, "compose.yaml"), `# moved\n\n${OPEN_STACK.replaceAll("  ", "    ")}`);
    expect(run(["-q"], { cwd }).code).toBe(0);
    writeFileSync(join(cwd, "compose.yaml"), `${OPEN_STACK}      - "9000:9000"\n`);
    const { code, out } = run([], { cwd });
    expect(code).toBe(1);
    expect(out).toMatch(/^1 finding in 1 service/m);
  });

  test("says how many of its findings are gone, and forgets them when it is updated", () => {
    const cwd = folder({ "compose.yaml": TWO });
    run(["--update-baseline"], { cwd });
    run(["fix", "--write"], { cwd });
    expect(run([], { cwd }).err).toMatch(/^note: 10 findings of the baseline not seen in this run/);
    const before = readFileSync(join(cwd, "compose-harden.baseline.json"), "utf8");
    run(["--update-baseline"], { cwd });
    const after = readFileSync(join(cwd, "compose-harden.baseline.json"), "utf8");
    expect(JSON.parse(before).findings.length - JSON.parse(after).findings.length).toBe(10);
    expect(run([], { cwd }).err).toBe("");
  });

  test("holds wherever the program runs", () => {
    const cwd = folder({ "a/compose.yaml": OPEN_STACK, "compose-harden.config.yaml": "baseline: known.json\n" });
    run(["--update-baseline"], { cwd });
    expect(run(["-q"], { cwd: join(cwd, "a") }).code).toBe(0);
    expect(run(["-q", "--baseline", "other.json"], { cwd }).code).toBe(1);
  });

  test("that is broken is refused", () => {
    const cwd = folder({ "compose.yaml": OPEN_STACK, "compose-harden.baseline.json": "{}" });
    const { code, err } = run([], { cwd });
    expect(err).toMatch(/^error: `compose-harden\.baseline\.json` is no baseline/);
    expect(code).toBe(2);
  });
});
