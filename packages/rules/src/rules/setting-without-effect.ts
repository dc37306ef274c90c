import type { Service } from "@compose-harden/model";
import { type IgnoredSetting, parseImage, versionOf } from "@compose-harden/profiles";
import type { Grade } from "../advice/advice.js";
import { loginOf, productOf, runsVersion, withoutVariable } from "../network/login.js";
import { words } from "../programs/start-words.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Settings that are meant to protect have an effect. */
export const settingWithoutEffect: Rule = {
  id: "setting-without-effect",
  summary: "settings that are meant to protect have an effect",
  topic: "access",
  severity: severityOf("mishap", "data"),
  since: "0.1.0",
  references: [
    { title: "n8n: v1.0 migration guide", url: "https://docs.n8n.io/1-0-migration-checklist/" },
    { title: "Chroma: Migration", url: "https://docs.trychroma.com/docs/overview/migration" },
    { title: "Pi-hole: Docker, environment variables", url: "https://docs.pi-hole.net/docker/configuration/" },
  ],

  reads: ["environment"],

  service(service, { project, report }) {
    const profile = productOf(service);
    for (const setting of profile?.ignored ?? []) {
      const located = service.environment.items.get(setting.env);
      if (profile === undefined || located === undefined || isSwitchedOff(located.value)) continue;
      if (isUsed(service, setting.env)) continue;
      if (setting.versions !== undefined && !runsVersion(service, setting.versions)) continue;
      if (loginOf(service, project) === "set" || setsInstead(service, setting.instead)) continue;
      report({
        at: located,
        message: `\`${service.name}\` (${profile.title}) sets \`${setting.env}\`, which ${setting.still === undefined ? "has no effect" : `only ${setting.still} reads`}: ${setting.why}`,
        risk: `it is not protected as it seems: ${setting.instead}`,
        fix: {
          title: `remove ${setting.env}`,
          intents: [withoutVariable(service, setting.env)],
          evidence: setting.evidence,
          ...gradeOf(service, setting),
        },
      });
    }
  },
};

function gradeOf(service: Service, { env, still, versions }: IgnoredSetting): Grade {
  if (still !== undefined) return { applicability: "unsafe", caveat: `${still} no longer asks for \`${env}\`` };
  if (versions === undefined || versionOf(parseImage(service.image?.value ?? "").tag) !== undefined)
    return { applicability: "safe" };
  return {
    applicability: "unsafe",
    caveat: "the tag names no version: an image pulled long ago may still read the variable",
  };
}

/** True for a protection that nobody asks for: it has no effect either way. */
function isSwitchedOff(value: string | null): boolean {
  return /^(false|no|off|0)$/i.test(value ?? "");
}

/** True when the variable that took its place is written too: an old name beside the new one. */
function setsInstead({ environment }: Service, instead: string): boolean {
  return instead.split(/\W+/).some((word) => word.includes("_") && environment.items.has(word));
}

/** True when a command line of the service may read the variable. */
function isUsed(service: Service, name: string): boolean {
  const check = service.get("healthcheck", "test")?.raw;
  return [...words(service), JSON.stringify(check ?? "")].some(
    (word) => word.includes(name) || /\.(sh|conf)\b/.test(word),
  );
}
