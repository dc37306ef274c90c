import { isMap, valueAt } from "@compose-harden/model";
import type { Report, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Options of bridge networks that take away what Docker's firewall rules do, with what that means. */
const OPTIONS: readonly (readonly [option: RegExp, value: RegExp, risk: string])[] = [
  [
    /^com\.docker\.network\.bridge\.gateway_mode_ipv[46]$/,
    /^nat-unprotected$/,
    "every port of every container on it is reachable from other machines that route to it, published or not",
  ],
  [
    /^com\.docker\.network\.bridge\.gateway_mode_ipv[46]$/,
    /^routed$/,
    "containers on it are reached at their own addresses, past the address that a published port names",
  ],
  [
    /^com\.docker\.network\.bridge\.host_binding_ipv4$/,
    /^0\.0\.0\.0$/,
    "ports that name no address are published on every interface, whatever the daemon's default is",
  ],
  [
    /^com\.docker\.network\.bridge\.trusted_host_interfaces$/,
    /./,
    "machines behind that interface reach every container on it directly",
  ],
];

function attachable(name: string): Report {
  const path = ["networks", name, "attachable"];
  return {
    at: { path },
    severity: severityOf("mishap", "privileges"),
    message: `the network \`${name}\` is attachable`,
    risk: "whoever may start a container on any node of the swarm joins it by name, and reaches every service on it",
    fix: {
      title: `remove attachable from ${name}`,
      intents: [{ op: "unset", path }],
      applicability: "unsafe",
      caveat: "containers that are started by hand can no longer join it",
    },
  };
}

/** A network keeps the protection that Docker gives it. */
export const unprotectedNetwork: Rule = {
  id: "unprotected-network",
  summary: "networks keep the protection that Docker's firewall rules give them",
  topic: "network",
  severity: severityOf("network", "comfort"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Bridge network driver, options",
      url: "https://docs.docker.com/engine/network/drivers/bridge/#options",
    },
    {
      title: "Docker: Port publishing and mapping, gateway modes",
      url: "https://docs.docker.com/engine/network/port-publishing/#gateway-modes",
    },
  ],
  frameworks: { cis: ["5.14"], owasp: ["5"], nist: ["4.3.3"] },

  project(project, { report }) {
    const networks = valueAt(project.data, ["networks"]);
    for (const [name, network] of Object.entries(isMap(networks) ? networks : {})) {
      if (isMap(network) && network.attachable === true && network.driver === "overlay") report(attachable(name));
      const options = isMap(network) ? network.driver_opts : undefined;
      for (const [option, value] of Object.entries(isMap(options) ? options : {})) {
        const found = OPTIONS.find(([known, weak]) => known.test(option) && weak.test(String(value)));
        if (found === undefined) continue;
        const path = ["networks", name, "driver_opts", option];
        report({
          at: { path },
          message: `the network \`${name}\` sets \`${option.split(".").at(-1)}\` to \`${value}\``,
          risk: found[2],
          fix: {
            title: `remove ${option}`,
            intents: [{ op: "unset", path }],
            applicability: "unsafe",
            caveat: "machines that reach containers on this network directly no longer do",
          },
        });
      }
    }
  },
};
