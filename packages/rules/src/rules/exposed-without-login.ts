import type { Port } from "@compose-harden/model";
import type { Profile } from "@compose-harden/profiles";
import { type Login, loginOf, productOf } from "../login.js";
import { formatPort } from "../ports.js";
import { hasHostNetwork, portsReachedFromElsewhere } from "../reach.js";
import type { Rule } from "../rule.js";
import { severityOf } from "../severity.js";

const SAYS: Partial<Record<Login, string>> = {
  none: "has no login of its own",
  off: "has no login set up",
  known: "starts with a login that everyone knows",
};

/** What lets everyone in answers on this machine only. */
export const exposedWithoutLogin: Rule = {
  id: "exposed-without-login",
  summary: "other machines do not reach software that lets everyone in",
  topic: "access",
  severity: severityOf("network", "data"),
  since: "0.1.0",
  references: [
    { title: "Docker: Port publishing and mapping", url: "https://docs.docker.com/engine/network/port-publishing/" },
    {
      title: "OWASP API2:2023 Broken Authentication",
      url: "https://owasp.org/API-Security/editions/2023/en/0xa2-broken-authentication/",
    },
  ],
  frameworks: { owasp: ["5a"], nist: ["4.4.2"] },

  *service(service, { project }) {
    const profile = productOf(service);
    const says = SAYS[loginOf(service, project)];
    if (profile === undefined || says === undefined) return;
    const risk = `whoever reaches it reads and changes what it holds${profile.auth?.note === undefined ? "" : ` (${profile.auth.note})`}`;
    for (const port of portsReachedFromElsewhere(service).filter(({ value }) => isMeant(value, profile))) {
      const name = formatPort(port.value.published ?? port.value.target, port.value.protocol);
      yield {
        at: port,
        message: `\`${service.name}\` (${profile.title}) ${says} and answers other machines on ${name}`,
        risk,
      };
    }
    if (
      hasHostNetwork(service) &&
      service.network_mode !== undefined &&
      profile.ports.some(({ exposure }) => isGuarded(exposure))
    )
      yield {
        at: service.network_mode,
        message: `\`${service.name}\` (${profile.title}) ${says} and answers on the machine's own network`,
        risk,
      };
  },
};

/** True for ports that the login is there for: not for what every visitor may see, nor for what a proxy passes on. */
function isMeant({ target, protocol }: Port, { ports, auth }: Profile): boolean {
  const isOpenByNature = auth?.state === "none" || auth?.state === "off-by-default";
  const known = ports.find(({ port, proto = "tcp" }) => port === target && proto === protocol);
  if (known === undefined) return ports.length === 0 && protocol === "tcp" && !isOpenByNature;
  return isGuarded(known.exposure) || (known.exposure === "web" && !isOpenByNature);
}

function isGuarded(exposure: Profile["ports"][number]["exposure"]): boolean {
  return exposure === "internal" || exposure === "admin" || exposure === "cluster";
}
