import type { Service } from "@compose-harden/model";
import { capabilityName } from "@compose-harden/profiles";
import { isLinuxContainer } from "../host/container.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** No setting takes back what another one protects. */
export const cancelledHardening: Rule = {
  id: "cancelled-hardening",
  summary: "no setting takes back what another one protects",
  topic: "compose",
  severity: severityOf("container", "privileges"),
  since: "0.1.0",
  references: [
    {
      title: "Docker: Runtime privilege and Linux capabilities",
      url: "https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities",
    },
    {
      title: "Moby: how added and dropped capabilities are combined",
      url: "https://github.com/moby/moby/blob/v28.3.0/oci/caps/utils.go",
    },
  ],
  frameworks: { cis: ["5.4"], owasp: ["3"], nist: ["4.4.3"] },

  reads: ["cap_drop", "security_opt"],

  service(service, { report }) {
    if (!isLinuxContainer(service)) return;
    if (service.privileged?.value === true) {
      const voided = voidedByPrivileged(service);
      if (voided.length === 0) return;
      report({
        at: service.privileged,
        message: `\`${service.name}\` is privileged, which makes ${voided.join(" and ")} void`,
        risk: "the settings look like protection, and an intruder has every capability nevertheless",
      });
      return;
    }
    const dropped = service.cap_drop.items.map(({ value }) => capabilityName(value));
    for (const item of service.cap_add.items) {
      const name = capabilityName(item.value);
      if (name !== "ALL" && !dropped.includes(name)) continue;
      if (dropped.length === 0) continue;
      report({
        at: item,
        message:
          name === "ALL"
            ? `\`${service.name}\` drops capabilities and adds \`ALL\`, which wins`
            : `\`${service.name}\` drops \`${name}\` and adds it again`,
        risk: "the list of dropped capabilities looks like protection, and an intruder has them nevertheless",
        fix:
          name === "ALL"
            ? undefined
            : {
                title: `do not add ${name} again`,
                intents: [{ op: "drop", path: service.cap_add.path, item: item.raw }],
                applicability: "unsafe",
                caveat: `whatever \`${service.name}\` was given ${name} for fails with \`Operation not permitted\``,
              },
      });
    }
  },
};

function voidedByPrivileged(service: Service): readonly string[] {
  return [
    ...(service.cap_drop.items.length > 0 ? ["`cap_drop`"] : []),
    ...service.security_opt.items
      .filter(({ value }) => /^(seccomp|apparmor)[:=](?!unconfined)/.test(value))
      .map(({ value }) => `\`${value.split(/[:=]/)[0] ?? value}\``),
  ];
}
