import { isSwarmService } from "../host/container.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** What `docker stack deploy` leaves out without an error; the protective ones first. */
const SWARM_IGNORES = [
  "security_opt",
  "userns_mode",
  "privileged",
  "devices",
  "network_mode",
  "pid",
  "ipc",
  "cgroup_parent",
  "shm_size",
  "restart",
] as const;

/** What only Swarm acts on. */
const SWARM_ONLY = ["mode", "endpoint_mode", "placement", "update_config", "rollback_config"] as const;

/** A service is written for Compose or for Swarm, not for both. */
export const composeAndSwarm: Rule = {
  id: "compose-and-swarm",
  summary: "a service is written for Compose or for Swarm, not for both",
  topic: "compose",
  severity: severityOf("mishap", "comfort"),
  since: "0.1.0",
  references: [
    {
      title: "Docker CLI: attributes that docker stack deploy does not support",
      url: "https://github.com/docker/cli/blob/master/cli/compose/types/types.go",
    },
    { title: "Compose: Deploy Specification", url: "https://docs.docker.com/reference/compose-file/deploy/" },
  ],

  reads: ["deploy"],

  service(service, { project, report }) {
    if (!isSwarmService(service)) return;
    const ignored = SWARM_IGNORES.filter((name) => project.originsOf([...service.path, name]).length > 0);
    const key = SWARM_ONLY.find(
      (name) =>
        project.originsOf([...service.path, "deploy", name]).length > 0 &&
        // Compose starts that many replicas too.
        !(name === "mode" && service.get("deploy", name)?.raw === "replicated"),
    );
    if (ignored.length === 0 || key === undefined) return;
    const isProtection = ignored.includes("security_opt") || ignored.includes("userns_mode");
    report({
      at: { path: [...service.path, "deploy", key] },
      severity: severityOf("mishap", isProtection ? "privileges" : "comfort"),
      message: `\`${service.name}\` has settings for Swarm (\`deploy.${key}\`) beside ${ignored.map((name) => `\`${name}\``).join(", ")}, which Swarm ignores`,
      risk: isProtection
        ? "`docker stack deploy` starts it without that protection and prints only a warning, and `docker compose up` ignores the rest"
        : "`docker stack deploy` and `docker compose up` each ignore a part without an error",
    });
  },
};
