import { isMap, type Project, remembered, type Service, valueAt } from "@compose-harden/model";
import { publishInstead } from "../network/host-ports.js";
import type { Place, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Containers have a network of their own. */
export const hostNetwork: Rule = {
  id: "host-network",
  summary: "containers have a network of their own, not the machine's",
  topic: "network",
  severity: severityOf("container", "host-part"),
  since: "0.1.0",
  references: [
    { title: "Docker: Host network driver", url: "https://docs.docker.com/engine/network/drivers/host/" },
    { title: "Compose: network_mode", url: "https://docs.docker.com/reference/compose-file/services/#network_mode" },
  ],
  frameworks: { cis: ["5.10"], owasp: ["5"], nist: ["4.4.2"] },

  service(service, { project, report }) {
    const isOwn = service.network_mode?.value === "host";
    const at = isOwn ? service.network_mode : joinedHostNetwork(service, project);
    if (at === undefined) return;
    report({
      at,
      message: `\`${service.name}\` uses the network of the machine`,
      risk: "what it listens on answers other machines, unless it keeps to 127.0.0.1 by itself, and an intruder in it reaches what listens on 127.0.0.1 and the traffic of the machine",
      fix: isOwn ? publishInstead(service, project) : undefined,
    });
  },
};

function joinedHostNetwork(service: Service, project: Project): Place | undefined {
  const hosts = hostNetworksOf(project);
  const networks = hosts.size === 0 ? undefined : service.get("networks");
  if (networks === undefined || !isMap(networks.raw)) return undefined;
  const joined = Object.keys(networks.raw).find((key) => hosts.has(key));
  return joined === undefined ? undefined : { path: [...networks.path, joined] };
}

/** The keys of external networks named `host`: they are the machine's own, whatever the project calls them. */
const hostNetworksOf = remembered((project: Project): ReadonlySet<string> => {
  const networks = valueAt(project.data, ["networks"]);
  const hosts = Object.entries(isMap(networks) ? networks : {}).filter(
    ([key, network]) => isMap(network) && network.external === true && (network.name ?? key) === "host",
  );
  return new Set(hosts.map(([key]) => key));
});
