import {
  type Located,
  type Port,
  type Project,
  type Related,
  remembered,
  SEVERITIES,
  type Service,
  type Severity,
} from "@compose-harden/model";
import { hostPowerOf } from "../host/host-power.js";
import { databaseTool } from "../network/database-tools.js";
import { opennessOf, PASSES_ON, runsCodeOfVisitors, type Step, wayToRoot, weaknessOf } from "../network/footholds.js";
import { guardedPortsReached, isGuarded } from "../network/login.js";
import { neighbourAmong } from "../network/neighbours.js";
import { openFilesOf } from "../network/open-files.js";
import { nameOfHostPort } from "../network/ports.js";
import { answersOnHostNetwork, portsReachedFromElsewhere } from "../network/reach.js";
import { productOf } from "../programs/product.js";
import type { Context, Place, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

interface AttackPath {
  readonly severity: Severity;
  readonly steps: readonly [Step, ...Step[]];
  readonly reaches: string;
}

/** No chain of settings leads from the network to the machine or to the data. */
export const attackPath: Rule = {
  id: "attack-path",
  summary: "no chain of settings leads from other machines to this one or to a database",
  topic: "project",
  severity: severityOf("network", "host"),
  since: "0.1.0",
  references: [
    {
      title: "NIST SP 800-190, Application Container Security Guide",
      url: "https://csrc.nist.gov/pubs/sp/800/190/final",
    },
    {
      title: "Docker: Docker daemon attack surface",
      url: "https://docs.docker.com/engine/security/#docker-daemon-attack-surface",
    },
    {
      title: "OWASP: Docker Security Cheat Sheet",
      url: "https://cheatsheetseries.owasp.org/cheatsheets/Docker_Security_Cheat_Sheet.html",
    },
  ],
  frameworks: { owasp: ["1", "5"], nist: ["4.3.3"] },

  project(project, context) {
    const { report } = context;
    for (const service of project.services) {
      if (!answersOnHostNetwork(service) && portsReachedFromElsewhere(service).length === 0) continue;
      const path = worst(pathsFrom(service, context));
      if (path === undefined) continue;
      const [first, ...rest] = path.steps;
      report({
        at: first.at,
        severity: path.severity,
        message: `other machines reach ${[first, ...rest].map(({ says }) => says).join(" → ")} → ${path.reaches}`,
        risk: `together the steps are worse than each alone; the cheapest cut is ${cut(service, rest)}`,
        related: rest.flatMap(({ says, at }): readonly Related[] =>
          at.origin === undefined ? [] : [{ message: says, origin: at.origin }],
        ),
      });
    }
  },
};

/** The ways from other machines through this service, which they reach directly. */
function pathsFrom(service: Service, context: Context<object>): readonly AttackPath[] {
  const { project } = context;
  const image = service.image?.value ?? "";
  const runsCode = runsCodeOfVisitors(image);
  const opens = databaseTool(image);
  const power = hostPowerOf(service, project);
  // Software that only shows things, and holds nothing, leads nowhere.
  if (power === undefined && !runsCode && opens === undefined) return [];
  const door = doorOf(service, context);
  if (door === undefined) return [];
  const paths: AttackPath[] = [];
  if (power !== undefined) {
    const isOpen = door.isOpen && runsCode;
    paths.push({
      severity: isOpen ? severityOf("network", "host") : severityOf("container", "data"),
      steps: [step(service, door), { says: `it ${power.what}`, at: power.at }],
      reaches: `root on this machine${isOpen ? "" : door.hasLogin ? ", with one flaw in it or one stolen password" : ", with one flaw in it"}`,
    });
  }
  const way = runsCode && door.isOpen ? wayToRoot(service, project) : undefined;
  if (way !== undefined)
    paths.push({
      severity: severityOf("network", "host"),
      steps: [step(service, door), ...way],
      reaches: "root on this machine",
    });
  if (!(door.isOpen || opens?.asksOnlyThere === true) || (runsCode && !door.isOpen)) return paths;
  const within = ({ image }: Service): boolean => runsCode || opens?.databases.test(image?.value ?? "") === true;
  const weak = neighbourAmong(weakServicesOf(project).filter(within), service, project);
  const weakness = weak === undefined ? undefined : weaknessOf(weak.service, project);
  if (weak === undefined || weakness === undefined) return paths;
  const hop = {
    says: `\`${weak.service.name}\` on the network \`${weak.network}\`, ${weakness.says}`,
    at: weakness.at,
  };
  return [
    ...paths,
    { severity: severityOf("network", "data"), steps: [step(service, door), hop], reaches: "its data" },
  ];
}

const weakServicesOf = remembered((project: Project): readonly Service[] =>
  project.services.filter((service) => weaknessOf(service, project) !== undefined),
);

interface Door {
  readonly at: Place;
  readonly name: string;
  /** True when a visitor needs no secret. */
  readonly isOpen: boolean;
  /** False when the software is known to ask for no secret on any port. */
  readonly hasLogin: boolean;
  readonly how: string;
}

function doorOf(service: Service, context: Context<object>): Door | undefined {
  const { project } = context;
  const profile = productOf(service);
  const open =
    opennessOf(service, project) ?? (openFilesOf(service, context).length > 0 ? "without a login" : undefined);
  const guarded = profile === undefined ? [] : guardedPortsReached(service, profile);
  const isOpen =
    open !== undefined &&
    (guarded.length > 0 ||
      (answersOnHostNetwork(service) && profile?.ports.some(({ exposure }) => isGuarded(exposure)) === true));
  // Frigate asks on one port, and not on the other.
  const isElsewhere = profile?.auth?.ports !== undefined && guarded.length === 0;
  const known = { isOpen, hasLogin: open === undefined || isElsewhere, how: isOpen ? open : "" };
  // A VPN answers nobody without its key, and says so on UDP.
  const answering = portsReachedFromElsewhere(service).filter(({ value }) => value.protocol === "tcp");
  const [port]: readonly Located<Port>[] = isOpen && guarded.length > 0 ? guarded : answering;
  if (port !== undefined) {
    const name = nameOfHostPort(port, project);
    return { at: port, name: port.value.published === undefined ? name : `port ${name}`, ...known };
  }
  // On the machine's own network only what is known to listen counts.
  const listens = profile?.ports.some(({ proto = "tcp" }) => proto === "tcp") === true;
  return listens && answersOnHostNetwork(service) && service.network_mode !== undefined
    ? { at: service.network_mode, name: "the machine's own network", ...known }
    : undefined;
}

function step(service: Service, { at, name, how }: Door): Step {
  return { says: `\`${service.name}\` on ${name}${how === "" ? "" : `, ${how}`}`, at };
}

/** The worst path, the shortest among equals. */
function worst(paths: readonly AttackPath[]): AttackPath | undefined {
  return paths.toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || a.steps.length - b.steps.length,
  )[0];
}

function cut(service: Service, steps: readonly Step[]): string {
  // What passes the web on must stay reachable.
  if (productOf(service)?.category === "proxy" && steps.some(({ says }) => says === "it holds the engine's socket"))
    return "the socket: put a socket proxy before it that lets only reading requests pass";
  if (steps.some(({ says }) => says.endsWith(PASSES_ON)))
    return "the proxy: take the right to change things (`POST`) from it, or give it a network with nobody but the service that needs it";
  const first = answersOnHostNetwork(service)
    ? `give \`${service.name}\` a network of its own`
    : `bind the port of \`${service.name}\` to 127.0.0.1`;
  return `the first one: ${first}, or put a login before it`;
}
