import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { diff, fix } from "@compose-harden/fixer";
import { type Finding, type Intent, isMap, type Project, type Service } from "@compose-harden/model";
import { checkWith, rules } from "@compose-harden/rules";
import { describe, expect, it } from "vitest";
import { misapplied } from "./apply.js";
import { ALL, fixAll, violationsOf } from "./laws.js";
import { hardCases, loadSample, readDisk, type Sample } from "./sample.js";

const cases = hardCases();

describe.skipIf(cases.length === 0)("hard cases", () => {
  it.each(cases)("$name", async (sample) => {
    const { name, entry } = sample;
    const project = loadSample(sample);
    const patch = fix(project, findingsIn(project), {}, sample.read);
    const refused = patch.refused.map(
      ({ finding, refusal, detail }) => `# ${finding.service}: ${refusal}: ${detail}\n`,
    );
    const text = [diff(patch, project.directory), ...refused].join("").replaceAll(`${dirname(entry.cwd)}/`, "");
    await expect(text).toMatchFileSnapshot(join(import.meta.dirname, `goldens/adversarial/${name}.diff`));
    expect(violationsOf(fixAll(sample))).toEqual([]);
  });
});

const HARD = join(import.meta.dirname, "fixtures/hard");

describe("hard files of our own", () => {
  it.each(readdirSync(HARD))("%s", async (name) => {
    const sample: Sample = { name, entry: { cwd: join(HARD, name), env: {} }, read: readDisk };
    const project = loadSample(sample);
    const secrets = checkWith(
      rules.filter(({ topic }) => topic === "secrets"),
      project,
    );
    const patch = fix(project, [...findingsIn(project), ...secrets], ALL, sample.read);
    const refused = patch.refused.map(
      ({ finding, refusal, detail }) => `# ${finding.service}: ${refusal}: ${detail}\n`,
    );
    const text = [diff(patch, project.directory), ...refused].join("").replaceAll(`${HARD}/`, "");
    await expect(text).toMatchFileSnapshot(join(import.meta.dirname, `goldens/hard/${name}.diff`));
    expect(misapplied(patch)).toEqual([]);
    expect(violationsOf(fixAll(sample))).toEqual([]);
  });
});

/** The same wishes for every service, so that the patches are about placement and not about what rules know of images. */
function findingsIn(project: Project): readonly Finding[] {
  return project.services.flatMap((service) => intentsFor(service).map((intent) => findingOf(service, intent)));
}

function intentsFor(service: Service): readonly Intent[] {
  const at = (...below: readonly string[]) => [...service.path, ...below];
  const open = service.ports.items.filter(({ value }) => /^$|^0\.0\.0\.0$|^::$/.test(value.host_ip ?? ""));
  return [
    { op: "add", path: at("security_opt"), item: "no-new-privileges:true" },
    { op: "add", path: at("tmpfs"), item: "/scratch" },
    { op: "set", path: at("read_only"), value: true },
    { op: "unset", path: at("privileged") },
    ...open.map(({ raw, value }): Intent => {
      const by = { ...(isMap(raw) ? raw : {}), host_ip: value.host_ip === "::" ? "::1" : "127.0.0.1" };
      return { op: "replace", path: service.ports.path, item: raw, by };
    }),
  ];
}

function findingOf(service: Service, intent: Intent): Finding {
  return {
    rule: `${intent.op}-${intent.path.slice(2).join("-")}`,
    severity: "low",
    service: service.name,
    message: "a fact",
    risk: "a risk",
    path: intent.path,
    origin: { value: { file: "", start: 0, end: 0 }, via: [], interpolated: false, derived: false },
    related: [],
    fix: { title: "do it", intents: [intent], applicability: "safe" },
  };
}
