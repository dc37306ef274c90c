import type { Service } from "@compose-harden/model";
import { type IgnoredSetting, parseImage, versionOf } from "@compose-harden/profiles";
import type { Grade } from "../advice/advice.js";
import { ignoredSettings } from "../network/ignored.js";
import { withoutVariable } from "../programs/environment.js";
import { productOf } from "../programs/product.js";
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
    for (const setting of ignoredSettings(service, project)) {
      const located = service.environment.items.get(setting.env);
      if (profile === undefined || located === undefined) continue;
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
