import { capabilityName } from "@compose-harden/profiles";
import { hasHostNetwork } from "../network/reach.js";
import { productOf } from "../programs/product.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** Pi-hole is given the capabilities of the features in use. */
export const piholeCapabilities: Rule = {
  id: "pihole-capabilities",
  summary: "Pi-hole is given only the capabilities of the features in use",
  topic: "home",
  severity: severityOf("container", "privileges"),
  since: "0.1.0",
  references: [
    {
      title: "Pi-hole: Docker, note on capabilities",
      url: "https://github.com/pi-hole/docker-pi-hole#note-on-capabilities",
    },
  ],
  frameworks: { cis: ["5.4"], owasp: ["3"], nist: ["4.4.3"] },

  standsInFor: ["dangerous-capabilities"],
  reads: ["cap_add"],

  service(service, { report }) {
    if (productOf(service)?.id !== "pihole") return;
    const setting = (name: string) => service.environment.items.get(name)?.value ?? "";
    const isDhcp =
      hasHostNetwork(service) ||
      service.ports.items.some(({ value }) => value.target === 67) ||
      /true/i.test(setting("FTLCONF_dhcp_active") + setting("DHCP_ACTIVE"));
    const isNtp =
      service.ports.items.some(({ value }) => value.target === 123) || /true/i.test(setting("FTLCONF_ntp_sync_active"));
    const unused: Readonly<Record<string, string>> = {
      ...(isDhcp ? {} : { NET_ADMIN: "its DHCP server, which is not in use: port 67 is not published" }),
      ...(isNtp ? {} : { SYS_TIME: "setting this machine's clock, which version 6 does unasked" }),
    };
    for (const item of service.cap_add.items) {
      const name = capabilityName(item.value);
      const use = Object.hasOwn(unused, name) ? unused[name] : undefined;
      if (use === undefined) continue;
      report({
        at: item,
        severity: name === "SYS_TIME" ? severityOf("container", "host-part") : undefined,
        message: `\`${service.name}\` (Pi-hole) is given \`${name}\` for ${use}`,
        risk:
          name === "SYS_TIME"
            ? "an intruder in the container sets this machine's clock, on which certificates rely"
            : "an intruder in the container changes addresses, routes and firewall rules of its network",
        fix: {
          title: `remove the capability ${name}`,
          intents: [{ op: "drop", path: service.cap_add.path, item: item.raw }],
          applicability: "unsafe",
          caveat:
            name === "SYS_TIME"
              ? "Pi-hole no longer sets the machine's clock; it warns about that at start"
              : "if Pi-hole hands out addresses after all (macvlan, a relay), it no longer does",
        },
      });
    }
  },
};
