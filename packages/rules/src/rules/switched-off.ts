import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Logs and health checks are not switched off. */
export const switchedOff: Rule = {
  id: "switched-off",
  summary: "logs and the image's health check are not switched off",
  topic: "resources",
  severity: severityOf("mishap", "outage"),
  since: "0.1.0",
  references: [
    { title: "Docker: Configure logging drivers", url: "https://docs.docker.com/engine/logging/configure/" },
    { title: "Docker: Local file logging driver", url: "https://docs.docker.com/engine/logging/drivers/local/" },
    { title: "Compose: healthcheck", url: "https://docs.docker.com/reference/compose-file/services/#healthcheck" },
  ],
  frameworks: { cis: ["5.27"] },

  reads: ["logging", "healthcheck"],

  service(service, { report }) {
    const driver = service.get("logging", "driver");
    if (driver?.value === "none") {
      report({
        at: driver,
        message: `\`${service.name}\` keeps no log`,
        risk: "after a break-in or a crash nobody can tell what happened",
        fix: {
          title: "keep the log with the driver local, which gives it a largest size",
          intents: [{ op: "set", path: [...service.path, "logging", "driver"], value: "local" }],
          applicability: "unsafe",
          caveat: `the log of \`${service.name}\` takes space on the disk again, up to 100 MB`,
        },
      });
    }
    const check = service.get("healthcheck");
    const test = service.get("healthcheck", "test");
    const isNone = Array.isArray(test?.raw) && test.raw[0] === "NONE";
    const isDisabled = service.get("healthcheck", "disable")?.value === true;
    if (check === undefined || !(isDisabled || isNone)) return;
    const hasOwn = isDisabled && test !== undefined && !isNone;
    report({
      at: check,
      message: `\`${service.name}\` switches its health check off`,
      risk: "a service that hangs counts as running, and services that wait for it to be healthy start too early or never",
      fix: {
        title: `remove the switch, so that the ${hasOwn ? "check beside it" : "image's own check, if it has one,"} runs`,
        intents: [{ op: "unset", path: [...service.path, "healthcheck", ...(hasOwn ? ["disable"] : [])] }],
        applicability: "unsafe",
        caveat: `${hasOwn ? "the check" : "the image's own check"} may not fit these settings, and then reports a working service as unhealthy`,
      },
    });
  },
};
