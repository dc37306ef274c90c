import { type Fix, formatPath, type Service, type Severity } from "@compose-harden/model";
import { guardedPortsReached, isPortOption } from "../network/login.js";
import { openFilesOf } from "../network/open-files.js";
import { type OpenSwitch, openSwitchesOf } from "../network/open-switches.js";
import { answersOnHostNetwork, portsReachedFromElsewhere } from "../network/reach.js";
import { flip, foundIn, nameOf } from "../programs/dangers.js";
import { productOf } from "../programs/product.js";
import type { Place, Rule } from "../rule.js";
import { severityOf } from "../severity.js";

const RISK = "whoever reaches it, another container of its network among them, is in without a password";

/** The login that software has is not switched off. */
export const loginSwitchedOff: Rule = {
  id: "login-switched-off",
  summary: "no setting switches off the login that the software has",
  topic: "access",
  severity: severityOf("network", "data"),
  since: "0.1.0",
  references: [
    {
      title: "MITRE: CWE-306, Missing Authentication for Critical Function",
      url: "https://cwe.mitre.org/data/definitions/306.html",
    },
  ],

  reads: ["environment", "command", "entrypoint", "volumes", "configs"],

  service(service, context) {
    const { project, report } = context;
    const profile = productOf(service);
    const said = new Set<string>();
    for (const danger of profile?.dangerous ?? []) {
      const found = danger.opens === true ? foundIn(service, danger, project) : undefined;
      if (profile === undefined || found === undefined) continue;
      said.add(formatPath(found.path));
      report({
        at: found,
        severity: severityAt(answersOnHostNetwork(service) || guardedPortsReached(service, profile).length > 0),
        message: `\`${service.name}\` (${profile.title}) sets \`${nameOf(danger)}\`: ${danger.why}`,
        risk: RISK,
        fix: flip(service, danger, caveatOf(service)),
      });
    }
    for (const [known, at] of openSwitchesOf(service, project)) {
      if (said.has(formatPath(at.path))) continue;
      report({
        at,
        severity: severityAt(isReached(service, known.port)),
        message: `\`${service.name}\` sets ${nameAt(known, at)}: ${known.why}`,
        risk: RISK,
        fix: turnedOver(service, at, known.needs),
      });
    }
    for (const [known, { at }] of openFilesOf(service, context)) {
      report({
        at,
        severity: severityAt(isReached(service, known.port)),
        message: `a file that \`${service.name}\` mounts sets ${known.name}: ${known.why}`,
        risk: RISK,
      });
    }
  },
};

function severityAt(isReached: boolean): Severity {
  return isReached ? severityOf("network", "data") : severityOf("container", "privileges");
}

/** The switch as a reader would search for it, by the name that stands in the file where it has several. */
function nameAt({ name, env }: OpenSwitch, { path }: Place): string {
  const written = String(path.at(-1));
  const usual = env?.names.includes(written) === true ? /^`([\w.]+)/.exec(name)?.[1] : undefined;
  return usual === undefined ? name : name.replace(usual, written);
}

/** True when other machines reach the port, or any. */
function isReached(service: Service, port: number | undefined): boolean {
  const reached = portsReachedFromElsewhere(service);
  return (
    answersOnHostNetwork(service) ||
    reached.some(({ value }) => port === undefined || value.target === port || isPortOption(service, value.target))
  );
}

/** A switch of the environment can be turned the other way. */
function turnedOver(service: Service, { path }: Place, needs: string | undefined): Fix | undefined {
  const env = path.at(-2) === "environment" ? String(path.at(-1)) : undefined;
  return env === undefined ? undefined : flip(service, { env }, caveatOf(service, needs));
}

function caveatOf({ name }: Service, needs?: string): string {
  const before = needs === undefined ? "" : `\`${name}\` refuses to start until ${needs} is set as well; `;
  return `${before}people and programs that use \`${name}\` without a password then need one`;
}
