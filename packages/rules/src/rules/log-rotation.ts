import type { Intent, Service } from "@compose-harden/model";
import { isLinuxContainer, isPiece } from "../host/container.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** A service's log cannot fill the disk. */
export const logRotation: Rule = {
  id: "log-rotation",
  summary: "a service's log has a largest size",
  topic: "resources",
  severity: severityOf("mishap", "comfort"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: JSON File logging driver",
      url: "https://docs.docker.com/engine/logging/drivers/json-file/",
    },
    { title: "Docker: Configure logging drivers", url: "https://docs.docker.com/engine/logging/configure/" },
  ],

  service(service, { report }) {
    if (!isLinuxContainer(service) || isPiece(service)) return;
    const driver = service.get("logging", "driver");
    const size = service.get("logging", "options", "max-size")?.raw;
    // Below zero is Docker's way to say "without bounds".
    const hasSize = size !== undefined && !String(size).trim().startsWith("-");
    // Other drivers send the log elsewhere, or rotate by themselves (`local`).
    if (hasSize || (driver !== undefined && driver.value !== "json-file")) return;
    const path = [...service.path, "logging"];
    report({
      at: service.get("logging") ?? { path },
      message: `\`${service.name}\` has a log without a largest size`,
      risk: "a chatty or attacked service fills the disk, and then everything on this machine that writes stops",
      fix: {
        title: "keep three log files of 10 MB",
        intents: rotation(service, path, driver === undefined),
        applicability: "unsafe",
        caveat: `all but the last 30 MB of the log of \`${service.name}\` are gone, and a driver that the daemon sets for all containers no longer applies to it`,
      },
    });
  },
};

const OPTIONS = { "max-size": "10m", "max-file": "3" } as const;

function rotation(service: Service, path: readonly string[], needsDriver: boolean): readonly [Intent, ...Intent[]] {
  if (service.get("logging") === undefined)
    return [{ op: "set", path, value: { driver: "json-file", options: OPTIONS } }];
  const intents: Intent[] = needsDriver ? [{ op: "set", path: [...path, "driver"], value: "json-file" }] : [];
  if (service.get("logging", "options", "max-file") === undefined)
    intents.push({ op: "set", path: [...path, "options", "max-file"], value: OPTIONS["max-file"] });
  return [{ op: "set", path: [...path, "options", "max-size"], value: OPTIONS["max-size"] }, ...intents];
}
