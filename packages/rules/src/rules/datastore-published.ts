import type { Located, Port, Service } from "@compose-harden/model";
import { neighboursOf } from "../neighbours.js";
import { formatPort, innerPurpose } from "../ports.js";
import { portsReachedFromElsewhere, reachOfPort } from "../reach.js";
import type { Report, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

/** A port that only siblings use is not published. */
export const datastorePublished: Rule = {
  id: "datastore-published",
  summary: "ports of databases and brokers that only siblings use are not published",
  topic: "network",
  severity: severityOf("mishap", "comfort"),
  since: "0.1.0",
  references: [
    { title: "Docker: Port publishing and mapping", url: "https://docs.docker.com/engine/network/port-publishing/" },
    { title: "Compose: Networking", url: "https://docs.docker.com/compose/how-tos/networking/" },
    { title: "Compose: expose", url: "https://docs.docker.com/reference/compose-file/services/#expose" },
  ],
  frameworks: { cis: ["5.9"], owasp: ["5"], nist: ["4.4.2"] },

  *service(service, { project }) {
    const stores = service.ports.items.flatMap((port) => {
      const purpose = innerPurpose(port.value);
      return purpose === undefined || !/database|broker|cache|store|data/.test(purpose.reason)
        ? []
        : [{ port, purpose }];
    });
    // A range is published for something else that happens to cover the number.
    if (stores.length === 0 || service.ports.items.length > 8) return;
    const neighbours = neighboursOf(service, project);
    const reached = portsReachedFromElsewhere(service);
    for (const { port, purpose } of stores) {
      const sibling = neighbours.find((other) => calls(other.service, service, port.value.target))?.service.name;
      if (reached.includes(port) && reachOfPort(port.value) === "address") yield onNetwork(service, port, purpose);
      // On every interface it is another rule's finding too; here the question is whether a port is needed at all.
      else if (sibling !== undefined) yield needless(service, port, purpose.name, sibling);
    }
  },
};

function onNetwork(
  service: Service,
  port: Located<Port>,
  { name, reason }: { readonly name: string; readonly reason: string },
): Report {
  return {
    at: port,
    severity: severityOf("network", "data"),
    message: `\`${service.name}\` publishes ${nameOf(port)} (${name}) on ${port.value.host_ip}, an address of a network`,
    risk: `every machine of that network reaches ${reason}`,
  };
}

function needless(service: Service, port: Located<Port>, name: string, sibling: string): Report {
  return {
    at: port,
    message: `\`${service.name}\` publishes ${nameOf(port)} (${name}), which \`${sibling}\` reaches by name without it`,
    risk: "every program and user of this machine can try passwords on it, and one edit of the address opens it to the network",
  };
}

function nameOf({ value }: Located<Port>): string {
  return formatPort(value.published ?? value.target, value.protocol);
}

/** True when a service needs a port of another one: has it in an address, or names the other one, or waits for it, without a port. */
function calls(from: Service, to: Service, port: number): boolean {
  const host = new RegExp(`(?:^|[@/,\\s])${to.name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?::(\\d+)|/|,|$)`, "g");
  const settings = Array.from(from.environment.items.values(), ({ value }) => value ?? "");
  const named = settings.flatMap((text) => Array.from(text.matchAll(host), ([, number]) => number));
  const numbers = named.filter((number) => number !== undefined);
  if (numbers.length > 0) return numbers.includes(String(port));
  const dependencies = from.get("depends_on")?.raw;
  return named.length > 0 || (typeof dependencies === "object" && dependencies !== null && to.name in dependencies);
}
