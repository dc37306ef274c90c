import type { Service } from "@compose-harden/model";
import { isLeftToReader } from "../programs/environment.js";
import { productOf } from "../programs/product.js";
import { words } from "../programs/start-words.js";
import type { Place, Report, Rule } from "../rule.js";
import { literalOf } from "../secrets/literal.js";
import { renewFix } from "../secrets/renewal.js";
import { isGuessable } from "../secrets/secrets.js";
import { severityOf } from "../severity.js";

const SECRETS = ["OPENCLAW_GATEWAY_TOKEN", "OPENCLAW_GATEWAY_PASSWORD"];
/** As many hexadecimal digits hold 128 bits. */
const SHORTEST = 32;

/** OpenClaw's gateway asks for a long token. */
export const openclawGatewayToken: Rule = {
  id: "openclaw-gateway-token",
  summary: "OpenClaw's gateway asks for a token that nobody guesses",
  topic: "ai",
  severity: severityOf("network", "data"),
  since: "0.1.0",
  references: [
    { title: "OpenClaw: Configuration, gateway", url: "https://docs.openclaw.ai/gateway/configuration-reference" },
    { title: "OpenClaw: Docker", url: "https://docs.openclaw.ai/install/docker" },
  ],
  frameworks: { owasp: ["12"], nist: ["4.1.4"] },

  standsInFor: ["guessable-password"],

  service(service, { project, report, readFile }) {
    if (!isGateway(service)) return;
    const all = words(service);
    if (/ --auth[ =]none /.test(` ${all.join(" ")} `) && service.command !== undefined) {
      report(reportOf(service, service.command, "runs OpenClaw's gateway without a login (`--auth none`)"));
      return;
    }
    const set = SECRETS.flatMap((name) => service.environment.items.get(name) ?? []);
    for (const item of set) {
      const value = item.value ?? "";
      if (isLeftToReader(item) || value === "" || value.length >= SHORTEST) continue;
      const name = String(item.path.at(-1));
      const literal = literalOf(item, project);
      const fix = literal?.isExact === true ? renewFix(name, literal.value, project, readFile) : undefined;
      const what = isGuessable(name, value, service) ? "that everybody guesses," : `of ${value.length} characters`;
      const noun = name.endsWith("PASSWORD") ? "password" : "token";
      report({ ...reportOf(service, item, `has a gateway ${noun} ${what} in \`${name}\``), fix });
    }
    if (set.every((item) => item.value === "" && !isLeftToReader(item)) && set[0] !== undefined)
      report(reportOf(service, set[0], "has an empty gateway token"));
  },
};

/** The published image, one built here that is given the gateway's settings, or one that starts the gateway. */
function isGateway(service: Service): boolean {
  const isNamed =
    productOf(service)?.id === "openclaw" || /openclaw|clawdbot|moltbot/i.test(service.image?.value ?? "");
  const all = words(service);
  if (all.length > 0 && !all.includes("gateway") && !service.ports.items.some(({ value }) => value.target === 18789))
    return false;
  return isNamed || SECRETS.some((name) => service.environment.items.has(name));
}

function reportOf(service: Service, at: Place, fact: string): Report {
  return {
    at,
    message: `\`${service.name}\` ${fact}`,
    risk: "whoever reaches the gateway gives the agent orders, and has its files, its accounts and its tools",
  };
}
