import { type Located, type Port, type Project, remembered, type Service } from "@compose-harden/model";
import { isPiece } from "../host/container.js";
import { formatPort, isEveryInterface } from "../network/ports.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** No two services want the same port of the machine. */
export const duplicatePort: Rule = {
  id: "duplicate-port",
  summary: "no two services want the same port of the machine",
  topic: "compose",
  severity: severityOf("mishap", "outage"),
  since: "0.1.0",
  references: [
    { title: "Docker: Port publishing and mapping", url: "https://docs.docker.com/engine/network/port-publishing/" },
    { title: "Compose: profiles", url: "https://docs.docker.com/reference/compose-file/profiles/" },
  ],

  project(project, { report }) {
    const seen = new Map<string, Claim[]>();
    for (const claim of claims(project)) {
      const key = `${claim.port.value.published}/${claim.port.value.protocol}`;
      const others = seen.get(key) ?? [];
      const other = others.find((earlier) => earlier.service !== claim.service && clash(earlier, claim));
      others.push(claim);
      seen.set(key, others);
      if (other === undefined) continue;
      const port = formatPort(claim.port.value.published ?? "", claim.port.value.protocol);
      report({
        at: claim.port,
        message: `\`${claim.service.name}\` publishes ${port}, which \`${other.service.name}\` publishes too`,
        risk: "whichever starts second does not start, or gets the port that others take for the first",
        related:
          other.port.origin === undefined
            ? []
            : [{ message: `\`${other.service.name}\` publishes it here`, origin: other.port.origin }],
      });
    }
  },
};

const profilesOf = remembered((service: Service): string => JSON.stringify(service.get("profiles")?.raw ?? []));

interface Claim {
  readonly service: Service;
  readonly port: Located<Port>;
}

function claims(project: Project): readonly Claim[] {
  return project.services
    .filter((service) => service.network_mode?.value !== "host" && !isPiece(service))
    .flatMap((service) =>
      service.ports.items.filter(({ value }) => /^\d+$/.test(value.published ?? "")).map((port) => ({ service, port })),
    );
}

/** Different addresses never clash; different profiles are alternatives more often than not, but no profile is always on. */
function clash(a: Claim, b: Claim): boolean {
  const profiles = [profilesOf(a.service), profilesOf(b.service)];
  if (profiles[0] !== profiles[1] && !profiles.includes("[]")) return false;
  const [left, right] = [a.port.value.host_ip, b.port.value.host_ip];
  return isEveryInterface(left) || isEveryInterface(right) || left === right;
}
