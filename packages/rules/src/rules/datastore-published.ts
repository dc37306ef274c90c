import type { Located, Port, Project, Service } from "@compose-harden/model";
import { neighbourAmong } from "../network/neighbours.js";
import { formatPort, innerPurpose } from "../network/ports.js";
import { portsReachedFromElsewhere, reachOfPort } from "../network/reach.js";
import { escaped } from "../programs/names.js";
import { productOf } from "../programs/product.js";
import { speakersOf } from "../programs/settings-text.js";
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
  frameworks: { cis: ["5.9"], owasp: ["5", "5a"], nist: ["4.4.2"] },

  reads: ["ports"],

  service(service, { project, report }) {
    const stores = service.ports.items.flatMap((port) => {
      const purpose = innerPurpose(service, port.value);
      return purpose === undefined || !/database|broker|cache|store|data/.test(purpose.reason)
        ? []
        : [{ port, purpose }];
    });
    // A range is published for something else that happens to cover the number.
    if (stores.length === 0 || service.ports.items.length > 8) return;
    const callers = callersOf(service, project);
    const reached = portsReachedFromElsewhere(service);
    for (const { port, purpose } of stores) {
      const calling = callers.flatMap(({ service: caller, ports }) =>
        (ports === "any" ? mayListenOn(service, port.value.target) : ports.includes(String(port.value.target)))
          ? [caller]
          : [],
      );
      const sibling = neighbourAmong(calling, service, project)?.service.name;
      if (reached.includes(port) && reachOfPort(port.value) === "address") report(onNetwork(service, port, purpose));
      // On every interface it is another rule's finding too; here the question is whether a port is needed at all.
      else if (sibling !== undefined) report(needless(service, port, purpose.name, sibling, reached.includes(port)));
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

function needless(service: Service, port: Located<Port>, name: string, sibling: string, open: boolean): Report {
  return {
    at: port,
    message: `\`${service.name}\` publishes ${nameOf(port)} (${name}), which \`${sibling}\` reaches by name without it`,
    risk: open
      ? "other machines knock at a door that nothing here needs"
      : "every program and user of this machine reaches it, and one edit of the address opens it to the network",
  };
}

/** False for a port that its image does not open, as far as is known, however familiar the number is, and for a page beside others. */
function mayListenOn(service: Service, port: number): boolean {
  const ports = productOf(service)?.ports ?? [];
  const known = ports.find((one) => one.port === port);
  return ports.length === 0 || (known !== undefined && (known.exposure !== "web" || ports.length === 1));
}

function nameOf({ value }: Located<Port>): string {
  return formatPort(value.published ?? value.target, value.protocol);
}

interface Caller {
  readonly service: Service;
  /** The ports that stand in its addresses; `any` when it names or awaits the other one without a port. */
  readonly ports: readonly string[] | "any";
}

/** The services that have an address of this one among their settings, or wait for it. */
function callersOf({ name }: Service, project: Project): readonly Caller[] {
  const naming = speakersOf(project).filter(
    ({ environment, waitsFor }) => environment.includes(name) || waitsFor.includes(name),
  );
  if (naming.length === 0) return [];
  const host = new RegExp(`(?:^|[@/,\\s])${escaped(name)}(?::(\\d+)|/|,|$)`, "gm");
  return naming.flatMap(({ service, environment, waitsFor }): readonly Caller[] => {
    const named = Array.from(environment.matchAll(host), ([, port]) => port);
    const ports = named.filter((port) => port !== undefined);
    if (ports.length > 0) return [{ service, ports }];
    return named.length > 0 || waitsFor.includes(name) ? [{ service, ports: "any" }] : [];
  });
}
